"""A SHA-256 of what comes in a flood, made beside the thread that takes it in."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

MUCH = 64 * 1024
"""Bytes from which on another thread is worth its while: hashing them takes longer than handing them over."""

AHEAD = 8
"""Parts that may wait to be hashed: they are held in memory meanwhile."""


@cache
def _hasher() -> ThreadPoolExecutor:
    """One thread for all, so that what is handed over is hashed in that order."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="digest")


class Digest:
    """The SHA-256 of everything it was given, in that order; used by one thread."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._ahead: deque[Future[None]] = deque()

    def update(self, data: bytes) -> None:
        """Count this in."""
        if len(data) >= MUCH:
            self._ahead.append(_hasher().submit(self._hash.update, data))
            self._wait(AHEAD)
            return
        self._wait()
        self._hash.update(data)

    def hexdigest(self) -> str:
        """The sum so far; waits for what is under way."""
        self._wait()
        return self._hash.hexdigest()

    def _wait(self, left: int = 0) -> None:
        """Wait until no more than so many parts are still to be hashed."""
        while len(self._ahead) > left:
            self._ahead.popleft().result()
