"""The reading end shared by both kinds of duplex: bytes arrive by callback and are taken by whoever waits for them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import cast

from wizard.errors import LinkLost

CHUNK = 1 << 18
"""Bytes taken at once, about."""

MOST = 1 << 21
"""Bytes that wait to be taken, at most; then its source is paused."""


class Inflow:
    """Bytes on their way from a callback to whoever waits for them, copied only where they come in crumbs.

    ``size`` is how many wait; ``paused`` says that its source was, as too many do.
    """

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self.size = 0
        self._over = False
        self._there = asyncio.Event()
        self._source: asyncio.ReadTransport | None = None
        self.paused = False

    def throttle(self, source: asyncio.ReadTransport) -> None:
        """Pause this one while too much waits."""
        self._source = source

    def feed_data(self, data: bytes) -> None:
        """Something came."""
        self._chunks.append(data)
        self.size += len(data)
        self._there.set()
        if self.size > MOST and self._source and not self.paused:
            self.paused = True
            self._source.pause_reading()

    def feed_eof(self) -> None:
        """Nothing more comes."""
        self._over = True
        self._there.set()

    async def read(self) -> bytes:
        """What is there, or comes next; empty at the end."""
        await self._there.wait()
        taken = list(self._take())
        if not self._chunks and not self._over:
            self._there.clear()
        if self.paused and self._source and self.size < MOST // 2:
            self.paused = False
            self._source.resume_reading()
        return b"".join(taken)

    def _take(self) -> Iterator[bytes]:
        """Chunks, up to a sensible size together; a large one alone."""
        size = 0
        while self._chunks and (not size or size + len(self._chunks[0]) <= CHUNK):
            chunk = self._chunks.popleft()
            self.size -= len(chunk)
            size += len(chunk)
            yield chunk


class Streams:
    """Standard output and error of one program, and whether its standard input may be written to."""

    def __init__(self) -> None:
        self.output = Inflow()
        self.error = Inflow()
        self._writable = asyncio.Event()
        self._writable.set()
        self.lost = False
        self.over = False

    def throttle(self, transport: object) -> None:
        """Let a full buffer of output pause ``transport``, which has pause_reading and resume_reading."""
        self.output.throttle(cast("asyncio.ReadTransport", transport))

    def end(self) -> None:
        """Nothing more comes, and nothing more can be sent."""
        self.over = True
        self.end_output()
        self.error.feed_eof()

    def end_output(self) -> None:
        """No more output comes, and nothing more can be sent; an error may still be told."""
        self.lost = True
        self._writable.set()
        self.output.feed_eof()

    def hold(self) -> None:
        """The other side cannot take more for now."""
        self._writable.clear()

    def release(self) -> None:
        """The other side can take more."""
        self._writable.set()

    async def writable(self) -> None:
        """Wait until more may be sent.

        Raises:
            LinkLost: The program or the way to it is gone.
        """
        await self._writable.wait()
        if self.lost:
            raise LinkLost("the connection is gone")

    async def read(self) -> bytes:
        """The next bytes of standard output; empty at the end."""
        return await self.output.read()

    async def read_error(self) -> bytes:
        """The next bytes of standard error; empty at the end."""
        return await self.error.read()
