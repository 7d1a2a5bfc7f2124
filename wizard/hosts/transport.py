"""What a connection must offer so that a host can be spoken to over it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from wizard.hosts.base import Destination


class Duplex(Protocol):
    """One program's standard input, output and error, somewhere."""

    async def write(self, data: bytes) -> None:
        """Send to its standard input, waiting while the other side cannot take more.

        Raises:
            LinkLost: The connection is gone.
        """

    async def read(self) -> bytes:
        """Whatever its standard output has next; empty at the end, and where the connection is gone."""

    async def read_error(self) -> bytes:
        """Whatever its standard error has next; empty at the end, and where the connection is gone."""

    async def close(self) -> None:
        """Let go of it, in bounded time; closes its standard input, which ends a channel's shell."""


class Transport(Protocol):
    """A way to a host. ``open`` connects where it must, and may be called again after ``close``."""

    @property
    def where(self) -> str:
        """Who we are where, fit for a screen: ``autobot@172.16.168.23``."""

    @property
    def remote(self) -> bool:
        """A network is between, which may lose what is sent without a word."""

    @property
    def silence(self) -> float | None:
        """Seconds without a byte after which the link counts as lost, where somebody said so."""

    @property
    def key(self) -> str:
        """The ``SHA256:…`` of the host's key; empty where there is none or before ``open``."""

    @property
    def accepted(self) -> bool:
        """The key was on no record, and was accepted because a person vouched for it."""

    def vouch(self, fingerprint: str) -> None:
        """A person vouches for the key of this fingerprint; see ``Host.vouch``."""

    @property
    def destination(self) -> Destination | None:
        """How it is reached over SSH, once open; None where there is no network between."""

    async def open(self, command: str) -> Duplex:
        """Start a fixed command there.

        Raises:
            HostUnreachable, HostKeyUnknown, HostKeyChanged, LoginRefused.
        """

    def tunnel(self, target: str) -> AbstractAsyncContextManager[Path]:
        """A unix socket on this machine that reaches ``target`` from there; see ``Host.tunnel``."""

    async def close(self) -> None:
        """Let go of the connection, in bounded time."""
