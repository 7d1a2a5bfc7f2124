"""A TCP relay that holds every byte back, in both directions, as a distant host would. Arguments: PORT MILLISECONDS.

Prints the port it listens on, and serves until it is killed.
"""

from __future__ import annotations

import asyncio
import sys


class Slow(asyncio.Protocol):
    """Passes on what it receives, later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.onward: asyncio.Future[asyncio.WriteTransport] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Hold it back."""
        asyncio.get_running_loop().call_later(self._seconds, self._pass, data)

    def connection_lost(self, _error: Exception | None) -> None:
        """Hang up at the other end, after what is still under way."""
        asyncio.get_running_loop().call_later(self._seconds, self._pass, b"")

    def _pass(self, data: bytes) -> None:
        self.onward.add_done_callback(lambda onward: onward.result().write(data) if data else onward.result().close())


class Near(Slow):
    """The end that a client reaches; makes the far one."""

    def __init__(self, port: int, seconds: float) -> None:
        super().__init__(seconds)
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Reach the server."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._reaching = asyncio.ensure_future(self._reach(transport))

    async def _reach(self, near: asyncio.WriteTransport) -> None:
        far, there = await asyncio.get_running_loop().create_connection(
            lambda: Slow(self._seconds), "127.0.0.1", self._port
        )
        there.onward.set_result(near)
        self.onward.set_result(far)


async def main(port: int, seconds: float) -> None:
    """Serve."""
    server = await asyncio.get_running_loop().create_server(lambda: Near(port, seconds), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) / 1000))
