"""Deviations: what a person skipped or accepted, with the reason given."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.log import Log
from wizard.report.walked import Deviation
from wizard.run import events as ev
from wizard.run import state as st

ACCEPT = "accept"


def deviations(log: Log) -> tuple[Deviation, ...]:
    """Every deviation in the order of being decided."""
    return tuple(_deviations(log))


def _deviations(log: Log) -> Iterator[Deviation]:
    deciders: dict[str, str] = {}
    for record in log.records:
        event = record.event
        if isinstance(event, ev.GateAnswered):
            deciders[event.scope] = record.who
            if event.scope not in log.state.steps and event.answer.startswith(ACCEPT):
                yield Deviation(log.place(event.scope), st.ACCEPTED, event.reason, record.who, record.at)
        elif isinstance(event, ev.StepEnded) and event.outcome in st.DEVIATIONS:
            who = deciders.get(event.step, record.who)
            yield Deviation(log.place(event.step), event.outcome, event.reason, who, record.at)
