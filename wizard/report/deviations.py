"""Deviations: what a person edited, skipped or accepted, with the reason given."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.log import Log
from wizard.report.walked import Deviation
from wizard.run import events as ev
from wizard.run import state as st

ACCEPT, EDITED = "accept", "edited"


def deviations(log: Log) -> tuple[Deviation, ...]:
    """Every deviation in the order of being decided."""
    return tuple(_deviations(log))


def _deviations(log: Log) -> Iterator[Deviation]:
    deciders: dict[str, str] = {}
    edits: dict[str, tuple[str, ev.StepEdited]] = {}
    for record in log.records:
        event = record.event
        if isinstance(event, ev.GateAnswered):
            deciders[event.scope] = record.who
            if event.scope not in log.state.steps and event.answer.startswith(ACCEPT):
                yield Deviation(log.place(event.scope), st.ACCEPTED, event.reason, record.who, record.at)
        elif isinstance(event, ev.StepEdited):
            edits[event.step] = (record.who, event)
        elif isinstance(event, ev.UndoEnded) and event.outcome != "failed":
            edits.pop(event.step, None)
        if isinstance(event, ev.StepEnded) and event.outcome in st.STANDS and event.step in edits:
            editor, edit = edits[event.step]
            if edit.diff:
                yield Deviation(log.place(event.step), EDITED, edit.reason, editor, record.at)
        if isinstance(event, ev.StepEnded) and event.outcome in st.DEVIATIONS:
            who = deciders.get(event.step, record.who)
            yield Deviation(log.place(event.step), event.outcome, event.reason, who, record.at)
