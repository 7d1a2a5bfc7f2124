"""How a run stands by its events: ended and how, paused, rolling back, or under way as far as the journal goes."""

from __future__ import annotations

from wizard.frozen import frozen
from wizard.report.deviations import deviations
from wizard.report.log import Log
from wizard.report.words import counted
from wizard.run import events as ev
from wizard.run.events import Event

RESOLVED, MITIGATED, ABORTED, PAUSED = "resolved", "mitigated", "aborted", "paused"
ROLLED_BACK, INCOMPLETE = "rolled back", "rollback incomplete"
UNDER_WAY, ROLLING_BACK, NOT_STARTED = "not ended", "rollback not ended", "not started"

EVERYTHING = "everything"

ENDED = frozenset({RESOLVED, MITIGATED, ABORTED, ROLLED_BACK, INCOMPLETE})


@frozen
class Standing:
    """The run's outcome, or how far it is. ``at`` is empty while it has not ended."""

    word: str
    at: str = ""
    reason: str = ""


def standing(log: Log) -> Standing:
    """How the run stands after its last event."""
    now = Standing(NOT_STARTED)
    scope = EVERYTHING
    for record in log.records:
        if isinstance(record.event, ev.RollbackStarted):
            scope = record.event.scope
        now = _after(now, record.event, record.at, scope)
    return now


def _after(now: Standing, event: Event, at: str, scope: str) -> Standing:
    match event:
        case ev.RunEnded(outcome):
            return Standing(outcome, at)
        case ev.RunPaused(reason):
            return Standing(PAUSED, at, reason)
        case ev.RollbackStarted():
            return Standing(ROLLING_BACK)
        case ev.RollbackEnded(outcome):
            return Standing(outcome, at) if scope == EVERYTHING else Standing(UNDER_WAY)
        case ev.RunStarted() | ev.RunResumed() | ev.PhaseStarted() | ev.StepStarted():
            return Standing(UNDER_WAY)
        case _:
            return now


def told(log: Log) -> str:
    """The outcome in words, with its deviations counted."""
    word, strayed = standing(log).word, len(deviations(log))
    if word == RESOLVED and log.started and log.started.mode == "check":
        return "checked, nothing was changed"
    return f"{word}, with {counted(strayed, 'deviation')}" if word == RESOLVED and strayed else word
