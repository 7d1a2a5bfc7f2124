"""The words of people: paragraphs and lists, and nothing else of Markdown, whatever they typed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

from wizard.report.blocks import bullets, time
from wizard.report.escape import text
from wizard.report.model import Report, Section
from wizard.report.written import OTHER

CHUNK = 500
"""Characters escaped at once; a value above `wizard.report.escape.WIDTH` would be cut, and a person's words are not."""

_ITEM = re.compile(r"^\s*(?:[-*+•]\s+|(?=\d{1,3}[.)]\s))")
"""What begins an item of a list: a mark, which goes, or a figure, which stays."""


def section(report: Report, key: str) -> Section | None:
    """The section of this key, where somebody wrote it."""
    return next((one for one in report.written if one.key == key and one.text), None)


def written(report: Report, key: str) -> Iterator[str]:
    """What a person wrote there, with who and when; nothing where nobody did."""
    one = section(report, key)
    if one:
        yield from _told(one)


def inline(one: Section) -> str:
    """The same in a table's cell."""
    return f"{_prose(one.text)} ({text(one.who)}, {time(one.at)})"


def other(report: Report) -> Iterator[str]:
    """Words for what this version does not ask for; they are not lost."""
    strays = [one for one in report.written if one.heading == OTHER]
    if strays:
        yield f"## {OTHER}"
    for one in strays:
        yield f"**{text(one.ask)}**"
        yield from _told(one)


def _told(one: Section) -> Iterator[str]:
    yield f"Written by {text(one.who)}, {time(one.at)}:"
    yield from blocks(one.text)


def blocks(words: str) -> Iterator[str]:
    """Paragraphs as they were parted by empty lines, and lists where lines begin with a mark or a figure."""
    for paragraph in re.split(r"\n\s*\n", words.strip()):
        for is_list, lines in groupby(paragraph.split("\n"), key=lambda line: bool(_ITEM.match(line))):
            if is_list:
                yield bullets(_prose(_ITEM.sub("", line)) for line in lines)
            else:
                yield _prose(" ".join(lines))


def _prose(words: str) -> str:
    chunks = textwrap.wrap(" ".join(words.split()), CHUNK, break_on_hyphens=False)
    return " ".join(text(chunk) for chunk in chunks) or text("")
