"""What people thought it might be, and what became of each thought."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.blocks import table, time
from wizard.report.escape import text
from wizard.report.model import Report
from wizard.report.times import meant
from wizard.run.items import CONFIRMED, ELIMINATED, OPEN, Item

_FATES = {OPEN: "? open", ELIMINATED: "✘ eliminated", CONFIRMED: "✔ confirmed"}


def hypotheses(report: Report) -> Iterator[str]:
    """Each with its fate; nothing where nobody noted one."""
    if report.hypotheses:
        yield "## Hypotheses"
        yield table(["Event", "Noted", "Hypothesis", "Fate", "Why"], map(_row, report.hypotheses))


def _row(item: Item) -> tuple[str, ...]:
    settled = f" by {text(item.settled_by)}, {time(item.settled_at)}" if item.settled_by else ""
    noted = f"{time(meant(item.when, item.at))}, {text(item.who)}"
    why = text(item.reason) if item.reason else ""
    return str(item.seq), noted, text(item.text), f"{_FATES[item.outcome]}{settled}", why
