"""Finds known bytes in the rows of a hex dump: those of ``xxd``, ``hexdump -C`` and ``od -t x1``, with their addresses.

Between two rows of a dump stand characters and an address, so that what goes over a row's end can be found only by
reading the rows. A row in which a part of it stands counts as a whole, its characters too, with what is between.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge

from wizard.searching import Openings, Span, occurrences

LONGEST = 320
"""Bytes of a row beyond which a line that has not ended yet is none."""

_PAIR = rb"(?:[0-9a-f]{2})"
# Two blanks stand in the middle of a row of ``hexdump -C``, and ahead of the characters of others.
_BYTES = rb"(?:(?:%b ){7}%b  (?:%b ){0,7}%b|%b{1,8}(?: %b{1,8})*)" % ((_PAIR,) * 6)
_ADDRESS = rb"(?:[0-9a-f]{8}(?:: |  )|[0-9a-f]{7} )"
_ROW = re.compile(_ADDRESS + rb"(" + _BYTES + rb")(?![^\s])[^\r\n]*", re.IGNORECASE)
_BEGUN = re.compile(rb"[0-9a-f]{1,8}|[0-9a-f]{8}[: ]|" + _ADDRESS + rb"(?:[0-9a-f][^\r\n]*)?", re.IGNORECASE)

_KINDS = b"".join(
    b"n"
    if byte in b"\r\n"
    else b"h"
    if byte in b"0123456789abcdefABCDEF"
    else b"."
    if byte not in b" :"
    else bytes([byte])
    for byte in range(256)
)
_FIRST = (b"nhhhhhhhh: hh", b"nhhhhhhhh  hh ", b"nhhhhhhh hh hh ")
"""What the first row of a dump looks like once each byte is written as its kind: told far faster than by a pattern."""


@dataclass(slots=True)
class _Block:
    """Rows that follow each other: where lines begin, what they tell, and where their bytes begin in the block's."""

    lines: list[int] = field(default_factory=list)
    rows: list[Span] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)

    def row_of(self, index: int) -> int:
        """The number of the row that has the byte at ``index``."""
        return bisect_right(self.starts, index) - 1


class Dumps:
    """Looks for these bytes in dumps."""

    def __init__(self, needles: Iterable[bytes]) -> None:
        self._sorted = sorted(needles)
        self._longest = max(map(len, self._sorted), default=0)
        self._openings = Openings(self._sorted, bisect_right)

    def scan(self, data: bytes, *, fresh: bool) -> tuple[list[Span], int]:
        """Rows that hold some of it, and where the earliest line begins that more data could make such a row.

        Args:
            data: What to look through.
            fresh: It begins where a line does; else the first line is passed over.
        """
        if not self._sorted:
            return [], len(data)
        spans: list[Span] = []
        tail = open_from = _unfinished(data, fresh=fresh)
        for block, end in _blocks(data, fresh=fresh):
            held = bytes(block.data)
            for needle in self._sorted:
                for start in occurrences(needle, held):
                    first, last = block.row_of(start), block.row_of(start + len(needle) - 1)
                    spans.append((block.rows[first][0], block.rows[last][1]))
                    # A row is told as a whole, so that the rows before it must be at hand until it has ended.
                    if block.lines[last] >= tail:
                        open_from = min(open_from, block.lines[first])
            if end >= tail:
                open_at = self._openings.earliest(held, self._longest)
                if open_at < len(held):
                    open_from = min(open_from, block.lines[block.row_of(open_at)])
        return spans, open_from


def _unfinished(data: bytes, *, fresh: bool) -> int:
    """Where the last line begins, where it has not ended and may become a row; else the end."""
    start = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
    rest = len(data) - start
    if rest > LONGEST or (start == 0 and not fresh) or not _BEGUN.fullmatch(data, start):
        return len(data)
    return start


def _blocks(data: bytes, *, fresh: bool) -> Iterator[tuple[_Block, int]]:
    """Rows that follow each other, and where the last of them ends, its line's end included."""
    done = 0
    for at in _first_rows(data, fresh=fresh):
        if at < done:
            continue
        block, done = _Block(), at
        while row := _ROW.match(data, done):
            block.lines.append(done)
            block.rows.append((row.start(1), row.end()))
            block.starts.append(len(block.data))
            block.data += bytes.fromhex(row[1].decode("ascii"))
            done = _behind(data, row.end())
        yield block, done


def _first_rows(data: bytes, *, fresh: bool) -> Iterator[int]:
    """Where a row may begin, in order; those that follow one are not all among them."""
    if not fresh and b"\n" not in data and b"\r" not in data:
        return
    kinds = data.translate(_KINDS)
    if fresh and kinds.startswith(tuple(first[1:] for first in _FIRST)):
        yield 0
    yield from merge(*([at + 1 for at in occurrences(first, kinds)] for first in _FIRST))


def _behind(data: bytes, end: int) -> int:
    """Behind the line's end at ``end``, as far as it is there."""
    return end + (2 if data[end : end + 2] == b"\r\n" else 1 if end < len(data) else 0)
