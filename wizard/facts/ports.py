"""What listens on a TCP port, from `ss` or, where that is missing, from the kernel's own tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from wizard.facts.asking import PLAIN, read, understood
from wizard.hosts.base import Host
from wizard.hosts.numbers import LARGEST_PORT, natural
from wizard.text import decode

_EVERYWHERE = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - compared with, never bound
_LISTEN = "0A"
"""TCP_LISTEN in /proc/net/tcp (include/net/tcp_states.h)."""

_SCRIPT = f"""{PLAIN}
if command -v ss >/dev/null 2>&1; then
    ss -ltnp
else
    cat /proc/net/tcp || exit
    cat /proc/net/tcp6 2>/dev/null
    exit 0
fi
"""


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket. ``processes`` is empty where this reader may not see whose it is."""

    address: str
    port: int
    processes: tuple[str, ...] = ()

    def serves(self, address: str) -> bool:
        """Whoever connects to this address reaches it."""
        return self.address == address or self.address in _EVERYWHERE

    def __str__(self) -> str:
        by = f" by {', '.join(self.processes)}" if self.processes else ""
        return f"{self.address}:{self.port}{by}"


async def listeners(host: Host) -> list[Listener]:
    """Every listening TCP socket.

    Raises:
        Unseen: They could not be read.
    """
    lines = decode(await read(host, _SCRIPT, "listening ports")).splitlines()
    with understood(host, "listening ports"):
        found = [_from_ss(line) if line.startswith("LISTEN") else _from_kernel(line) for line in lines]
    return [listener for listener in found if listener]


def _from_ss(line: str) -> Listener | None:
    local = line.split()[3]
    address, _, port = local.rpartition(":")
    # An address may carry its interface, as in 127.0.0.53%lo.
    plain = address.strip("[]").partition("%")[0]
    names = tuple(dict.fromkeys(re.findall(r'\("([^"]*)",pid=', line)))
    return Listener(plain, natural(port, LARGEST_PORT), names) if port.isdecimal() else None


def _from_kernel(line: str) -> Listener | None:
    fields = line.split()
    if len(fields) < 4 or fields[3] != _LISTEN:  # noqa: PLR2004 - sl, local, remote, state
        return None
    address, _, port = fields[1].partition(":")
    return Listener(_kernel_address(address), int(port, 16))


def _kernel_address(text: str) -> str:
    """Addresses are printed as 32-bit words in the byte order of the machine, little-endian on all we know."""
    data = b"".join(bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8))
    return str(IPv4Address(data) if len(data) == 4 else IPv6Address(data))  # noqa: PLR2004 - bytes of an IPv4 address
