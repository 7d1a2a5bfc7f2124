"""One attempt at a step: guarded, captured, performed and checked; or, after a crash, taken up where it was left."""

from __future__ import annotations

import logging
from typing import Any

from wizard.actions.base import Action, Before, Result
from wizard.checklist.model import Step
from wizard.checks.base import Outcome
from wizard.errors import StepRefused, UsageError, WizardError
from wizard.frozen import frozen
from wizard.run import before as before_states
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.capturing import capture_values
from wizard.run.context import Context
from wizard.run.desk import Aborted, Paused
from wizard.run.gate import Gate, Verdict
from wizard.run.holding import hold
from wizard.run.intents import ABORT, PAUSE
from wizard.run.kept import proven_output
from wizard.run.leftovers import end_leftovers
from wizard.run.marks import STEP_START, step_hosts, take_marks
from wizard.run.roles import keep
from wizard.run.sampled import sampled
from wizard.run.stage import KEPT, StepStage

log = logging.getLogger(__name__)

APPROVE = "run"


@frozen
class Manner:
    """How steps are walked.

    Args:
        approve: Ask a person before each changing step.
        dry: Render and capture, change nothing.
        take_up: An attempt that is under way was approved by a person, so it is taken up without asking again.
    """

    approve: bool = False
    dry: bool = False
    take_up: bool = False


class Attempting:
    """Makes attempts. ``stage`` is the one that is performing, for a cancel from outside."""

    def __init__(self, context: Context, manner: Manner) -> None:
        self._context = context
        self._manner = manner
        self._gate = Gate(context)
        self.stage: StepStage | None = None

    @property
    def _state(self) -> st.RunState:
        return self._context.recorder.state

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    async def attempt(self, step: Step) -> Verdict:
        """Act and look. An attempt of an earlier life of this run that has no result on record yet is taken up again.

        Raises:
            StepRefused: What was seen before acting forbids it.
        """
        if self._manner.dry:
            return await self._dry(step)
        if shut := await self._shut(step):
            return shut
        action = self._context.action(step)
        before = await self._prepare(step, action)
        # A person may have taken an hour to approve it.
        if self._asks(step) and (shut := await self._shut(step)):
            return shut
        result = await self._perform(step, action, before)
        if not result.known and step.on_unknown == "safe_to_retry":
            result = await self._perform(step, action, before)
        return await self._look(step, result)

    async def _shut(self, step: Step) -> Verdict | None:
        """What it requires does not hold; what is under way already is found again, whatever it has changed by now."""
        if not step.requires or unfinished(self._state, step.id):
            return None
        guard = await self._gate.check(step.id, step.requires, step.on)
        return None if guard.opens else guard

    async def look_again(self, step: Step) -> Verdict:
        """Check what was done already, without doing it again."""
        return await self._look(step, self._result(step))

    async def _look(self, step: Step, result: Result) -> Verdict:
        acted = Verdict([result.what], [_outcome_of(result)])
        # What was retried in vain is asked about as well: that doing it twice does no harm says nothing of the checks.
        if not result.known and step.on_unknown != "probe":
            return acted
        if result.ok:
            await capture_values(self._context, step, result)
        seen = await self._gate.check(step.id, step.checks, step.on, first=len(step.requires))
        return _joined(acted, seen, changes=step.action.changes, probe=not result.known)

    def _result(self, step: Step) -> Result:
        """What the journal holds of the last attempt's result; its output is read from where it was kept."""
        ended = self._state.steps[step.id].action
        if ended is None:
            raise UsageError(f"step {step.id} has no result on record")
        ended_here = [
            attempt.end
            for attempt in self._state.attempts.values()
            if (attempt.step, attempt.number, attempt.role) == (step.id, ended.attempt, "do")
            and attempt.end
            and attempt.end.output
        ]
        output = b"".join(proven_output(self._context.directory, end, KEPT) for end in ended_here)
        return Result(ended.ok, ended.what, ended.known, dict(ended.values), output.decode("utf-8", "backslashreplace"))

    async def _dry(self, step: Step) -> Verdict:
        try:
            action = self._context.action(step)
            plan = action.plan()
            self._record(ev.StepRendered(step.id, plan.command, plan.undo, step.action.changes))
            if step.action.changes:
                await action.capture()
        except (UsageError, StepRefused) as problem:
            # What an earlier step would capture or change is not there yet; that is no fault of this step.
            self._record(ev.TroubleMet(f"not to be seen before the run: {problem}", step.id))
        return Verdict(["rendered; nothing was changed"], [Outcome.PASS])

    async def _prepare(self, step: Step, action: Action[Any]) -> Before:
        await hold(self._context, [step])
        state = self._state.steps[step.id]
        known = state.before
        if not unfinished(self._state, step.id) and not watching(self._state, step.id):
            await take_marks(self._context, STEP_START, step_hosts(step))
        before = (
            before_states.load(self._context.directory, known, state.before_sha256) if known else await action.capture()
        )
        plan, registered = action.plan(), self._registered(step)
        approved = self._approved(step, plan.command)
        self._record(ev.StepRendered(step.id, plan.command, plan.undo, step.action.changes))
        if self._asks(step) and not approved:
            await self._approve(step, plan.command)
        if step.action.changes and registered != plan.undo:
            self._register(step, plan.undo, {} if known else before)
        return before

    def _registered(self, step: Step) -> str | None:
        """The undo that is on the stack, which another text may bring another one for."""
        state = self._state
        return state.steps[step.id].undo if step.id in state.undo_stack else None

    def _asks(self, step: Step) -> bool:
        """A change is approved where somebody is there; a person's own text runs on a person's word alone."""
        edited = self._state.steps[step.id].edited is not None
        return (step.action.changes and self._manner.approve) or (edited and not unfinished(self._state, step.id))

    def _register(self, step: Step, undo: str, before: Before) -> None:
        if before:
            name, digest = before_states.save(self._context.directory, step.id, before)
            self._record(ev.BeforeCaptured(step.id, name, digest))
        self._record(ev.UndoRegistered(step.id, undo, step.action.irreversible_reason))

    def _approved(self, step: Step, command: str) -> bool:
        """A person said so for this very command, and what it started is only to be found again."""
        same = self._state.steps[step.id].command == command
        return self._manner.take_up and same and unfinished(self._state, step.id)

    async def _approve(self, step: Step, command: str) -> None:
        await self._context.desk.question(ev.QuestionAsked(step.id, "approve", command, [APPROVE, PAUSE, ABORT]))

    async def _perform(self, step: Step, action: Action[Any], before: Before) -> Result:
        last = self._state.steps[step.id].attempts
        number = last if unfinished(self._state, step.id) else last + 1
        if number > last:
            await keep(self._context, [step])
            await end_leftovers(self._context, step)
        self.stage = StepStage(self._context, step, number)
        try:
            result = await action.perform(self.stage, before)
        except (WizardError, Paused, Aborted):
            raise
        except Exception:  # a fault of ours leaves the outcome unknown; it must not end a run half-way
            log.exception("the action of %s met an error of its own", step.id)
            result = Result(ok=False, known=False, what="the wizard met an error of its own; see the debug log")
        finally:
            self.stage = None
        self._record(ev.ActionEnded(step.id, number, result.ok, result.known, result.what, dict(result.values)))
        return result


