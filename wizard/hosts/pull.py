"""Pulling an attempt's output by byte offset, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from wizard.errors import HostError
from wizard.hosts import commands
from wizard.hosts.base import CAP, MEBIBYTE, Ending, OnOutput
from wizard.hosts.channel import Channel
from wizard.hosts.frames import Frame
from wizard.hosts.replies import ending_of

BEYOND = 2 * MEBIBYTE
"""Bytes that may come beyond a cap: the end that is kept as well, and the line between."""


@dataclass(slots=True)
class Pull:
    """How far the output of one attempt has been read; what is beyond its cap did not come from the attempt."""

    key: str
    position: int
    on_output: OnOutput
    cap: int = field(default=CAP, kw_only=True)

    async def again(self, channel: Channel, slot: int) -> Ending:
        """Go on where it was, over this channel, until the attempt is over; see ``over``."""
        async with channel.stream(lambda number: commands.follow(number, self.key, self.position, slot)) as frames:
            return await self.over(frames)

    async def over(self, frames: AsyncIterator[Frame]) -> Ending:
        """Take output until the attempt is over.

        Raises:
            LinkLost: The channel broke; go on over the next.
            HostError: The host sent other bytes than those asked for.
        """
        async for frame in frames:
            if frame.kind == "E":
                return ending_of(frame)
            self._take(frame)
        raise HostError("the host stopped answering")

    def _take(self, frame: Frame) -> None:
        if frame.fields != (str(self.position),):
            raise HostError(f"the host sent output from {frame.fields}, wanted was {self.position}")
        if self.position + len(frame.payload) > self.cap + BEYOND:
            raise HostError(f"the host sent more than the {self.cap} bytes of output that it was to keep")
        self.on_output(self.position, frame.payload)
        self.position += len(frame.payload)
