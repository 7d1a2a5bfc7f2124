"""The logs of several hosts as one, in the order in which their lines came."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from screens.logblocks import Line
from screens.logbuffer import LogBuffer


@dataclass(slots=True)
class _Stretch:
    """Lines of one host that came with none of another's between them."""

    first: int
    host: str
    start: int
    lines: int = 0


class Interleaved:
    """Whole lines of all hosts; what a host has begun to print is there once it is a line.

    Args:
        logs: The hosts' logs; others may join them.
    """

    def __init__(self, logs: Mapping[str, LogBuffer]) -> None:
        self._logs = logs
        self._stretches: list[_Stretch] = []
        self._taken: dict[str, int] = {}
        self._complete = 0

    @property
    def hosts(self) -> Sequence[str]:
        """Whose lines they are."""
        return tuple(self._logs)

    @property
    def total(self) -> int:
        """Lines since the beginning."""
        return self._complete

    @property
    def complete(self) -> int:
        """All of them: none of these will change any more."""
        return self._complete

    @property
    def marks(self) -> Sequence[int]:
        """The numbers of the lines that are ours."""
        return [number for stretch in self._stretches for number in self._marks_of(stretch)]

    def heard(self, host: str) -> None:
        """A host printed something."""
        log, taken = self._logs[host], self._taken.get(host, 0)
        more = log.complete - taken
        if not more:
            return
        last = self._stretches[-1] if self._stretches else None
        if last is None or last.host != host:
            last = _Stretch(self._complete, host, taken)
            self._stretches.append(last)
        last.lines += more
        self._taken[host] = log.complete
        self._complete += more

    def line(self, number: int) -> Line | None:
        """A line by its number."""
        if not 0 <= number < self._complete:
            return None
        stretch = self._of(number)
        line = self._logs[stretch.host].line(stretch.start + number - stretch.first)
        return replace(line, host=stretch.host) if line else None

    def time(self, number: int) -> float | None:
        """When it came."""
        if not 0 <= number < self._complete:
            return None
        stretch = self._of(number)
        return self._logs[stretch.host].time(stretch.start + number - stretch.first)

    def piece(self, start: int) -> tuple[int, Iterator[bytes]]:
        """Neighbouring lines from a number on; see ``LogBuffer.piece``."""
        if start >= self._complete:
            return 0, iter(())
        stretch = self._of(start)
        passed, left = start - stretch.first, stretch.first + stretch.lines - start
        lines, parts = self._logs[stretch.host].piece(stretch.start + passed)
        return min(lines, left), parts

    def _of(self, number: int) -> _Stretch:
        return self._stretches[bisect_right(self._stretches, number, key=lambda one: one.first) - 1]

    def _marks_of(self, stretch: _Stretch) -> Iterator[int]:
        marks = self._logs[stretch.host].marks
        start, end = (bisect_left(marks, at) for at in (stretch.start, stretch.start + stretch.lines))
        return (stretch.first + mark - stretch.start for mark in marks[start:end])
