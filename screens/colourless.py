"""NO_COLOR: not one colour reaches the terminal. What a colour says a word says as well; bold and reverse stay."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class Colourless(LineFilter):
    """Takes the colours away, and leaves everything else."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's
        """The same line without colours."""
        return [
            Segment(segment.text, segment.style and _without(segment.style), segment.control) for segment in segments
        ]


@lru_cache(4096)
def _without(style: Style) -> Style:
    # What a click finds below it must stay, and `Style.without_color` drops it.
    return style.without_color + Style.from_meta(style.meta) if style.meta else style.without_color
