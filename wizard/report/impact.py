"""Impact as far as it was observed: the checklist's figures, writes that were refused or held back, downtime."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.checklist.model import Measure
from wizard.checklist.templating import render_text
from wizard.errors import UsageError
from wizard.report.downtime import downtime, outages
from wizard.report.log import Log
from wizard.report.model import Figure, Impact
from wizard.report.times import between, duration, shown
from wizard.run import events as ev


def impact(log: Log) -> Impact:
    """What the incident and its mending cost."""
    found = outages(log)
    return Impact(tuple(_figures(log)), tuple(_writes(log)), found, downtime(log, found))


def _figures(log: Log) -> Iterator[Figure]:
    for measure in log.checklist.impact if log.checklist else ():
        yield Figure(measure.what, _value(measure, _scope(log)))


def _scope(log: Log) -> dict[str, Any]:
    started = log.started
    run = {"id": started.run if started else "", "started": log.state.began_at}
    return {**(started.inputs if started else {}), "captured": dict(log.state.captured), "run": run}


def _value(measure: Measure, scope: dict[str, Any]) -> str:
    try:
        return render_text(measure.value, scope)
    except UsageError:
        return ""


def _writes(log: Log) -> Iterator[str]:
    """What Redis checks that look at writes saw; that the wizard itself held writers back is said apart."""
    looks = [(record, event) for record, event in log.of(ev.CheckObserved) if _asks_for_writes(log, event)]
    refused = [(record, event) for record, event in looks if event.outcome == "fail"]
    if not looks:
        yield "Whether writes were refused was not observed."
    elif not refused:
        yield f"Whether writes are taken was looked at {_times(len(looks))}; no look found them refused."
    else:
        record, event = refused[0]
        yield f"{len(refused)} of {len(looks)} looks found writes refused or held back."
        yield f"The first was at {shown(record.at)}: {event.observed}."
    yield from _held_back(log)


def _asks_for_writes(log: Log, event: ev.CheckObserved) -> bool:
    item = log.item(event.scope, event.index)
    return item is not None and getattr(item.check, "writes_accepted", None) is True


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _held_back(log: Log) -> Iterator[str]:
    began = ""
    for record, event in log.of(ev.ActionEnded):
        written = log.written(event.step)
        if written is None or written.kind != "redis" or not event.ok:
            continue
        if getattr(written.action, "pause_writes", None) is not None:
            began = record.at
        elif getattr(written.action, "resume_writes", None) and began:
            seconds = duration(between(began, record.at))
            yield f"Writers were held back on purpose from {shown(began)}, for at most {seconds}."
            began = ""
    if began:
        yield f"Writers were held back on purpose from {shown(began)}; that they were let go is not on record."
