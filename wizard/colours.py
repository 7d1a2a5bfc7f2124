"""Text and its colours kept apart: what a program coloured is read as plain text, with the colours as spans beside it.

Only Select Graphic Rendition is taken out (ECMA-48, 8.3.117; colours by number and by value as in ITU-T T.416 and as
xterm reads them). Everything else that a terminal would obey is shown, as `sanitise` shows it. Nothing can be hidden:
what conceals text or makes it blink is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from wizard.text import sanitise

_SGR = re.compile("(?:\x1b\\[|\x9b)([0-9;:]{0,64})m")
"""Bounded, so that digits without an end are looked at once."""

Colour = int | tuple[int, int, int] | None
"""A number of the terminal's 256 colours, red, green and blue from 0 to 255, or the terminal's own."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """How a stretch of text was meant to look."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    struck: bool = False


PLAIN = Rendition()


class Span(NamedTuple):
    """Characters of the text, from ``start`` to before ``end``, and how they look."""

    start: int
    end: int
    rendition: Rendition


class Parted(NamedTuple):
    """Text that is fit to be shown, and the spans of it that are not plain, in order, none over another."""

    text: str
    spans: tuple[Span, ...]


def part_colours(text: str) -> Parted:
    """The text as `sanitise` shows it, without its colours, and the colours; in one pass over the text."""
    pieces: list[str] = []
    spans: list[Span] = []
    at = length = 0
    now = PLAIN
    for found in _SGR.finditer(text):
        length = _add(pieces, spans, sanitise(text[at : found.start()]), length, now)
        now, at = _changed(now, found[1]), found.end()
    _add(pieces, spans, sanitise(text[at:]), length, now)
    return Parted("".join(pieces), tuple(spans))


def _add(pieces: list[str], spans: list[Span], piece: str, length: int, look: Rendition) -> int:
    """Take a piece in; where the text ends now."""
    if not piece:
        return length
    end = length + len(piece)
    pieces.append(piece)
    if spans and spans[-1].end == length and spans[-1].rendition == look:
        spans[-1] = spans[-1]._replace(end=end)
    elif look != PLAIN:
        spans.append(Span(length, end, look))
    return end


_SET: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"struck": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"struck": False},
}


def _changed(look: Rendition, parameters: str) -> Rendition:
    numbers = iter([min(int(number or 0), 999) for number in parameters.replace(":", ";").split(";")])
    for number in numbers:
        if number == 0:
            look = PLAIN
        elif flags := _SET.get(number):
            look = replace(look, **flags)
        elif number in {38, 48}:
            found = _extended(numbers)
            look = replace(look, foreground=found) if number == 38 else replace(look, background=found)  # noqa: PLR2004 - ECMA-48's
        else:
            look = _plainly_coloured(look, number)
    return look


def _plainly_coloured(look: Rendition, number: int) -> Rendition:
    """One of the sixteen colours that have numbers of their own, or the terminal's own again."""
    tens, one = divmod(number, 10)
    colour = one + 8 * (tens >= 9) if one < 8 else None  # noqa: PLR2004 - aixterm's bright ones are 90 to 107
    if one == 8:  # noqa: PLR2004 - 38 and 48 are read elsewhere
        return look
    if tens in {3, 9}:
        return replace(look, foreground=colour)
    return replace(look, background=colour) if tens in {4, 10} else look


def _extended(numbers: Iterator[int]) -> Colour:
    """What follows 38 or 48: ``5;N`` or ``2;R;G;B``; the terminal's own colour where it is neither."""
    way = next(numbers, 0)
    if way == 5:  # noqa: PLR2004 - T.416's
        return min(next(numbers, 0), 255)
    if way == 2:  # noqa: PLR2004 - T.416's
        red, green, blue = (min(next(numbers, 0), 255) for _ in range(3))
        return red, green, blue
    return None
