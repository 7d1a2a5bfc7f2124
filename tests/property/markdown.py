"""Markdown as its readers parse it: the dialects, and the blocks and spans that our reports consist of."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

BLOCKS = {
    *(f"{name}_{end}" for name in ("heading", "paragraph", "bullet_list", "list_item") for end in ("open", "close")),
    *(f"{name}_{end}" for name in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
    "fence",
    "inline",
}
INLINES = {"text", "code_inline", "strong_open", "strong_close", "text_special"}


def github() -> MarkdownIt:
    """GitHub's flavour; bare host names and addresses become links."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": True})


def tables() -> MarkdownIt:
    """CommonMark with tables."""
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def plain() -> MarkdownIt:
    """CommonMark alone, to which a table is a paragraph."""
    return MarkdownIt("commonmark", {"html": True})


DIALECTS = (github, tables, plain)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def headings(tokens: list[Token]) -> list[str]:
    return [token.tag for token in tokens if token.type == "heading_open"]
