"""The output of one host as a window of lines: bytes as they came, counted at once, split where they are looked at.

Lines are numbered from the first one ever, so that a place in the log stays where it is while older lines leave memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

WINDOW = 16 * 1024 * 1024
"""Bytes kept in memory; what is older is in the run's ``output/``."""

BLOCK = 64 * 1024
"""Bytes of whole lines that are split together."""

LONGEST = 16 * 1024
"""Bytes of one line that are kept while its end has not come; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Args:
        data: Its bytes, without its end.
        cut: Bytes of it that are not kept.
        ours: It is a mark of ours, such as the beginning of a step.
    """

    data: bytes
    cut: int = 0
    ours: bool = False


@dataclass(slots=True)
class _Block:
    """Neighbouring whole lines, each with its end. A mark, or a line that was cut, is a block of its own."""

    first: int
    lines: int = 0
    size: int = 0
    chunks: list[bytes] = field(default_factory=list)
    alone: Line | None = None

    def add(self, chunk: bytes, lines: int) -> None:
        self.chunks.append(chunk)
        self.lines += lines
        self.size += len(chunk)

    def split(self) -> list[bytes]:
        if len(self.chunks) > 1:
            self.chunks = [b"".join(self.chunks)]
        return self.chunks[0].split(b"\n")


class LogBuffer:
    """Takes bytes, gives lines.

    Args:
        window: Bytes kept at most, give or take a block.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._blocks: deque[_Block] = deque()
        self._size = 0
        self._complete = 0
        self._partial = bytearray()
        self._cut = 0
        self._split: tuple[_Block, int, list[bytes]] | None = None

    @property
    def total(self) -> int:
        """Lines since the beginning, an unfinished one included."""
        return self._complete + bool(self._partial or self._cut)

    @property
    def first(self) -> int:
        """The number of the oldest line still in memory."""
        return self._blocks[0].first if self._blocks else self._complete

    @property
    def complete(self) -> int:
        """Lines that will not change any more."""
        return self._complete

    def feed(self, data: bytes) -> None:
        """Take in what a host printed."""
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            self._whole(whole + newline)
        self._extend(rest)
        self._trim()

    def mark(self, text: str) -> None:
        """Put a line of ours among the others."""
        self._end_partial()
        self._alone(Line(text.encode("utf-8", "backslashreplace"), ours=True))
        self._trim()

    def line(self, number: int) -> Line | None:
        """A line by its number; None where it has left memory, or is not there yet."""
        if number == self._complete and self.total > number:
            return Line(bytes(self._partial), self._cut)
        if not self.first <= number < self._complete:
            return None
        block = self._blocks[bisect_right(self._blocks, number, key=lambda one: one.first) - 1]
        return block.alone or Line(self._lines_of(block)[number - block.first])

    def _lines_of(self, block: _Block) -> list[bytes]:
        """A block that is looked at is looked at line by line, so the last one split is kept."""
        if self._split is None or self._split[0] is not block or self._split[1] != block.size:
            self._split = (block, block.size, block.split())
        return self._split[2]

    def _whole(self, data: bytes) -> None:
        if self._partial or self._cut:
            end = data.index(b"\n")
            self._extend(data[:end])
            self._end_partial()
            data = data[end + 1 :]
        for piece in _pieces(data):
            self._append(piece, piece.count(b"\n"))

    def _append(self, data: bytes, lines: int) -> None:
        last = self._blocks[-1] if self._blocks else None
        if last is None or last.alone or last.size >= BLOCK:
            last = _Block(self._complete)
            self._blocks.append(last)
        last.add(data, lines)
        self._size += len(data)
        self._complete += lines

    def _extend(self, data: bytes) -> None:
        room = LONGEST - len(self._partial)
        self._partial += data[:room]
        self._cut += max(0, len(data) - room)

    def _end_partial(self) -> None:
        if not self._partial and not self._cut:
            return
        if self._cut:
            self._alone(Line(bytes(self._partial), self._cut))
        else:
            self._append(bytes(self._partial) + b"\n", 1)
        self._partial, self._cut = bytearray(), 0

    def _alone(self, line: Line) -> None:
        self._blocks.append(_Block(self._complete, 1, len(line.data), alone=line))
        self._size += len(line.data)
        self._complete += 1

    def _trim(self) -> None:
        while self._size > self._window and len(self._blocks) > 1:
            self._size -= self._blocks.popleft().size


def _pieces(data: bytes) -> Iterator[bytes]:
    """Whole lines in pieces of about a block, so that each can leave memory, and be split, by itself."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", min(start + BLOCK, len(data) - 1)) + 1
        yield data[start:end]
        start = end
