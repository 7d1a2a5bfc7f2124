"""The plan as shell: every remaining step and the undo stack, for a person where the wizard itself cannot.

No host is contacted. What cannot be known ahead shows as ``<captured.keys>``, in comments only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.actions.base import Before, Editable
from wizard.checklist.document import Document
from wizard.checklist.model import Checklist, Phase, Step
from wizard.errors import RecordChanged, UsageError
from wizard.hosts.world import LOCAL
from wizard.kinds import Kinds
from wizard.run import before as before_states
from wizard.run.paper import UNRENDERED, Paper
from wizard.run.placeholders import Known, known
from wizard.run.places import places
from wizard.run.shellsteps import doing, undoing
from wizard.run.shelltext import COMMENTS, GIVEN, comment, part
from wizard.run.state import WAITING, RunState

BY_HAND = "by-hand"
"""The id of a run that the wizard did not make."""

_READ_ME = """\
Paste one step at a time into a shell of your own machine, and go on only where what must then hold was seen to hold.
Lines that start with # are for reading. What is marked <captured.x> has to be seen first and put in by hand.
Where sudo on a host asks for a password: log in there, run sudo -i, and paste what stands between the EOF marks;
set there by hand what a line with given would set."""

_GUARD = """\
case $- in *i*) ;; *) echo 'This is to be read, and pasted step by step.' >&2; exit 2 ;; esac
"""
"""Run as a whole it would do everything and then undo it."""


def plan_of_checklist(
    document: Document, values: Mapping[str, Any], kinds: Kinds, *, known_hosts: Path | None = None
) -> str:
    """Every step of a checklist as commented shell.

    Args:
        document: A sound checklist.
        values: Of its inputs, as far as there are any; secrets are never shown.
        kinds: The registry.
        known_hosts: The wizard's own file of accepted host keys, for ssh to read beside the user's.
    """
    checklist = document.checklist
    names = known(checklist, values, {}, {"id": BY_HAND})
    plan = _Plan(checklist, Paper(names, kinds, Path(), places(checklist, names, known_hosts)), RunState())
    steps = [step.id for phase in checklist.phases for step in phase.steps]
    head = COMMENTS + comment(f"Plan of {checklist.checklist}: {checklist.title} ({checklist.severity})")
    return "".join([head, _opening(names), plan.remaining(steps)])


def plan_of_run(
    document: Document, state: RunState, directory: Path, kinds: Kinds, *, known_hosts: Path | None = None
) -> str:
    """What remains of a run and what of it can be undone, as commented shell.

    Args:
        document: The checklist as the run began with it.
        state: The run as its journal tells it.
        directory: The run directory, for the before-states in it.
        kinds: The registry.
        known_hosts: As for `plan_of_checklist`.

    Raises:
        UsageError: The run never began.
    """
    started, checklist = state.started, document.checklist
    if started is None:
        raise UsageError("the run never began", where=str(directory), mend="See: wizard plan CHECKLIST")
    run = {"id": started.run, "started": state.began_at}
    names = known(checklist, started.inputs, state.captured, run)
    edits = {
        step.id: [Editable(edit.text, edit.undo) for edit in step.edits] for step in state.steps.values() if step.edits
    }
    plan = _Plan(checklist, Paper(names, kinds, directory, places(checklist, names, known_hosts), edits), state)
    title = f"Plan of run {started.run}: {checklist.title} ({checklist.severity}), as of {state.last_at}"
    head = COMMENTS + comment(title)
    return "".join([head, _opening(names), plan.remaining(state.remaining), plan.undo_stack()])


def _opening(known: Known) -> str:
    """How to read it, and what has to be set once."""
    names = sorted(known.secrets)
    reading = "".join(f"\n  stty -echo; read -r {name}; stty echo" for name in names)
    secrets = comment(f"Secrets are read into variables first; one that is empty stays empty:{reading}") + GIVEN
    return comment(_READ_ME) + _GUARD + (secrets if names else "")


def _numbers(checklist: Checklist) -> dict[str, str]:
    """Each step's number as a person reads it, ``3.4``, by its id."""
    return {
        step.id: f"{major}.{minor}"
        for major, phase in enumerate(checklist.phases, start=1)
        for minor, step in enumerate(phase.steps, start=1)
    }