def acted(step: st.StepState) -> bool:
    """The last attempt's result is on record and nobody has asked for another one, so only looking is left."""
    done = step.action is not None and step.action.attempt == step.attempts
    return done and step.status in {st.CHECKING, st.BLOCKED}


def unfinished(state: st.RunState, step: str) -> bool:
    """An attempt was intended and has no result on record: whatever it started is to be found, not started again."""
    one = state.steps[step]
    return one.attempts > 0 and (one.action is None or one.action.attempt < one.attempts)


def watching(state: st.RunState, step: str) -> bool:
    """A watch was begun and has no result on record: it goes on with the time that was left."""
    one = state.steps[step]
    return bool(sampled(one, one.attempts + 1))


def _outcome_of(result: Result) -> Outcome:
    if not result.known:
        return Outcome.UNKNOWN
    return Outcome.PASS if result.ok else Outcome.FAIL


def _joined(action: Verdict, checks: Verdict, *, changes: bool, probe: bool) -> Verdict:
    """The action's own end counts beside its checks; a probe of an unknown outcome lets the checks decide alone."""
    if probe:
        return checks
    if not checks.titles and not changes:
        return action
    if not checks.titles:
        return Verdict(["no check says what must hold"], [Outcome.UNKNOWN])
    if not checks.opens and all(outcome is Outcome.SKIP for outcome in checks.outcomes):
        return Verdict(checks.blocked_by, [Outcome.UNKNOWN])
    return Verdict([*action.titles, *checks.titles], [*action.outcomes, *checks.outcomes], checks.advice)
