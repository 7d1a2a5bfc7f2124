"""Two network namespaces joined by a veth pair: the host's and the operator's."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from .tools import check, run

HOST_ADDRESS = "172.16.168.23"
OPERATOR_ADDRESS = "172.16.168.1"
HOST_LINK = "host0"
OPERATOR_LINK = "oper0"


@dataclass(frozen=True)
class Network:
    """The private network between one machine and its operator; nothing else is on it."""

    token: str

    @property
    def host(self) -> str:
        """Name of the machine's network namespace."""
        return f"wzh-{self.token}"

    @property
    def operator(self) -> str:
        """Name of the operator's network namespace."""
        return f"wzo-{self.token}"

    def create(self) -> None:
        """Create both namespaces, the link and the addresses."""
        for name in (self.host, self.operator):
            check(["ip", "netns", "add", name])
            check(["ip", "-n", name, "link", "set", "lo", "up"])
        self._join(self.host)

    def attach(self, host: str) -> None:
        """Let the machine in this namespace answer the operator, and no other any more, as a failover does."""
        for name, link in ((self.operator, OPERATOR_LINK), (host, HOST_LINK)):
            run(["ip", "-n", name, "link", "delete", link])
        self._join(host)

    def _join(self, host: str) -> None:
        pair = [HOST_LINK, "type", "veth", "peer", "name", OPERATOR_LINK, "netns", self.operator]
        check(["ip", "-n", host, "link", "add", *pair])
        self._address(host, HOST_LINK, HOST_ADDRESS)
        self._address(self.operator, OPERATOR_LINK, OPERATOR_ADDRESS)

    def link(self, state: str) -> None:
        """Set the machine's side `up` or `down`: packets vanish, nobody is told."""
        check(["ip", "-n", self.host, "link", "set", HOST_LINK, state])

    def remove(self) -> None:
        """Kill what still runs in the namespaces and delete them, and with them the link."""
        for name in (self.operator, self.host):
            for pid in run(["ip", "netns", "pids", name]).stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            run(["ip", "netns", "delete", name])

    def in_operator(self, argv: list[str]) -> list[str]:
        """Return the command line that runs `argv` as the operator."""
        return ["ip", "netns", "exec", self.operator, *argv]

    def in_host(self, argv: list[str]) -> list[str]:
        """Return the command line that runs this machine's `argv` in the host's network."""
        return ["ip", "netns", "exec", self.host, *argv]

    @staticmethod
    def _address(name: str, link: str, address: str) -> None:
        check(["ip", "-n", name, "address", "add", f"{address}/24", "dev", link])
        check(["ip", "-n", name, "link", "set", link, "up"])
