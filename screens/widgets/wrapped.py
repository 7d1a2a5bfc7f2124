"""Text whose long lines go on below their beginning, so that labels stand alone at the left."""

from __future__ import annotations

import re
from collections.abc import Callable

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

LABEL = re.compile(
    r" {2,}\S{1,5} {2}[a-z ]{12}(?=\S)"  # a key and its label, in the help
    r"| {2,}(?:expected |observed |[│✘] )?"  # what is indented already
    r"|\$ |ask |│ "  # a command, a question, what is shown beside one
    r"|\S (?:pass|fail|unknown|skip|waiting|holding) +"  # a check
    r"|[✔✘?–○●] [a-z, ]{17}"  # an undo
    r"|[a-z ]{2,8} {2,}(?=\S)|undo +|! {6}|[✘!▼] "  # a label in front
)
"""What a long line is hung behind."""

DEEPEST = 24
"""Cells that a line is indented by at most."""

NARROWEST = 20
"""Cells that must remain for the text; below, lines go on at the edge."""


class Wrapped(Static):
    """Lines of text; each one that is too long is hung behind its label."""

    def __init__(self, content: Content | None = None, name: str | None = None) -> None:
        super().__init__(content or Content(""), id=name, markup=False)
        self._lines = content or Content("")
        self._width = 0

    @property
    def told(self) -> Content:
        """The lines as they were told."""
        return self._lines

    def tell(self, content: Content) -> None:
        """Show these lines."""
        self._lines = content
        self.update(hung(content, self._width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines there will be at this width, whatever width they are folded for now.

        Measured by what is shown, a text that was folded for a few cells kept its hundreds of lines in a wide terminal.
        """
        return (
            super().get_content_height(container, viewport, width) if width <= 0 else len(_folded(self._lines, width))
        )

    def on_resize(self, event: events.Resize) -> None:
        """Another width folds the lines elsewhere."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.update(hung(self._lines, self._width))


class Fitted(Wrapped):
    """Lines that are made for the width there is.

    Args:
        make: Makes them for so many cells.
    """

    def __init__(self, make: Callable[[int], Content]) -> None:
        super().__init__()
        self._make = make

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines there will be at this width, made for it."""
        if width <= 0:
            return super().get_content_height(container, viewport, width)
        return len(_folded(self._make(width), width))

    def on_resize(self, event: events.Resize) -> None:
        """Another width, other lines."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.tell(self._make(self._width))


def hung(content: Content, width: int) -> Content:
    """The same lines, none longer than ``width`` cells, each part of one below the beginning of its text."""
    if width <= 0:
        return content
    return Content("\n").join(_folded(content, width))


def _folded(content: Content, width: int) -> list[Content]:
    return [part for line in content.split("\n", allow_blank=True) for part in _parts(line, width)]


def _parts(line: Content, width: int) -> list[Content]:
    if line.cell_length <= width:
        return [line]
    found = LABEL.match(line.plain)
    depth = min(found.end(), DEEPEST) if found else 0
    if width - depth < NARROWEST:
        depth = 0
    first, *rest = line[depth:].wrap(width - depth)
    return [line[:depth] + first, *(Content(" " * depth) + part for part in rest)]
