"""Looking for known strings in data that may end within one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Span = tuple[int, int]
"""From the first byte to behind the last."""


def occurrences(needle: bytes, data: bytes) -> Iterator[int]:
    """Where it begins, overlapping ones too."""
    start = data.find(needle)
    while start >= 0:
        yield start
        start = data.find(needle, start + 1)


_HEAD = 3
"""Bytes by which nearly every place is ruled out, so that no more of it has to be looked at."""


class Openings:
    """Where data may end within one of some needles.

    Args:
        needles: Sorted.
        bisect: ``bisect_right`` passes over a needle that is complete; ``bisect_left`` takes it for open as well.
    """

    def __init__(self, needles: list[bytes], bisect: Callable[[list[bytes], bytes], int]) -> None:
        self._needles = needles
        self._bisect = bisect
        self._heads = frozenset(needle[:_HEAD] for needle in needles)

    def earliest(self, data: bytes, reach: int) -> int:
        """Where the earliest needle begins that the end of ``data``, its last ``reach - 1`` bytes, leaves open."""
        first, sure = max(0, len(data) - reach + 1), len(data) - _HEAD + 1
        for start in range(first, len(data)):
            if start < sure and data[start : start + _HEAD] not in self._heads:
                continue
            rest = data[start:]
            after = self._bisect(self._needles, rest)
            if after < len(self._needles) and self._needles[after].startswith(rest):
                return start
        return len(data)
