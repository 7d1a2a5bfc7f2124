"""The reading end shared by both kinds of duplex: bytes arrive by callback and are taken by whoever waits for them."""

from __future__ import annotations

import asyncio
from typing import cast

from wizard.errors import LinkLost

CHUNK = 1 << 18


class Streams:
    """Standard output and error of one program, and whether its standard input may be written to."""

    def __init__(self) -> None:
        self.output = asyncio.StreamReader(limit=1 << 20)
        self.error = asyncio.StreamReader(limit=1 << 20)
        self._writable = asyncio.Event()
        self._writable.set()
        self.lost = False
        self.over = False

    def throttle(self, transport: object) -> None:
        """Let a full buffer of output pause ``transport``, which has pause_reading and resume_reading."""
        self.output.set_transport(cast("asyncio.Transport", transport))

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
        return await self.output.read(CHUNK)

    async def read_error(self) -> bytes:
        """The next bytes of standard error; empty at the end."""
        return await self.error.read(CHUNK)
