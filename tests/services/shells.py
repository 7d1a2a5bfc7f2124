"""Local hosts whose /bin/sh is the shell a test wants, and ways to look at what they leave behind."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wizard.hosts.attachment import Settings
from wizard.hosts.base import Attempt, Ending, Host
from wizard.hosts.local import LocalDuplex, LocalTransport
from wizard.hosts.shellhost import ShellHost

SHELLS = ["dash", "bash", "mksh", "busybox"]


class InsteadOfSh(LocalTransport):
    """A machine where /bin/sh is another shell: mounted over it in a namespace of its own.

    Args:
        before: What is done in that namespace first.
    """

    def __init__(self, shell: str, before: str = "true") -> None:
        self._shell = shell
        self._before = before

    async def open(self, command: str) -> LocalDuplex:
        user = "" if os.geteuid() == 0 else "--map-root-user "
        mounted = f'{self._before} && mount --bind "$(command -v {self._shell})" /bin/sh && exec {command}'
        return await super().open(f"unshare {user}--mount /bin/bash -c {shlex.quote(mounted)}")


@asynccontextmanager
async def shell_host(spool: Path, shell: str = "", **settings: object) -> AsyncIterator[Host]:
    """A local host, closed afterwards."""
    transport = InsteadOfSh(shell) if shell else LocalTransport()
    host = ShellHost("here", transport, Settings(spool=str(spool), **settings))  # type: ignore[arg-type] # passed through
    try:
        yield host
    finally:
        await host.close()


@dataclass
class Heard:
    """Output as it comes, which must be without gap or overlap."""

    at: int = 0
    data: bytearray = field(default_factory=bytearray)

    def __call__(self, offset: int, data: bytes) -> None:
        assert offset == self.at + len(self.data)
        self.data += data


async def run(host: Host, attempt: Attempt) -> tuple[Ending, bytes]:
    """Start it and follow it to its end."""
    heard = Heard()
    ending = await host.run(attempt, lambda: None, heard)
    return ending, bytes(heard.data)


def alive(marker: str) -> list[str]:
    """Processes whose command line or environment holds the marker, this one excepted."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if marker.encode() in text and entry.name != str(os.getpid()):
            found.append(entry.name)
    return found


async def scratch(host: Host) -> Path:
    """Where the host's channel keeps its files for as long as it is open."""
    return Path((await host.ask('printf %s "$wz_tmp"')).text)


def command_lines() -> str:
    """What anybody sees in ps."""
    return subprocess.run(["ps", "-A", "-ww", "-o", "args"], check=True, capture_output=True, text=True).stdout
