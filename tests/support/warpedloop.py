"""A loop whose clock leaps: where nothing is left to do but wait, the wait is over. Hours pass in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Leaping(selectors.DefaultSelector):  # type: ignore[misc, valid-type] - which class it is depends on the system
    """Waits for nothing, and remembers for how long it would have; and how long the loop was busy between two waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0
        self.longest = 0.0
        self._since = time.thread_time()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.longest = max(self.longest, time.thread_time() - self._since)
        if timeout:
            self.waited += timeout
        elif timeout is None:
            raise RuntimeError("nothing would ever happen any more")
        self._since = time.thread_time()
        return super().select(0)


class WarpedLoop(asyncio.SelectorEventLoop):
    """For what happens within one process: nothing from outside is waited for."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Seconds, of which none are spent waiting."""
        return super().time() + self._leaping.waited

    @property
    def longest(self) -> float:
        """Seconds of processor time for which nothing else had a turn, at most."""
        return self._leaping.longest


def warped(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Do the work; returns what it returned, and the longest time for which it gave nobody else a turn."""
    with asyncio.Runner(loop_factory=WarpedLoop) as runner:
        done = runner.run(work)
        loop = runner.get_loop()
        assert isinstance(loop, WarpedLoop)
        return done, loop.longest
