"""The looks of a watch, as an action reads them back from the record."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.actions.base import Sample
from wizard.hosts.world import Mark
from wizard.run import events as ev
from wizard.run.state import StepState


def sampled(step: StepState, attempt: int) -> Sequence[Sample]:
    """The looks of one attempt; those of another one are of a watch that is over."""
    return [_sample(event) for event in step.samples if event.attempt == attempt]


def _sample(event: ev.SampleTaken) -> Sample:
    mark = None if event.clock is None else Mark(event.clock, event.cursor)
    return Sample(
        event.verdict,
        event.seen,
        event.lines,
        event.numbers,
        event.every,
        event.left,
        event.next_save,
        mark,
        event.saves,
    )
