"""Undo, newest first: each one timed, journalled and compared with what was captured; on past one that fails."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wizard.actions.base import Action, Before, Difference
from wizard.checklist.model import Step
from wizard.errors import JournalUnwritable, UsageError, WizardError
from wizard.run import before as before_states
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.anchoring import anchor
from wizard.run.context import Context
from wizard.run.holding import hold
from wizard.run.leftovers import end_leftovers
from wizard.run.roles import keep, refuse
from wizard.run.stage import StepStage

log = logging.getLogger(__name__)

PROVEN, UNPROVEN, FAILED = "restored, proven", "ran, unproven", "failed"
NOT_NEEDED, NOT_UNDOABLE = "not needed", "not undoable"

EVERYTHING, PHASE, STEP = "everything", "phase", "step"
OF_A_PART = (f"{PHASE} ", f"{STEP} ")
"""How the scope of a rollback begins where the run can go on after it."""

ROLLED_BACK, INCOMPLETE = "rolled back", "rollback incomplete"


class RollBack(Exception):
    """Somebody wants the run rolled back. ``only`` is the outcome of a part that was undone already."""

    def __init__(self, reason: str, only: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.only = only


@dataclasses.dataclass(frozen=True, slots=True)
class Undone:
    """What one undo came to."""

    outcome: str
    what: str
    changed: Sequence[Difference] = ()
    differences: Sequence[Difference] = ()
    reason: str = ""


def since(state: st.RunState, phase: str) -> list[str]:
    """The steps on the undo stack that belong to a phase, newest first."""
    return [step for step in state.undo_stack if state.steps[step].phase == phase]


def back_to(state: st.RunState, step: str) -> list[str]:
    """The steps on the undo stack down to this one, which is among them, newest first.

    Raises:
        UsageError: It is not on the stack, so how far to go back is not known.
    """
    stack = list(state.undo_stack)
    if step not in stack:
        what = f"step {step} has nothing to undo" if step in state.steps else f"the run has no step {step}"
        mend = f"Name one of: {', '.join(stack)}" if stack else "Nothing of this run is left to undo"
        raise UsageError(what, where="--to", mend=mend)
    return stack[: stack.index(step) + 1]


class Rollback:
    """Carries out rollbacks of one run."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._steps = {step.id: step for phase in context.checklist.phases for step in phase.steps}

    @property
    def _state(self) -> st.RunState:
        return self._context.recorder.state

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    def order(self, steps: Iterable[str]) -> list[str]:
        """Newest first; but what an undo brings back to life comes after all that it stands on was put back.

        A service is started on the unit and the files of before, not on those of the run.
        """
        newest_first = list(steps)
        late = [step for step in newest_first if self._revives(step)]
        return [step for step in newest_first if step not in late] + late

    def _revives(self, step: str) -> bool:
        try:
            before = self._before(step)
            return bool(before) and self.action(step).revives(before)
        except WizardError:
            return False

    async def carry_out(self, steps: Iterable[str], scope: str = EVERYTHING, reason: str = "") -> str:
        """Undo these steps of the stack; returns ``rolled back`` or ``rollback incomplete``.

        Raises:
            JournalUnwritable: Nothing more can be recorded, so nothing more is undone.
            HostHeld: Another run holds a host of these steps.
            Paused: A host is not what it was, and a person left it.
        """
        plan = self.order(steps)
        await hold(self._context, [self._steps[step] for step in plan])
        await keep(self._context, [self._steps[step] for step in plan])
        self._record(ev.RollbackStarted(plan, reason, scope))
        for step in plan:
            await self._undo(step)
        # Those that failed before a crash cut this rollback off count as well.
        outcome = INCOMPLETE if self._state.failed_undos else ROLLED_BACK
        self._record(ev.RollbackEnded(outcome))
        anchor(self._context)
        return outcome

    async def _undo(self, step: str) -> None:
        began = time.monotonic()
        self._record(ev.UndoStarted(step))
        undone = await self._guarded(step)
        self._record(
            ev.UndoEnded(
                step=step,
                outcome=undone.outcome,
                what=undone.what,
                seconds=round(time.monotonic() - began, 3),
                changed=_told(undone.changed),
                differences=_told(undone.differences),
                reason=undone.reason,
            )
        )

    async def _guarded(self, step: str) -> Undone:
        """The undo of one step; whatever goes wrong with it is its own outcome and holds up no other."""
        try:
            # The link may have been lost meanwhile, and the host taken over.
            await hold(self._context, [self._steps[step]])
            return await self._restored(self._steps[step])
        except JournalUnwritable:
            raise
        except WizardError as problem:
            return Undone(FAILED, "could not be undone", reason=str(problem))
        except Exception:  # a fault of ours in one undo must not keep the others from being carried out
            log.exception("the undo of %s met an error of its own", step)
            return Undone(FAILED, "the wizard met an error of its own", reason="the debug log has the details")

    async def _restored(self, step: Step) -> Undone:
        before, action = self._before(step.id), self.action(step.id)
        if not self._started(step.id):
            return Undone(NOT_NEEDED, "the step never started")
        if step.action.needless_undo:
            return Undone(NOT_NEEDED, "there is nothing to take back", reason=step.action.needless_undo)
        if step.action.irreversible_reason:
            return Undone(NOT_UNDOABLE, "left as it is", reason=step.action.irreversible_reason)
        await refuse(self._context, step)
        await end_leftovers(self._context, step)
        changed = await action.compare(before)
        if action.provable and not changed and not self._cut_off(step.id):
            return Undone(NOT_NEEDED, "everything is as it was captured")
        result = await action.undo(StepStage(self._context, step, self._number(step.id), "undo"), before)
        remaining = await action.compare(before)
        if not result.ok or remaining:
            why = result.what if not result.ok else f"{len(remaining)} differences remain"
            return Undone(FAILED, result.what, changed, remaining, why)
        return Undone(PROVEN if action.provable else UNPROVEN, result.what, changed)

    def _before(self, step: str) -> Before:
        """What was captured; empty where there was nothing to capture.

        Raises:
            RecordChanged: What is kept of it is not what was captured.
        """
        state = self._state.steps[step]
        if not state.before:
            return {}
        return before_states.load(self._context.directory, state.before, state.before_sha256)

    def _started(self, step: str) -> bool:
        mine = [attempt for attempt in self._state.attempts.values() if attempt.step == step]
        # A read-only look or an action that runs no script leaves no attempt; its result then tells that it acted.
        return bool(mine) or self._state.steps[step].action is not None

    def _cut_off(self, step: str) -> bool:
        """Its undo was begun by an earlier life of this rollback, so it is that undo that put things right."""
        number = self._number(step)
        mine = [one for one in self._state.attempts.values() if one.step == step and one.role == "undo"]
        return any(one.number == number for one in mine)

    def _number(self, step: str) -> int:
        """The next undo's number; one that a crash cut off has no end on record, so it is taken up under its own."""
        return self._state.steps[step].undos + 1

    def action(self, step: str) -> Action[Any]:
        """The action whose undo this step would have."""
        return self._context.action(self._steps[step])


def _told(differences: Sequence[Difference]) -> list[Mapping[str, str]]:
    return [dataclasses.asdict(difference) for difference in differences]