@dataclass(frozen=True)
class _Plan:
    """One plan; the state is empty where there is no run."""

    checklist: Checklist
    paper: Paper
    state: RunState

    def remaining(self, wanted: Sequence[str]) -> str:
        """These steps in their order, phase by phase, and what must hold at the end."""
        parts = [part for phase in self.checklist.phases for part in self._phase(phase, set(wanted))]
        nothing = "" if wanted else comment("No step remains.")
        end = self.paper.checks("at the end must hold", self.checklist.exit_criteria, LOCAL)
        return "".join(["\n", nothing, *parts, f"\n{COMMENTS}{end}" if end else "\n"])

    def _phase(self, phase: Phase, wanted: set[str]) -> Iterator[str]:
        steps = [step for step in phase.steps if step.id in wanted]
        if steps:
            number, _, _ = self._number(steps[0]).partition(".")
            yield part(f"== {number} {phase.title} ==")
            yield from (self._step(step) for step in steps)
            yield self.paper.checks("when the phase is done must hold", phase.checks, LOCAL)

    def _number(self, step: Step) -> str:
        return _numbers(self.checklist)[step.id]

    def _title(self, step: Step) -> str:
        return part(f"{self._number(step)} {step.title} - on {self.paper.where(step.on)}")

    def _step(self, step: Step) -> str:
        holds = self.paper.known.holds(step.when)
        head = f"{self._title(step)}{self._so_far(step)}{comment(f'why: {step.why}')}"
        if holds is False:
            return head + comment(f"not needed: this does not hold: {step.when}")
        only = comment(f"only where this holds: {step.when}") if holds is None else ""
        return "".join([head, only, self._ahead(step), self.paper.by_hand(step, doing), self._afterwards(step)])

    def _so_far(self, step: Step) -> str:
        """What the run made of the step until now."""
        state = self.state.steps.get(step.id)
        if state is None or (state.status == WAITING and not state.attempts):
            return ""
        mine = [one for one in self.state.attempts.values() if one.step == step.id and one.role == "do"]
        told = comment(f"so far: {state.status}, attempts: {state.attempts}{state.reason and ': '}{state.reason}")
        if state.edited:
            told += comment(f"edited at its gate ({state.edited.reason}); the difference to the checklist:")
            told += comment(state.edited.diff)
        unsure = "how an attempt ended is not on record: look at the host before doing this again"
        return told + (comment(unsure) if any(one.end is None for one in mine) else "")

    def _ahead(self, step: Step) -> str:
        reason = step.action.irreversible_reason
        final = comment(f"a rollback leaves this as it is: {reason}") if reason else ""
        return self._role(step) + self.paper.checks("before it starts must hold", step.requires, step.on) + final

    def _role(self, step: Step) -> str:
        """What the run asks ahead of each change: whether this is still the host to work on."""
        host = self.checklist.hosts.get(step.on)
        if host is None or host.role is None or not step.action.changes:
            return ""
        known = self.state.roles.get(step.on)
        return comment(f"look whether {step.on} still is {known.pinned if known and known.pinned else 'what it was'}")

    def _afterwards(self, step: Step) -> str:
        looks = self.paper.checks("look again and again at", step.samples, step.on)
        then = self.paper.checks("must then hold", step.checks, step.on)
        kept = [(name, kept.model_dump(exclude_none=True)) for name, kept in step.capture.items()]
        keep = [f"note down as captured.{name}: {', '.join(f'{k} {v}' for k, v in how.items())}" for name, how in kept]
        stop = [f"safe to stop after this: {step.safe_stop}"] if step.safe_stop else []
        return looks + then + "".join(comment(line) for line in [*keep, *stop])

    def undo_stack(self) -> str:
        """What a rollback would take back, in its order: newest first, but what is started again comes last."""
        steps = {step.id: step for phase in self.checklist.phases for step in phase.steps}
        stack = [steps[step] for step in self.state.undo_stack if step in steps]
        late = [step for step in stack if self._revives(step)]
        order = [step for step in stack if step not in late] + late
        head = part("== Undo, in this order ==" if order else "Nothing is left to undo.")
        return head + "".join(self._undo(step) for step in order)

    def _undo(self, step: Step) -> str:
        if reason := step.action.irreversible_reason:
            return self._title(step) + comment(f"a rollback leaves this as it is: {reason}")
        name, rendered = self.state.steps[step.id].before, self.state.steps[step.id].undo
        file = self.paper.directory / before_states.FOLDER / name if name else None
        recorded = comment(f"undo, as approved: {rendered}") if rendered else ""
        try:
            before = self._before(step)
        except RecordChanged as problem:
            recorded += comment(f"what was captured cannot be relied on: {problem.what}")
            before = file = None
        by_hand = self.paper.by_hand(step, lambda action: undoing(action, before, file))
        return self._title(step) + recorded + by_hand

    def _before(self, step: Step) -> Before | None:
        state = self.state.steps[step.id]
        if not state.before:
            return None
        return before_states.load(self.paper.directory, state.before, state.before_sha256)

    def _revives(self, step: Step) -> bool:
        try:
            before = self._before(step)
            return before is not None and self.paper.action(step).revives(before)
        except UNRENDERED:
            return False
