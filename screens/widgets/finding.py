"""Words found in lines, also where they were broken at the end of one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one line, in cells."""

    line: int
    begin: int
    end: int


Match = tuple[Span, ...]
"""One find: a part of a line, or of two where the words were broken."""


def find(lines: Sequence[str], words: str) -> list[Match]:
    """Where these words stand; large and small letters are one."""
    wanted = _folded(" ".join(words.split()))
    if not wanted:
        return []
    shown = [line.rstrip() for line in lines]
    indents = [len(line) - len(line.lstrip()) for line in shown]
    pieces = [_folded(line[indent:]) for line, indent in zip(shown, indents, strict=True)]
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece) + 1)
    whole = " ".join(pieces)
    return [tuple(_spans(at, len(wanted), starts, shown, indents)) for at in _places(whole, wanted)]


def _folded(text: str) -> str:
    """Case folded, letter for letter, so that places stay what they are."""
    return "".join(folded if len(folded := letter.casefold()) == 1 else letter for letter in text)


def _places(whole: str, wanted: str) -> Iterator[int]:
    at = whole.find(wanted)
    while at >= 0:
        yield at
        at = whole.find(wanted, at + len(wanted))


def _spans(at: int, length: int, starts: list[int], lines: list[str], indents: list[int]) -> Iterator[Span]:
    line = bisect_right(starts, at) - 1
    while line < len(lines) and starts[line] < at + length:
        begin = max(0, at - starts[line]) + indents[line]
        end = min(at + length - starts[line] + indents[line], len(lines[line]))
        if begin < end:
            yield Span(line, cell_len(lines[line][:begin]), cell_len(lines[line][:end]))
        line += 1
