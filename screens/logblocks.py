"""What a log is made of: neighbouring whole lines, in memory or in a file of the run's ``output/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

BLOCK = 64 * 1024
"""Bytes of whole lines that are split together."""

LONGEST = 16 * 1024
"""Bytes of one line that are kept while its end has not come; the rest is counted."""

STRIDE, OVERLAP = 256 * 1024, 4 * 1024
"""Bytes of a long line that are searched together, and how many of them again with what follows."""

Read = Callable[[str, int, int], bytes]
"""Gives what stands in an output by its file name, from an offset, so many bytes; fewer where it has not as many."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Args:
        data: Its bytes, without its end.
        cut: Bytes of it that are not kept.
        ours: It is a mark of ours, such as the beginning of a step.
        host: Who printed it, where the lines of several hosts stand together.
    """

    data: bytes
    cut: int = 0
    ours: bool = False
    host: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where bytes stand in an output."""

    file: str
    offset: int

    def after(self, size: int) -> Place:
        """Where what follows them stands."""
        return Place(self.file, self.offset + size)


@dataclass(slots=True)
class Block:
    """Whole lines, each with its end. A mark, or a line that was cut, is a block of its own.

    Args:
        first: The number of its first line.
        place: Where it stands in an output; None where it is nowhere but here.
        lines: How many lines.
        size: How many bytes.
        chunks: They, while they are in memory.
        alone: The mark, or what is kept of a line that was cut and stands nowhere else.
        cut: Bytes of its one line that are not shown.
    """

    first: int
    place: Place | None = None
    lines: int = 0
    size: int = 0
    chunks: list[bytes] | None = field(default_factory=list)
    alone: Line | None = None
    cut: int = 0

    def takes(self, place: Place | None) -> bool:
        """What stands at this place can be added to it."""
        if self.alone or not self.chunks or self.size >= BLOCK:
            return False
        return place == (self.place.after(self.size) if self.place else None)

    def add(self, chunk: bytes, lines: int) -> None:
        """Take more whole lines in."""
        if self.chunks is not None:
            self.chunks.append(chunk)
        self.lines += lines
        self.size += len(chunk)

    def data(self, read: Read) -> bytes:
        """Its bytes; fewer where they cannot be had any more. May be called in any thread."""
        chunks = self.chunks
        if self.alone:
            return self.alone.data + b"\n"
        if chunks or self.place is None:
            return b"".join(chunks or ())
        return read(self.place.file, self.place.offset, self.size)

    def parts(self, read: Read) -> Iterator[bytes]:
        """Its bytes, those of a long line in parts that overlap. May be called in any thread."""
        if self.place is None or not self.cut:
            yield self.data(read)
            return
        for start in range(0, self.size, STRIDE - OVERLAP):
            yield read(self.place.file, self.place.offset + start, min(STRIDE, self.size - start))

    def only(self, read: Read) -> Line | None:
        """Its one line, where that is a mark or was cut."""
        if self.alone or not self.cut or self.place is None:
            return self.alone
        return Line(read(self.place.file, self.place.offset, LONGEST), self.cut)

    def split(self, read: Read) -> list[bytes]:
        """Its lines; fewer where they cannot be had any more."""
        if self.chunks and len(self.chunks) > 1:
            self.chunks = [b"".join(self.chunks)]
        return self.data(read).split(b"\n")[:-1][: self.lines]


def pieces(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Whole lines in pieces of about a block, so that each can leave memory, and be split, by itself."""
    while start < end:
        cut = data.find(b"\n", min(start + BLOCK, end - 1)) + 1
        yield data[start:cut]
        start = cut


@dataclass(slots=True)
class Partial:
    """A line whose end has not come. ``place`` is None where it does not stand in one piece in an output."""

    place: Place | None = None
    data: bytearray = field(default_factory=bytearray)
    cut: int = 0

    @property
    def size(self) -> int:
        """Its bytes, with those that are not kept."""
        return len(self.data) + self.cut

    def goes_on_at(self, place: Place | None) -> bool:
        """What stands at this place follows it."""
        return bool(self.size) and place == (self.place.after(self.size) if self.place else None)

    def extend(self, data: bytes, place: Place | None) -> None:
        """More of it came."""
        if not self.size:
            self.place = place
        elif not self.goes_on_at(place):
            self.place = None
        room = 0 if self.cut else LONGEST - len(self.data)
        self.data += data[:room]
        self.cut += max(0, len(data) - room)

    def skip(self, count: int) -> None:
        """More of it is where it stands, and is not kept."""
        self.cut += count
