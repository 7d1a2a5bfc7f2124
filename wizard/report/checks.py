"""Checks: the last look at each, with those before it that did not settle it, and the exit criteria."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.report.log import END, Log
from wizard.report.times import shown
from wizard.report.walked import Check, Criterion
from wizard.run import events as ev
from wizard.run.events import Record

Looks = list[tuple[Record, ev.CheckObserved]]


def checks(log: Log) -> tuple[Check, ...]:
    """Every check that was looked at, in the order of the first look."""
    looks: dict[tuple[str, int], Looks] = {}
    for record, event in log.of(ev.CheckObserved):
        looks.setdefault((event.scope, event.index), []).append((record, event))
    return tuple(_check(log, seen) for seen in looks.values())


def _check(log: Log, looks: Looks) -> Check:
    record, last = looks[-1]
    return Check(
        scope=last.scope,
        index=last.index,
        place=log.place(last.scope),
        title=last.title,
        host=last.host,
        expected=last.expected,
        observed=last.observed,
        outcome=last.outcome,
        at=record.at,
        tries=sum(event.tries for _, event in looks if event.final) or last.tries,
        final=last.final,
        earlier=tuple(f"{event.outcome} at {shown(before.at)}" for before, event in looks[:-1] if event.final),
        evidence=tuple(last.evidence),
    )


def criteria(log: Log, seen: Sequence[Check]) -> tuple[Criterion, ...]:
    """The exit criteria of the checklist, each with its last look."""
    looked = {check.index: check for check in seen if check.scope == END}
    titles = list(log.started.exit_criteria) if log.started else []
    return tuple(Criterion(title, looked.get(index)) for index, title in enumerate(titles))
