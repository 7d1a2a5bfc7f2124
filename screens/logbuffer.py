"""The output of one host as lines: bytes as they came, counted at once, split where they are looked at.

Lines are numbered from the first one ever. The newest are in memory; what is older is read back from the run's
``output/`` when somebody looks at it, so that every line stays within reach whatever a host prints.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence

from screens.logblocks import LONGEST, Block, Line, Partial, Place, Read, pieces

WINDOW = 4 * 1024 * 1024
"""Bytes kept in memory, of what stands in ``output/`` and of what does not."""

SPLIT = 4
"""Blocks whose lines are kept apart: those in sight."""


def _nothing(_file: str, _offset: int, _size: int) -> bytes:
    return b""


class LogBuffer:
    """Takes bytes, gives lines. What is fed is fed in one thread; ``piece`` may be called in another.

    Args:
        window: Bytes kept at most, give or take a block.
        read: Reads an output back.
    """

    def __init__(self, window: int = WINDOW, read: Read = _nothing) -> None:
        self._read = read
        self._blocks: list[Block] = []
        self._backed, self._own = _Window(window), _Window(window)
        self._complete = 0
        self._gone = 0
        self._partial = Partial()
        self._split: deque[tuple[Block, int, list[bytes]]] = deque(maxlen=SPLIT)
        self._times: list[tuple[int, float]] = []
        self.marks: list[int] = []
        self.hosts: Sequence[str] = ()

    @property
    def total(self) -> int:
        """Lines since the beginning, an unfinished one included."""
        return self._complete + bool(self._partial.size)

    @property
    def first(self) -> int:
        """The number of the oldest line that can still be had."""
        return self._gone

    @property
    def complete(self) -> int:
        """Lines that will not change any more."""
        return self._complete

    def at(self, moment: float) -> None:
        """What comes from here on came at this time, in seconds."""
        if not self._times or int(self._times[-1][1]) != int(moment):
            if self._times and self._times[-1][0] == self.total:
                self._times.pop()
            self._times.append((self.total, moment))

    def time(self, number: int) -> float | None:
        """When a line came, to the second; None where nobody said."""
        place = bisect_right(self._times, number, key=lambda one: one[0])
        return self._times[place - 1][1] if place else None

    def feed(self, data: bytes, place: Place | None = None) -> None:
        """Take in what a host printed, and where it stands in an output."""
        end = data.rfind(b"\n") + 1
        if end:
            self._whole(data, end, place)
        if end < len(data):
            self._partial.extend(data[end:], place.after(end) if place else None)

    def skip(self, place: Place, count: int, lines: int, ends: tuple[int, int]) -> None:
        """Take notice of what a host printed and nobody holds, as it stands in an output.

        Args:
            place: Where.
            count: Bytes.
            lines: Ends of lines among them.
            ends: Bytes ahead of the first of these, and behind the last one.
        """
        if self._partial.size and not self._partial.goes_on_at(place):
            self._end_partial()
        head, tail = ends
        if lines and self._partial.size:
            self._partial.skip(head)
            self._end_partial(ended=True)
            place, count, lines = place.after(head + 1), count - head - 1, lines - 1
        if lines:
            self._add(Block(self._complete, place, lines, count - tail, chunks=None))
            place, count = place.after(count - tail), tail
        if count:
            self._begin(place, count)

    def mark(self, text: str) -> None:
        """Put a line of ours among the others."""
        self._end_partial()
        self.marks.append(self._complete)
        line = Line(text.encode("utf-8", "backslashreplace"), ours=True)
        self._add(Block(self._complete, None, 1, len(line.data) + 1, alone=line))

    def line(self, number: int) -> Line | None:
        """A line by its number; None where it can be had no more, or is not there yet."""
        if number == self._complete and self.total > number:
            return Line(bytes(self._partial.data), self._partial.cut)
        if not 0 <= number < self._complete:
            return None
        block = self._blocks[self._index_of(number)]
        if only := block.only(self._read):
            return only
        lines = self._lines_of(block)
        place = number - block.first
        return Line(lines[place]) if place < len(lines) else None

    def piece(self, start: int) -> tuple[int, Iterator[bytes]]:
        """Neighbouring whole lines from a number on: how many, 0 where there are none yet, and their bytes in parts.

        What can be had no more comes as nothing that stands for so many lines. May be called in any thread.
        """
        if start >= self._complete:
            return 0, iter(())
        block = self._blocks[self._index_of(start)]
        passed, lines = start - block.first, block.lines
        return lines - passed, (_without(part, passed) for part in block.parts(self._read))

    def _index_of(self, number: int) -> int:
        return bisect_right(self._blocks, number, key=lambda one: one.first) - 1

    def _lines_of(self, block: Block) -> Sequence[bytes]:
        """A block that is looked at is looked at line by line, so the last ones split are kept."""
        for known, size, lines in self._split:
            if known is block and size == block.size:
                return lines
        lines = block.split(self._read)
        self._split.append((block, block.size, lines))
        return lines

    def _whole(self, data: bytes, end: int, place: Place | None) -> None:
        """Take in whole lines, up to an end."""
        start = 0
        if self._partial.size:
            start = data.index(b"\n") + 1
            self._partial.extend(data[: start - 1], place)
            self._end_partial(ended=True)
        for piece in pieces(data, start, end):
            self._append(piece, piece.count(b"\n"), place.after(start) if place else None)
            start += len(piece)

    def _append(self, data: bytes, lines: int, place: Place | None) -> None:
        last = self._blocks[-1] if self._blocks else None
        if last is None or not last.takes(place):
            last = Block(self._complete, place)
            self._blocks.append(last)
            self._window_of(last).hold(last)
        last.add(data, lines)
        self._window_of(last).size += len(data)
        self._complete += lines
        self._trim()

    def _add(self, block: Block) -> None:
        """A block that takes nothing more in."""
        self._blocks.append(block)
        self._complete += block.lines

    def _begin(self, place: Place, count: int) -> None:
        """An unfinished line whose beginning stands in an output and is not held, or its next part."""
        room = min(count, LONGEST - len(self._partial.data))
        data = b"" if self._partial.cut else self._read(place.file, place.offset, room)
        self._partial.extend(data, place)
        self._partial.skip(count - len(data))

    def _end_partial(self, *, ended: bool = False) -> None:
        """The unfinished line is over; ``ended`` by its end, else by what comes into its way."""
        partial, self._partial = self._partial, Partial()
        if not partial.size:
            return
        data, place = bytes(partial.data), partial.place if ended else None
        if not partial.cut:
            self._append(data + b"\n", 1, place)
        elif place:
            cut = max(0, partial.size - LONGEST)
            self._add(Block(self._complete, place, 1, partial.size + 1, chunks=None, cut=cut))
        else:
            self._add(Block(self._complete, None, 1, len(data) + 1, alone=Line(data, partial.cut)))

    def _window_of(self, block: Block) -> _Window:
        return self._backed if block.place else self._own

    def _trim(self) -> None:
        self._backed.trim()
        for block in self._own.trim():
            self._gone = block.first + block.lines


class _Window:
    """Blocks in memory, the oldest first."""

    def __init__(self, limit: int) -> None:
        self.size = 0
        self._limit = limit
        self._held: deque[Block] = deque()

    def hold(self, block: Block) -> None:
        self._held.append(block)

    def trim(self) -> list[Block]:
        """Let the oldest go; which they were."""
        gone = []
        while self.size > self._limit and len(self._held) > 1:
            block = self._held.popleft()
            self.size -= block.size
            block.chunks = None
            gone.append(block)
        return gone


def _without(data: bytes, lines: int) -> bytes:
    """What follows so many lines."""
    start = 0
    for _ in range(lines):
        start = data.find(b"\n", start) + 1
        if not start:
            return b""
    return data[start:]
