"""ASCII only: one sign for each of ours, cell by cell, as the last thing before a line is painted.

It is done to finished lines, so that frames, scrollbars, notices and Textual's own signs are covered too.
What is not in the table, such as a title with letters of another script, is shown as it is.
"""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

SIGNS: Final = {
    "✔": "+", "✘": "x", "○": "o", "●": "*", "◐": "%", "■": "#", "◀": "<", "▶": ">", "▼": "v", "▲": "^", "‖": "=",
    "–": "-", "—": "-", "…": "~", "·": ".", "•": "*", "›": ">", "‹": "<", "×": "x", "±": "~", "→": ">", "←": "<",
    "↑": "^", "↓": "v", "⏎": "/", "⇥": ">", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "≤": "<", "≥": ">",
    "≈": "~", "≠": "!", "§": "S", "°": "o", "µ": "u", "\u00a0": " ", "✓": "+", "✗": "x", "⋯": "~", "⚠": "!",
    "◆": "*", "◇": "o", "□": "o", "▪": "*", "▫": "o", "◌": "o", "◍": "*", "◉": "*", "▸": ">", "▾": "v", "▴": "^",
    "◂": "<", "►": ">", "◄": "<", "△": "^", "▽": "v", "▷": ">", "◁": "<", "⟳": "@", "↻": "@", "↺": "@", "↕": "|",
    "↔": "-", "⇧": "^", "☐": "o", "☑": "+",
}  # fmt: skip
"""A sign of ours, and the one that stands for it; each has one cell."""

LEVELS: Final = dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True))
"""Bars of a small graph, by height; a whole block is a part of a scrollbar as well."""

_LINES = {chr(code): "+" for code in range(0x2500, 0x2580)}
_LINES |= dict.fromkeys("─━┄┅┈┉╌╍═╴╶╸╺╼╾", "-") | dict.fromkeys("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", "|")
_LINES |= {"╱": "/", "╲": "\\", "╳": "x"}
_BLOCKS = {chr(code): "#" for code in range(0x2580, 0x25A0)}
_BLOCKS |= dict.fromkeys("▏▎▍▌▋▊▉▐▕", "|") | {"▔": "-", "▀": "-", "░": ".", "▒": ":", "▓": "%"}
_CONTROLS = {chr(code): "^" for code in range(0x2400, 0x2427)}
"""What stands for a control character that somebody put into a text."""
_BRAILLE = {chr(code): "." for code in range(0x2801, 0x2900)} | {"\u2800": " "}

TABLE: Final = str.maketrans({**_LINES, **_BLOCKS, **_CONTROLS, **_BRAILLE, **LEVELS, **SIGNS})


class Ascii(LineFilter):
    """Puts ASCII in the place of each sign and frame of ours."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's
        """The same line in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(TABLE), segment.style, segment.control)
            for segment in segments
        ]
