"""Time in which this process ran. What it slept through, or was not scheduled in, is nobody else's silence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wizard.frozen import frozen

JUMP = 5.0
"""Seconds by which the two clocks part where a machine slept, or where somebody set the one on the wall."""

LOOK_EVERY = 1.0
"""Seconds between two looks at the clocks."""

LATE = 1.0
"""Seconds by which a look is late where this process was stopped, or had no processor, meanwhile."""


def apart() -> float:
    """Seconds between the two clocks; what counts is how it changes. On Linux and macOS `monotonic` stops in sleep."""
    return time.time() - time.monotonic()


@frozen
class Lapse:
    """What became of some time.

    Args:
        slept: The clocks have jumped apart.
        stalled: Seconds in which this process did not run.
    """

    slept: bool = False
    stalled: float = 0.0


async def lapse(seconds: float) -> Lapse:
    """Let so much time pass, or less where this machine slept or this process stalled: then at once."""
    loop = asyncio.get_running_loop()
    looks = max(1, round(seconds / LOOK_EVERY))
    before = apart()
    for _ in range(looks):
        due = loop.time() + seconds / looks
        await asyncio.sleep(seconds / looks)
        if abs(apart() - before) > JUMP:
            return Lapse(slept=True)
        if (stalled := loop.time() - due) > LATE:
            return Lapse(stalled=stalled)
    return Lapse()


@asynccontextmanager
async def timeout(seconds: float) -> AsyncIterator[Countdown]:
    """``asyncio.timeout`` for what another party has to do: only time in which this process ran counts.

    After a stall there is at least one look more, as the answer may have come meanwhile.

    Args:
        seconds: Of waking time.

    Raises:
        TimeoutError: They are over.
    """
    async with asyncio.timeout(None) as limit:
        countdown = Countdown(limit, seconds)
        try:
            yield countdown
        finally:
            countdown.end()


class Countdown:
    """The seconds that are left of a ``timeout``."""

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._left = seconds
        self._loop = asyncio.get_running_loop()
        self._begin()

    def grant(self, seconds: float) -> None:
        """Let it last so much longer from now on, at least."""
        self._left = max(self._left, seconds)

    def end(self) -> None:
        """Count no more."""
        self._handle.cancel()

    def _begin(self) -> None:
        self._step = min(LOOK_EVERY, self._left)
        self._due = self._loop.time() + self._step
        self._handle = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        if self._loop.time() - self._due > LATE:
            self._left = max(self._left, LOOK_EVERY)
        else:
            self._left -= self._step
        if self._left > 0:
            self._begin()
        else:
            self._limit.reschedule(self._loop.time())
