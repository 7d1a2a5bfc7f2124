"""The rollback record: what was planned, what was undone in order, what was not and why, and what could be now."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.blocks import cell, span, table, text_lines, time, verdict
from wizard.report.escape import NOTHING, code, text
from wizard.report.model import Report
from wizard.report.standing import EVERYTHING
from wizard.report.walked import Difference, Rollback, Undo, Undoable


def rollback(report: Report) -> Iterator[str]:
    """The whole record."""
    yield "## Rollback record"
    undoing = report.undoing
    if undoing.plan:
        yield f"The plan of the checklist: {text(undoing.plan)}"
    if undoing.verdict:
        yield f"**{undoing.verdict}**"
    for number, one in enumerate(undoing.rollbacks, start=1):
        yield from _rollback(number, one)
    yield "### What could be undone now"
    if undoing.stack:
        yield "Newest first, as it stands after the last event:"
        yield table(["Step", "Undo"], map(_undoable, undoing.stack))
    else:
        yield "Nothing: no step is on record whose undo is still to be done."


def _rollback(number: int, one: Rollback) -> Iterator[str]:
    yield f"### Rollback {number}"
    what = "everything" if one.scope == EVERYTHING else text(one.scope)
    reason = text(one.reason) if one.reason else "none is on record"
    outcome = text(one.outcome) if one.outcome else "it did not end, as far as the journal goes"
    yield f"Outcome: **{outcome}**. Rolled back: {what}, by {text(one.who)}. Reason: {reason}."
    yield f"Time: {span(one.began, one.ended, None)}."
    yield f"Planned, in this order: {text_lines(one.plan, '; ') or 'nothing was on the undo stack'}."
    if one.undone:
        headers = ["Undone", "Host", "Began", "Ended", "Duration", "Outcome", "What came of it"]
        yield table(headers, map(_undo, one.undone))
    for undo in one.undone:
        yield from _places(undo)
    if one.missing:
        yield f"Not come to: {text_lines(one.missing, '; ')}."


def _undo(undo: Undo) -> tuple[str, ...]:
    outcome = verdict(undo.outcome) if undo.outcome else "not known"
    told = "; ".join(part for part in (undo.what, undo.reason) if part)
    seconds = "" if undo.seconds is None else f"{undo.seconds:.2f} s"
    return text(undo.place), code(undo.host), time(undo.began), time(undo.ended), seconds, outcome, text(told)


def _places(undo: Undo) -> Iterator[str]:
    """Place by place: what was captured, what the step had made of it, and what remains of that."""
    if not undo.changed and not undo.differences:
        return
    yield f"{text(undo.place)}, place by place:"
    yield table(["Where", "Before the step", "Found by the undo", "After the undo"], _rows(undo))


def _rows(undo: Undo) -> Iterator[tuple[str, ...]]:
    left = {one.where: one for one in undo.differences}
    found = {one.where: one for one in undo.changed}
    for where in dict.fromkeys([*found, *left]):
        one = found.get(where) or left[where]
        made = cell(found[where].now) if where in found else NOTHING
        yield code(where), cell(one.before), made, _after(undo, left.get(where))


def _after(undo: Undo, left: Difference | None) -> str:
    if left:
        return f"{cell(left.now)} ✘"
    return "as before ✔" if undo.outcome in {"restored, proven", "failed"} else "not compared"


def _undoable(one: Undoable) -> tuple[str, ...]:
    if one.irreversible:
        return text(one.place), f"none: {text(one.irreversible)}"
    script = "\n" in one.summary.strip()
    return text(one.place), code(one.summary) if script else text(one.summary)
