"""A loop's clock that stands until a test sets it on: seconds pass at once, and a stall is one step of the clock."""

from __future__ import annotations

import asyncio

import pytest

TURNS = 20
"""Of the loop after each step: enough for what the step brought about, and for what that did."""


class HeldClock:
    """The clock of the running loop.

    Args:
        monkeypatch: Gives the loop its own clock back.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = asyncio.get_running_loop().time()
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self._now)

    async def on(self, seconds: float) -> None:
        """Set it on in one step, as after a stall."""
        self._now += seconds
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def through(self, seconds: int) -> None:
        """Let seconds pass one by one."""
        for _ in range(seconds):
            await self.on(1.0)
