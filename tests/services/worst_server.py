"""A real SSH server behind which sits the worst host: it listens on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import asyncssh

from tests.support.worst_host import END, OUT, TEXTS, WorstHost


class _Door(asyncssh.SSHServer):
    """Lets everybody in, with a banner that a terminal should not see."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        with suppress(asyncssh.Error):
            conn.send_auth_banner(TEXTS[10].decode("utf-8", "replace"))

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - the library's signature
        return False


class WorstServer:
    """The server; ``worst`` is who answers now, over as many connections as come.

    Args:
        key: The server's own.
    """

    def __init__(self, key: asyncssh.SSHKey) -> None:
        self.worst = WorstHost(0)
        self.port = 0
        self.key = key

    @property
    def known_line(self) -> str:
        """Of a known_hosts file."""
        return f"[127.0.0.1]:{self.port} {self.key.export_public_key().decode().strip()}\n"

    async def answer(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """Be the shell of one connection."""
        worst = self.worst
        worst.connected()
        with suppress(OSError, asyncssh.Error):
            if self._said(process, worst.lets_in(process.command or "")):
                return
            while data := await process.stdin.read(1 << 16):
                if self._said(process, worst.hears(data)):
                    return
                await process.stdout.drain()
            process.exit(0)

    @staticmethod
    def _said(process: asyncssh.SSHServerProcess[bytes], saying: Iterator[tuple[str, bytes]]) -> bool:
        """Say it; was that the end?"""
        for kind, data in saying:
            if kind == END:
                process.exit(255)
                return True
            (process.stdout if kind == OUT else process.stderr).write(data)
        return False


@contextmanager
def serve_worst() -> Iterator[WorstServer]:
    """A server for the length of a with block."""
    server = WorstServer(asyncssh.generate_private_key("ssh-ed25519"))
    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Door,
            server_host_keys=[server.key],
            process_factory=server.answer,
            encoding=None,
        )

    acceptor = loop.run_until_complete(listen())
    server.port = acceptor.get_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(acceptor.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
