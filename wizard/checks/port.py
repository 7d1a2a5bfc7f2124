"""``port``: who listens on a TCP port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from wizard.checklist.spec import CheckSpec, Count, Flag, Flaw, Text
from wizard.checks.base import Check, Observation, failed, judged, unknown
from wizard.facts.ports import listeners

_HIGHEST = 65535


class PortSpec(CheckSpec):
    """A TCP port. ``address``: reached there, also where the listener serves every address. ``by``: a process name."""

    kind: ClassVar[str] = "port"

    port: Count
    address: Text | None = None
    listening: Flag = True
    by: Text | None = None

    def flaws(self) -> Iterator[Flaw]:
        """A port there can be, and no owner of a silent one."""
        if not isinstance(self.port, str) and not 0 < self.port <= _HIGHEST:
            yield Flaw(("port",), f"there is no port {self.port}", f"Write one from 1 to {_HIGHEST}")
        if self.listening is False and self.by is not None:
            yield Flaw(("by",), "nobody listens where nothing listens", "Remove by")


class PortCheck(Check[PortSpec]):
    """Reads the listening sockets."""

    Spec = PortSpec

    def title(self) -> str:
        """Who must listen where."""
        where = f"{self.spec.address}:{self.spec.port}" if self.spec.address else f"port {self.spec.port}"
        return f"{self.spec.by or 'something'} listens on {where}" if self.spec.listening else f"nothing on {where}"

    async def observe(self) -> Observation:
        """Look once."""
        at_port = [found for found in await listeners(self.host) if found.port == self.spec.port]
        there = [found for found in at_port if self.spec.address is None or found.serves(self.spec.address)]
        lines = [str(found) for found in at_port]
        expected, seen = self.title(), "; ".join(lines) or "nothing listens there"
        if not self.spec.listening:
            return judged(not there, expected, seen, lines)
        if not there:
            return failed(expected, seen, lines)
        if self.spec.by is None:
            return judged(True, expected, seen, lines)  # noqa: FBT003 - judged's own shape
        if not all(found.processes for found in there):
            return unknown(expected, f"{seen}; whose it is may not be seen by this login", lines)
        return judged(all(self.spec.by in found.processes for found in there), expected, seen, lines)
