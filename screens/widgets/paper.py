"""Markdown as lines: rendered once for a width, then only shown, so that a long report scrolls at once.

Textual's own Markdown widget makes a widget of every paragraph and every cell of a table. A report of 2,000 lines makes
4,000 of them: measured, 37 s until it stands still and 0.8 s for each page. The same text as lines takes 0.4 s.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.theme import Theme as Styles
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.theme import Theme

from screens.widgets.pane import Frame

Lines = Sequence[list[Segment]]


class Paper(ScrollView, can_focus=True):
    """Shows rendered lines.

    Args:
        name: The widget's id.
        title: What stands in the frame.
    """

    def __init__(self, name: str, title: str) -> None:
        super().__init__(id=name)
        Frame(self).say(title)
        self._lines: list[Strip] = []

    def show(self, lines: Lines) -> None:
        """Show these; the place stays where it is."""
        base = self.rich_style
        self._lines = [
            Strip([Segment(part.text, base + part.style if part.style else base) for part in line]) for line in lines
        ]
        self.virtual_size = Size(1, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        number = int(self.scroll_offset.y) + y
        width, style = self.size.width, self.rich_style
        if number >= len(self._lines):
            return Strip.blank(width, style)
        return self._lines[number].crop_extend(0, width, style)


class _FoldedTable(TableElement):
    """A table in which a word that is longer than its column is folded, not cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for part in super().__rich_console__(console, options):
            for column in part.columns if isinstance(part, Table) else ():
                column.overflow = "fold"
            yield part


class _Document(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": _FoldedTable}


def rendered(markdown: str, width: int, theme: Theme) -> Lines:
    """Markdown in lines of so many cells. No link in it can be followed; its address is written out."""
    console = Console(
        file=io.StringIO(),
        width=max(20, width),
        color_system="truecolor",
        force_terminal=True,
        theme=_styles(theme),
        markup=False,
        emoji=False,
    )
    document = _Document(markdown, hyperlinks=False, code_theme="ansi_dark" if theme.dark else "ansi_light")
    return console.render_lines(document, console.options, pad=False)


def _styles(theme: Theme) -> Styles:
    accent, primary, muted = theme.accent or "", theme.primary, theme.secondary or ""
    heading = Style(color=primary, bold=True)
    return Styles(
        {
            "markdown.h1": heading,
            "markdown.h2": heading + Style(underline=True),
            "markdown.h3": heading,
            "markdown.h4": heading,
            "markdown.code": Style(color=accent),
            "markdown.code_block": Style(color=accent),
            "markdown.table.header": Style(color=primary, bold=True),
            "markdown.table.border": Style(dim=True),
            "markdown.item.bullet": Style(color=muted, bold=True),
            "markdown.item.number": Style(color=muted),
            "markdown.hr": Style(dim=True),
            "markdown.block_quote": Style(color=muted),
        }
    )
