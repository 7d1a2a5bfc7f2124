"""Markdown as lines, with the places of its headings: rendered once for a width, so that a long report scrolls at once.

Textual's own Markdown widget makes a widget of every paragraph and every cell of a table. A report of 2,000 lines makes
4,000 of them: measured, 37 s until it stands still and 0.8 s for each page. The same text as lines takes 0.4 s.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.theme import Theme as Styles
from textual.theme import Theme

Lines = Sequence[list[Segment]]


@dataclass(frozen=True, slots=True)
class Place:
    """A heading: how deep it is, what it says, and the line of the sheet it stands on."""

    level: int
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document as lines of so many cells, and where its parts begin."""

    lines: Lines = ()
    places: Sequence[Place] = ()

    def place_at(self, line: int) -> int:
        """The number of the heading that this line stands below; 0 above the first."""
        return max([number for number, place in enumerate(self.places) if place.line <= line], default=0)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the text that begins with a heading; the first may have none."""

    level: int
    title: str
    text: str


class _FoldedTable(TableElement):
    """A table in which a word that is longer than its column is folded, not cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for part in super().__rich_console__(console, options):
            for column in part.columns if isinstance(part, Table) else ():
                column.overflow = "fold"
            yield part


class _Document(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": _FoldedTable}


def sheet(markdown: str, width: int, theme: Theme) -> Sheet:
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
    lines: list[list[Segment]] = []
    places: list[Place] = []
    for part in _parts(markdown):
        rendered = _rendered(part.text, console, theme)
        if lines and part.level:
            lines.append([])
        if part.level:
            places.append(Place(part.level, part.title, len(lines) + _blank(rendered)))
        lines += rendered
    return Sheet(lines, places)


def _rendered(text: str, console: Console, theme: Theme) -> list[list[Segment]]:
    document = _Document(text, hyperlinks=False, code_theme="ansi_dark" if theme.dark else "ansi_light")
    return console.render_lines(document, console.options, pad=False)


def _blank(lines: Lines) -> int:
    """Empty lines ahead of the first that says something."""
    return next((number for number, line in enumerate(lines) if any(part.text.strip() for part in line)), 0)


def _parts(markdown: str) -> Iterator[_Part]:
    """The text cut ahead of every heading; what looks like one inside of a fence or a list is none."""
    lines = markdown.split("\n")
    cuts = [(0, 0, ""), *_headings(markdown), (len(lines), 0, "")]
    for (begin, level, title), (end, _, _) in pairwise(cuts):
        text = "\n".join(lines[begin:end])
        if level or text.strip():
            yield _Part(level, title, text)


def _headings(markdown: str) -> Iterator[tuple[int, int, str]]:
    """Line, level and words of every heading."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            yield token.map[0], int(token.tag[1:]), "".join(child.content for child in inline.children or [])


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
