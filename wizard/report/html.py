"""The report as one HTML file: made from the Markdown, with no script, no link out of it and nothing to be fetched.

The Markdown is harmless already. The parser is a second wall: links, images and HTML are no part of the language it
reads, and the policy in the file's head forbids a browser whatever is not its own style.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

NO_PART = ("link", "image", "autolink", "html_inline", "html_block", "reference")
"""Rules of CommonMark that are left out."""

IN_CONTENTS = {"h2": "", "h3": "inner"}
"""Headings that stand in the contents, with their class."""

TASKS = {"[ ] ": "☐ ", "[x] ": "☑ "}

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem 2rem 4rem; }
h1, h2, h3, h4 { line-height: 1.2; margin: 2em 0 .5em; }
h1 { margin-top: 0; }
h2 { border-bottom: 1px solid var(--line); padding-bottom: .2em; }
nav { background: var(--soft); border-radius: .5rem; columns: 20rem; padding: 1rem 1.5rem; }
nav a { color: inherit; display: block; overflow-wrap: anywhere; text-decoration: none; }
nav a.inner { padding-left: 1.5em; font-size: .9em; }
nav a:hover { text-decoration: underline; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: .3em .6em; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
th { background: var(--soft); }
code, pre { font: .9em/1.4 ui-monospace, monospace; background: var(--soft); border-radius: .25rem; }
code { padding: .1em .3em; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .8em 1em; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
@media print { nav { display: none; } pre { white-space: pre-wrap; } table { display: table; } }
"""

_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)


def to_html(markdown: str) -> str:
    """A report's Markdown as a page of its own."""
    parser = _parser()
    tokens = parser.parse(markdown)
    headings = [*_headings(tokens)]
    for token in tokens:
        _tick(token)
    title = next((_words(inline) for heading, inline in headings if heading.tag == "h1"), "Incident report")
    body = parser.renderer.render(tokens, parser.options, {})
    return "\n".join([*_head(title), *_contents(headings), body, "</body></html>"]) + "\n"


def _parser() -> MarkdownIt:
    settings = {"html": False, "linkify": False, "typographer": False}
    return MarkdownIt("commonmark", settings).enable("table").disable(NO_PART)


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Every heading with its words; it is given a name of ours to be found by."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", f"part-{place}")
            yield token, tokens[place + 1]


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.content)


def _tick(token: Token) -> None:
    first = token.children[0] if token.type == "inline" and token.children else None
    if first is not None and first.type == "text":
        box = TASKS.get(first.content[:4])
        first.content = f"{box}{first.content[4:]}" if box else first.content


def _head(title: str) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"


def _contents(headings: Sequence[tuple[Token, Token]]) -> Iterator[str]:
    yield "<nav>"
    for heading, inline in headings:
        if heading.tag in IN_CONTENTS:
            kind = IN_CONTENTS[heading.tag]
            yield f'<a class="{kind}" href="#{heading.attrGet("id")}">{escape(_words(inline))}</a>'
    yield "</nav>"
