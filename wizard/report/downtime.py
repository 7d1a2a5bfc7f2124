"""Downtime as the wizard saw it: from the end of what stopped a unit to the end of what started it again.

Read from the commands of service steps as they were run, so it needs nothing but the journal.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from wizard.frozen import frozen
from wizard.report.attempts import attempts, ended_well
from wizard.report.log import Log
from wizard.report.model import Outage
from wizard.report.times import between, duration
from wizard.report.walked import Attempt
from wizard.run import events as ev

_VERB = re.compile(r"^systemctl (start|stop|restart) -- (.+)$", re.MULTILINE)
_STOP, _START, _RESTART = "stop", "start", "restart"
_OPPOSITE = {_STOP: _START, _START: _STOP, _RESTART: _RESTART}
_RAN = frozenset({"restored, proven", "ran, unproven"})


@frozen
class _Turn:
    """A unit was stopped, started or restarted; ``began`` and ``ended`` are those of what did it."""

    unit: str
    host: str
    verb: str
    began: str
    ended: str


def _verb(command: str) -> tuple[str, str] | None:
    match = _VERB.search(command)
    if not match:
        return None
    try:
        words = shlex.split(match[2])
    except ValueError:
        words = []
    return match[1], words[0] if words else match[2]


def _services(log: Log) -> dict[str, tuple[str, str]]:
    """By step: what it does to which unit."""
    found = {}
    for step in log.state.steps.values():
        said = _verb(step.command) if step.kind == "service" else None
        if said:
            found[step.id] = said
    return found


def _turns(log: Log) -> Iterator[_Turn]:
    services, every = _services(log), {attempt.key: attempt for attempt in attempts(log)}
    began: dict[str, str] = {}
    for record in log.records:
        event = record.event
        if isinstance(event, ev.AttemptEnded) and event.key in every:
            yield from _done(every[event.key], services)
        elif isinstance(event, ev.UndoStarted):
            began[event.step] = record.at
        elif isinstance(event, ev.UndoEnded) and event.outcome in _RAN and event.step in services:
            verb, unit = services[event.step]
            host = log.state.steps[event.step].host
            yield _Turn(unit, host, _OPPOSITE[verb], began.get(event.step, record.at), record.at)


def _done(attempt: Attempt, services: dict[str, tuple[str, str]]) -> Iterator[_Turn]:
    if attempt.step in services and attempt.role == "do" and ended_well(attempt):
        verb, unit = services[attempt.step]
        yield _Turn(unit, attempt.host, verb, attempt.began, attempt.ended)


def outages(log: Log) -> tuple[Outage, ...]:
    """Every time a unit was down between a stop and a start, in the order of their beginning."""
    down: dict[tuple[str, str], str] = {}
    found: list[Outage] = []
    for turn in _turns(log):
        key = (turn.host, turn.unit)
        if turn.verb == _STOP:
            down.setdefault(key, turn.ended)
        elif key in down:
            found.append(_outage(turn, down.pop(key), "stopped, then started"))
        elif turn.verb == _RESTART:
            found.append(_outage(turn, turn.began, "restarted: at most this long"))
    still = [Outage(unit, host, began, "", None, "no start is on record") for (host, unit), began in down.items()]
    return (*found, *still)


def _outage(turn: _Turn, began: str, how: str) -> Outage:
    return Outage(turn.unit, turn.host, began, turn.ended, between(began, turn.ended), how)


def downtime(log: Log, found: Sequence[Outage]) -> tuple[str, ...]:
    """Downtime in sentences."""
    return (*_total(log, found), *_doubts(log))


def _total(log: Log, found: Sequence[Outage]) -> Iterator[str]:
    if not found:
        yield "The journal shows no service stopped by this run." if log.records else "Not observed."
        return
    known = [outage.seconds for outage in found if outage.seconds is not None]
    if known:
        yield f"Services were down for {duration(sum(known))} in all, as the wizard saw it."
    for outage in found:
        if not outage.ended:
            least = duration(between(outage.began, log.state.last_at))
            yield f"{outage.unit} was stopped, and no start of it is on record: {least} up to the last event."


def _doubts(log: Log) -> Iterator[str]:
    services = _services(log)
    for attempt in attempts(log):
        if attempt.step in services and attempt.role == "do" and attempt.state != "done":
            yield f"How {log.place(attempt.step)} ended is not known, so the downtime may have been longer."
