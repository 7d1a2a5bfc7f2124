"""A line of a log as it is shown: made harmless, with its time, its host, and what is looked for in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screens.logblocks import Line
from screens.search import Needle
from wizard.text import decode, sanitise

WIDEST = 4096
"""Cells of a line that can be scrolled to."""

GONE = "· no longer to be had"


@dataclass(frozen=True, slots=True)
class Styles:
    """How the parts of a line look, each on top of the pane's own style."""

    base: Style
    mark: Style
    gone: Style
    time: Style
    found: Style
    here: Style


@dataclass(frozen=True, slots=True)
class Painted:
    """A line as it is shown.

    Args:
        prefix: Its time and its host, which stay where they are when the rest is scrolled.
        body: The line.
    """

    prefix: Strip
    body: Strip

    def rows(self, width: int) -> list[Strip]:
        """Wrapped: as many rows as it needs, the prefix ahead of the first."""
        room = max(1, width - self.prefix.cell_length)
        blank = Strip([Segment(" " * self.prefix.cell_length, segment.style) for segment in [*self.prefix][:1]])
        count = max(1, -(-self.body.cell_length // room))
        parts = (self.body.crop(row * room, (row + 1) * room) for row in range(count))
        return [Strip.join([self.prefix if row == 0 else blank, part]) for row, part in enumerate(parts)]


def shown(line: Line) -> str:
    """A line's text."""
    text = sanitise(decode(line.data)).expandtabs(8)[:WIDEST]
    return f"── {text} ──" if line.ours else text


def painted(line: Line | None, prefix: str, styles: Styles, needle: Needle | None) -> Painted:
    """A line with its prefix; None is one that cannot be had any more."""
    before = Strip([Segment(prefix, styles.base + styles.time)] if prefix else [])
    if line is None:
        return Painted(before, Strip([Segment(GONE, styles.base + styles.gone)]))
    style = styles.base + styles.mark if line.ours else styles.base
    segments = _with_found(shown(line), style, styles.found, needle)
    if line.cut:
        segments.append(Segment(f" … {line.cut:,} bytes more in output/", style + Style(dim=True)))
    return Painted(before, Strip(segments))


def _with_found(text: str, style: Style, found: Style, needle: Needle | None) -> list[Segment]:
    segments, done = [], 0
    for start, end in needle.spans(text) if needle else ():
        segments += [Segment(text[done:start], style), Segment(text[start:end], style + found)]
        done = end
    return [*segments, Segment(text[done:], style)]


def chosen(strip: Strip, span: tuple[int, int], x: int, style: Style) -> Strip:
    """What is selected made out.

    Args:
        strip: A part of a line.
        span: Where in the line the selection begins and ends; to its end where that is negative.
        x: Where in the line the part begins.
        style: How it looks.
    """
    start, end = max(0, span[0] - x), span[1] - x if span[1] >= 0 else strip.cell_length
    if start >= end:
        return strip
    return Strip.join([strip.crop(0, start), strip.crop(start, end).apply_style(style), strip.crop(end)])


def prefix_of(moment: float | None, host: str, *, times: bool, hosts: Sequence[str]) -> str:
    """What stands ahead of a line: when it came, in UTC, and who printed it where several stand together."""
    at = datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%SZ") if moment is not None else " " * 9
    widest = max(map(len, hosts), default=0)
    return (f"{at} " if times else "") + (f"{host:{widest}} │ " if hosts else "")
