"""What a program sends to a terminal, taken apart: text, controls and sequences; and the picture that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len

_TOKEN = re.compile(
    rb"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b[PX^_](?P<string>[^\x1b]*)\x1b\\"
    rb"|\x1b(?P<esc>[ -/]*[0-~])"
    rb"|(?P<control>[\x00-\x1f\x7f])"
    rb"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A piece of what was sent: ``csi``, ``osc``, ``string``, ``esc``, ``control`` or ``text``."""

    kind: str
    data: bytes


def tokens(sent: bytes) -> Iterator[Token]:
    """Everything that was sent, piece by piece; what is no whole piece is an ``esc`` of its own."""
    at = 0
    while at < len(sent):
        found = _TOKEN.match(sent, at)
        if found is None:
            yield Token("esc", sent[at : at + 8])
            return
        at = found.end()
        yield Token(str(found.lastgroup), found[str(found.lastgroup)])


def shape(token: Token) -> str:
    """What a sequence does, without its numbers: ``csi ?h 1049`` keeps the mode, ``csi m`` no colour."""
    data = token.data.decode("ascii", "backslashreplace")
    if token.kind != "csi":
        return f"{token.kind} {data}"
    marks = "".join(one for one in data if not one.isdigit() and one not in ";:")
    whole = marks == "t" or (marks[-1] in "hlpun" and len(marks) > 1)
    return f"csi {data}" if whole else f"csi {marks}"


class Picture:
    """The screen that a terminal would show. Colours are not looked at.

    Args:
        columns: Its width.
        lines: Its height.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self.columns = columns
        self.rows = [[" "] * columns for _ in range(lines)]
        self._x = self._y = 0

    def take(self, sent: bytes) -> Picture:
        """More was sent."""
        for token in tokens(sent):
            if token.kind == "text":
                self._write(token.data.decode("utf-8", "replace"))
            elif token.kind == "control":
                self._control(token.data)
            elif token.kind == "csi":
                self._csi(token.data.decode("ascii", "replace"))
        return self

    @property
    def text(self) -> list[str]:
        """Its lines."""
        return ["".join(row).rstrip() for row in self.rows]

    def _write(self, text: str) -> None:
        for character in text:
            width = cell_len(character)
            if width and self._y < len(self.rows) and self._x < self.columns:
                self.rows[self._y][self._x : self._x + width] = [character, *[""] * (width - 1)]
            self._x += width

    def _control(self, data: bytes) -> None:
        if data == b"\r":
            self._x = 0
        elif data == b"\n":
            self._y += 1

    def _csi(self, data: str) -> None:
        numbers = [int(one) if one.isdigit() else 1 for one in data[:-1].split(";")]
        if data.endswith("H"):
            row, column = [*numbers, 1][:2]
            self._y, self._x = row - 1, column - 1
        elif data.endswith("J"):
            self.rows = [[" "] * self.columns for _ in self.rows]
