"""The timeline as a table."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.blocks import table, time
from wizard.report.escape import text
from wizard.report.model import Moment, Report


def timeline(report: Report) -> Iterator[str]:
    """Everything notable, in the order of its time."""
    yield "## Timeline"
    if not report.timeline:
        yield "No event is on record."
        return
    yield "Times are UTC, by the operator's machine."
    yield table(["Time", "Who", "What", "Detail"], map(_moment, report.timeline))


def _moment(moment: Moment) -> tuple[str, ...]:
    noted = f" (noted {time(moment.noted)})" if moment.noted else ""
    detail = text(moment.detail) if moment.detail else ""
    return f"{time(moment.at)}{noted}", text(moment.who), text(moment.what), detail
