"""Text from anywhere, made harmless in Markdown: prose, code spans and fences that no value can leave.

What a reader turns into a link on its own (addresses, host names, mentions, issue numbers) goes into a code span. A
backslash or a character reference is not enough for those: GitHub's parser looks for e-mail addresses after it has
resolved both, and takes a bare ``www.`` for an address (measured with cmark-gfm: ``a&#64;b.com`` becomes a link).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from wizard.text import sanitise

WIDTH = 600
"""Characters of one inline value; the journal has the rest."""

LINE_WIDTH = 500
"""Characters of one line in a fence."""

NOTHING = "–"

_ESCAPES = str.maketrans(
    {mark: f"\\{mark}" for mark in "\\`*_[]#~!"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
)
_LEADING = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+](?:[-\s]|$)))")
"""What would make a list, a rule or the underline of a heading at the start of a line."""

_OPENING, _CLOSING = "\"'“‘(", ".,;:!?)\"'”’"
"""What stands around a word and is no part of it."""

_TECHNICAL = re.compile(r"(?i)[@_=\\{}<>$`#^*|~]|//|:[^\s\d]|www|\.[^\W\d]{2}|^/\w")
"""What reads better as code, and all that a reader might turn into a link, a mention or a formula."""

_LANGUAGE = re.compile(r"[a-z]*")


def flat(value: str, width: int = WIDTH) -> str:
    """One line: sanitised, line ends shown as ``⏎``, blanks folded, cut to ``width`` characters."""
    shown = sanitise(value[: 4 * width]).strip().replace("\n", " ⏎ ")
    folded = " ".join(shown.split())
    return folded if len(folded) <= width and len(value) <= 4 * width else f"{folded[: width - 1]}…"


def text(value: str) -> str:
    """A value as prose, on one line. Words that look technical become code spans."""
    folded = flat(value)
    if not folded:
        return NOTHING
    return _LEADING.sub(r"\1\\", " ".join(_word(word) for word in folded.split(" ")))


@lru_cache(maxsize=4096)  # a report says the same few hundred words again and again
def _word(word: str) -> str:
    inner = word.lstrip(_OPENING)
    core = inner.rstrip(_CLOSING)
    before, after = word[: len(word) - len(inner)], inner[len(core) :]
    middle = _span(core) if _TECHNICAL.search(core) else core.translate(_ESCAPES)
    return before.translate(_ESCAPES) + middle + after.translate(_ESCAPES)


def code(value: str) -> str:
    """A value as a code span, on one line, fit for a table."""
    folded = flat(value)
    return _span(folded) if folded else NOTHING


def _span(content: str) -> str:
    """Pipes stand outside the spans: parsers differ on what ends a table's cell inside of one."""
    return "&#124;".join(_ticked(part) if part.strip() else part for part in content.split("|"))


def _ticked(part: str) -> str:
    longest = max((len(list(run)) for mark, run in groupby(part) if mark == "`"), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if part.startswith("`") or part.endswith("`") else ""
    return f"{ticks}{pad}{part}{pad}{ticks}"


def fence(content: str, language: str = "") -> str:
    """Lines as they are, in a fence longer than any run of backticks in them."""
    lines = [_cut(line) for line in sanitise(content).split("\n")]
    body = "\n".join(lines)
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{_LANGUAGE.match(language)[0] if language else ''}\n{body}\n{ticks}"  # type: ignore[index]


def _cut(line: str) -> str:
    return line if len(line) <= LINE_WIDTH else f"{line[:LINE_WIDTH]}…"
