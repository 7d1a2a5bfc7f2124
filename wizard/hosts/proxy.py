"""A ProxyCommand, run as ssh(1) runs it, whose complaints are kept apart from what it carries. Imported lazily."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from contextlib import suppress
from typing import cast

from wizard.hosts import waking

KEPT = 1000
"""Bytes of its complaints."""

LAST_WORDS = 1.0
"""Seconds for it to end once it carries nothing any more, and to have said why."""


class Proxy(asyncio.SubprocessProtocol):
    """The program, and our end of what it carries. The SSH library would take its complaints for words of the host."""

    def __init__(self, ours: socket.socket) -> None:
        self.socket = ours
        self._transport: asyncio.SubprocessTransport | None = None
        self._complaints = b""
        self._over = asyncio.Event()

    @classmethod
    async def start(cls, command: str) -> Proxy:
        """Run it by the user's shell, without a terminal; tokens are replaced already. ssh_config(5).

        Raises:
            OSError: The shell cannot be run.
        """
        ours, theirs = socket.socketpair()
        proxy = cls(ours)
        words = (os.environ.get("SHELL") or "/bin/sh", "-c", f"exec {command}")
        try:
            with theirs:
                await asyncio.get_running_loop().subprocess_exec(
                    lambda: proxy, *words, stdin=theirs.fileno(), stdout=theirs.fileno(), start_new_session=True
                )
        except BaseException:
            ours.close()
            raise
        return proxy

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - asyncio's signature
        """It complains."""
        self._complaints = (self._complaints + data)[-KEPT:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """It has ended and said all."""
        self._over.set()

    async def complaint(self) -> str:
        """Its last line, once it has ended or had its time for that."""
        with suppress(TimeoutError):
            async with waking.timeout(LAST_WORDS):
                await self._over.wait()
        lines = self._complaints.decode("utf-8", "backslashreplace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def close(self) -> None:
        """End it, with what it started; a second time is none."""
        self.socket.close()
        transport, self._transport = self._transport, None
        if transport is not None:
            if transport.get_returncode() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(transport.get_pid(), signal.SIGHUP)
            transport.close()
