"""What a run is going to do, step by step, as far as it can be said ahead: for reading, not for running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.checklist.model import Checklist, Step
from wizard.kinds import Kinds
from wizard.run.paper import UNRENDERED, Paper
from wizard.run.placeholders import as_written, known
from wizard.run.places import places
from wizard.run.state import RunState


@dataclass(frozen=True, slots=True)
class Planned:
    """One step to come.

    Args:
        step: What the checklist says of it.
        phase: The title of its phase.
        command: What will run; marks such as ``<captured.keys>`` stand for what is not known yet.
        undo: How it would be taken back; empty where nothing is changed.
        wanted: Whether its condition holds; None where that is not known yet.
        unknown: The marks in it.
        checks: What must then hold.
    """

    step: Step
    phase: str
    command: str
    undo: str
    wanted: bool | None
    unknown: tuple[str, ...]
    checks: tuple[str, ...]

    @property
    def final(self) -> str:
        """Why it cannot be taken back; empty where it can, and where there is nothing to take back."""
        action = self.step.action
        return "" if action.needless_undo else action.irreversible_reason


def planned(checklist: Checklist, state: RunState, kinds: Kinds) -> list[Planned]:
    """Every step in its order. Asks no host; what a step was rendered as already is taken from the record."""
    run = {"id": state.started.run, "started": state.began_at} if state.started else {}
    names = known(checklist, state.started.inputs if state.started else {}, state.captured, run)
    paper = Paper(names, kinds, Path(), places(checklist, names, None))
    rendered = {step.id: (step.command, step.undo) for step in state.steps.values() if step.command}
    return list(_planned(checklist, paper, rendered))


def _planned(checklist: Checklist, paper: Paper, rendered: Mapping[str, tuple[str, str]]) -> Iterator[Planned]:
    for phase in checklist.phases:
        for step in phase.steps:
            command, undo = rendered.get(step.id) or _said(step, paper)
            yield Planned(
                step=step,
                phase=phase.title,
                command=command,
                undo=undo if step.action.changes else "",
                wanted=paper.known.holds(step.when),
                unknown=tuple(paper.known.missing(step.action)),
                checks=tuple(line for items in (step.requires, step.checks) for line in paper.titles(items, step.on)),
            )


def _said(step: Step, paper: Paper) -> tuple[str, str]:
    """The command and the undo; the step's own text where it cannot be rendered yet."""
    if paper.known.faithful(step.action):
        try:
            plan = paper.action(step).plan()
        except UNRENDERED:
            return as_written(step.action), ""
        return plan.command or as_written(step.action), plan.undo
    return as_written(step.action), ""
