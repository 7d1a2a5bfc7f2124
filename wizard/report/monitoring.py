"""Watches: how often each looked, what was not ok, and the scheduled saves it was to see."""

from __future__ import annotations

from collections import Counter

from wizard.report.log import Log
from wizard.report.walked import Sample, Watch
from wizard.run import events as ev
from wizard.run.events import Record

OK, BAD, NO_DATA = "ok", "bad", "no data"

Samples = list[tuple[Record, ev.SampleTaken]]


def watches(log: Log) -> tuple[Watch, ...]:
    """Every step that took samples, and every watch that was started."""
    samples: dict[str, Samples] = {}
    for record, event in log.of(ev.SampleTaken):
        samples.setdefault(event.step, []).append((record, event))
    begun = [event.step for _, event in log.of(ev.StepStarted) if _is_watch(log, event.step)]
    return tuple(_watch(log, step, samples.get(step, [])) for step in dict.fromkeys([*begun, *samples]))


def _is_watch(log: Log, step: str) -> bool:
    state = log.step(step)
    return state is not None and state.kind == "watch"


def _watch(log: Log, step: str, samples: Samples) -> Watch:
    state = log.step(step)
    counts = Counter(event.verdict for _, event in samples)
    action = state.action if state else None
    values = action.values if action else {}
    return Watch(
        place=log.place(step),
        host=state.host if state else "",
        outcome=state.status if state else "",
        looks=len(samples),
        ok=counts[OK],
        bad=counts[BAD],
        no_data=counts[NO_DATA],
        saves_expected=values.get("saves_expected", ""),
        saves_seen=values.get("saves_seen", ""),
        saves_missed=values.get("saves_missed", ""),
        first=samples[0][0].at if samples else "",
        last=samples[-1][0].at if samples else "",
        what=action.what if action else "",
        amiss=tuple(_sample(record, event) for record, event in samples if event.verdict != OK),
    )


def _sample(record: Record, event: ev.SampleTaken) -> Sample:
    seen = tuple((name, str(value)) for name, value in event.seen.items())
    return Sample(event.number, record.at, event.verdict, seen, tuple(event.lines))
