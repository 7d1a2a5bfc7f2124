"""A TCP relay that behaves badly when told to: it cuts, resets, stalls and slices. It lives in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any, Self

SLICE = 61
"""Bytes of a slice: less than most packets of SSH."""

TICK = 0.01


class BadLink:
    """Relays from ``port``, which it chooses, to ``target``."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ends: set[asyncio.StreamWriter] = set()
        self._sliced = False
        self._open: asyncio.Event
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """End every connection as its other end would."""
        self._call(self._each(lambda writer: writer.close()))

    def reset(self) -> None:
        """Break every connection: both ends are told so (RST)."""
        self._call(self._each(_reset))

    def stall(self) -> None:
        """Nothing passes until it is calm; nobody is told."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def slice(self) -> None:
        """What passes does so in small pieces."""
        self._sliced = True

    def calm(self) -> None:
        """From now on it is a good link."""
        self._sliced = False
        self._loop.call_soon_threadsafe(self._open.set)

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        self._server.close()
        await self._each(_reset)
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _each(self, do: Callable[[asyncio.StreamWriter], None]) -> None:
        for writer in tuple(self._ends):
            do(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        ends = {writer, far_writer}
        self._ends |= ends
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        self._ends -= ends

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                await self._open.wait()
                await self._pass(data, writer)
        except OSError:
            pass
        writer.close()

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        while data and self._sliced:
            writer.write(data[:SLICE])
            data = data[SLICE:]
            await asyncio.sleep(TICK / 10)
        writer.write(data)
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    beneath = writer.get_extra_info("socket")
    if beneath is not None and not writer.transport.is_closing():
        # socket(7): closed without lingering, what was sent and not taken is thrown away.
        beneath.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
