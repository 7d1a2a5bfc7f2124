"""Whether this machine slept: the clock on the wall went on, the one that only counts waking time did not."""

from __future__ import annotations

import asyncio
import time

JUMP = 5.0
"""Seconds by which the two clocks part where a machine slept, or where somebody set the one on the wall."""

LOOK_EVERY = 1.0
"""Seconds between two looks at the clocks."""


def apart() -> float:
    """Seconds between the two clocks; what counts is how it changes. On Linux and macOS `monotonic` stops in sleep."""
    return time.time() - time.monotonic()


async def slept_within(seconds: float) -> bool:
    """Let so much waking time pass, or less: True as soon as the clocks have jumped apart meanwhile."""
    looks = max(1, round(seconds / LOOK_EVERY))
    before = apart()
    for _ in range(looks):
        await asyncio.sleep(seconds / looks)
        if abs(apart() - before) > JUMP:
            return True
    return False
