"""Markdown blocks. What goes in is Markdown already: values pass ``wizard.report.escape`` first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wizard.report.escape import NOTHING, code, text
from wizard.report.times import between, duration, shown


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; an empty cell shows that nothing is known."""
    lines = [_row(headers), _row(["---"] * len(headers)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell or NOTHING for cell in cells)} |"


def bullets(items: Iterable[str], mark: str = "-") -> str:
    """A list."""
    return "\n".join(f"{mark} {item}" for item in items)


def prose(sentences: Iterable[str]) -> str:
    """Sentences as one paragraph."""
    return text_lines(sentences, " ")


def text_lines(sentences: Iterable[str], between: str = "\n") -> str:
    """Sentences made harmless one by one, so that a long one cuts off no other."""
    return between.join(text(sentence) for sentence in sentences)


def time(at: str) -> str:
    """A time, or nothing."""
    return text(shown(at)) if at else ""


def span(began: str, ended: str, seconds: float | None) -> str:
    """From when to when, and how long."""
    if not began:
        return NOTHING
    if not ended:
        return f"from {time(began)}; no end is on record"
    known = between(began, ended) if seconds is None else seconds
    return f"{time(began)} to {time(ended)} ({text(duration(known))})"


def cell(value: str | None) -> str:
    """A technical value in a table; None is what was not observed."""
    if value is None:
        return "not observed"
    return code(value) if value.strip() else "(empty)"


GLYPHS = {
    "pass": "✔ pass",
    "fail": "✘ fail",
    "unknown": "? unknown",
    "skip": "– not needed",
    "verified": "✔ verified",
    "failed": "✘ failed",
    "accepted": "! accepted",
    "skipped": "! skipped",
    "edited": "! edited",
    "not needed": "– not needed",
    "restored, proven": "✔ restored, proven",
    "ran, unproven": "? ran, unproven",
    "not undoable": "! not undoable",
}


def verdict(outcome: str) -> str:
    """An outcome as glyph and word."""
    return GLYPHS.get(outcome) or text(outcome)
