"""One step's life: rendered, captured, approved, performed, checked, decided."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from typing import Any

from wizard.actions.base import Action, Before, Result
from wizard.checklist.model import Capture, Step
from wizard.checklist.templating import render
from wizard.checks.base import Outcome
from wizard.errors import StepRefused, UsageError, WizardError
from wizard.run import before as before_states
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.context import Context
from wizard.run.desk import Aborted, Paused
from wizard.run.gate import Gate, Verdict
from wizard.run.intents import ACCEPT, AGAIN, GATE_ANSWERS, SKIP
from wizard.run.marks import STEP_START, step_hosts, take_marks
from wizard.run.stage import StepStage

log = logging.getLogger(__name__)

APPROVE, GO_ON, STOP_HERE = "run", "go on", "stop here, mitigated"


class Mitigated(Exception):
    """The run ends at a safe stopping point."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How steps are walked.

    Args:
        approve: Ask a person before each changing step.
        dry: Render and capture, change nothing.
    """

    approve: bool = False
    dry: bool = False


class Stepper:
    """Walks steps. ``stage`` is the one that is performing, for a cancel from outside."""

    def __init__(self, context: Context, manner: Manner) -> None:
        self._context = context
        self._manner = manner
        self._gate = Gate(context)
        self.stage: StepStage | None = None

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    async def walk(self, step: Step, phase: str) -> None:
        """Take a step to an outcome that lets the run go on.

        Raises:
            Paused, Aborted, Mitigated: A person chose so.
            HostError: The link is lost for good.
            JournalUnwritable: Nothing more can be recorded.
        """
        began = time.monotonic()
        self._started(step, phase)
        if not self._context.wanted(step.when):
            outcome, reason = st.NOT_NEEDED, f"when {step.when}"
        else:
            outcome, reason = await self._until_decided(step)
        self._record(ev.StepEnded(step.id, outcome, reason, round(time.monotonic() - began, 3)))
        if outcome == st.VERIFIED and step.safe_stop and not self._manner.dry:
            await self._offer_stop(step)

    def _started(self, step: Step, phase: str) -> None:
        host = step.on
        label = self._context.hosts[host].label
        self._record(ev.StepStarted(step.id, phase, step.title, host, label, step.why or ""))

    async def _until_decided(self, step: Step) -> tuple[str, str]:
        while True:
            try:
                verdict = await self._attempt(step)
            except StepRefused as refused:
                self._record(ev.TroubleMet(str(refused), step.id))
                verdict = Verdict([f"refused: {refused.what}"], [Outcome.FAIL], [refused.mend] if refused.mend else [])
            if verdict.opens:
                self._record(ev.GateOpened(step.id))
                return st.VERIFIED, ""
            decided = await self._blocked(step, verdict)
            if decided:
                return decided

    async def _blocked(self, step: Step, verdict: Verdict) -> tuple[str, str] | None:
        advice = [*verdict.advice, *([step.advice] if step.advice else [])]
        answer = await self._context.desk.gate(
            ev.GateBlocked(step.id, verdict.blocked_by, list(GATE_ANSWERS), advice),
        )
        decided = {SKIP: st.SKIPPED, ACCEPT: st.ACCEPTED}
        if answer.answer == AGAIN:
            return None
        return decided[answer.answer], answer.note

    async def _attempt(self, step: Step) -> Verdict:
        if self._manner.dry:
            return await self._dry(step)
        guard = await self._gate.check(step.id, step.requires, step.on)
        if step.requires and not guard.opens:
            return guard
        action = self._context.action(step)
        before = await self._prepare(step, action)
        result = await self._perform(step, action, before)
        if not result.known and step.on_unknown == "safe_to_retry":
            result = await self._perform(step, action, before)
        proven = Verdict([result.what], [_outcome_of(result)])
        if not result.known and step.on_unknown == "ask":
            return proven
        if result.ok:
            await self._capture_values(step, result)
        seen = await self._gate.check(step.id, step.checks, step.on, first=len(step.requires))
        return _joined(proven, seen, changes=step.action.changes, probe=not result.known)

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
        known = self._context.recorder.state.steps[step.id].before
        await take_marks(self._context, STEP_START, step_hosts(step))
        before = before_states.load(self._context.directory, known) if known else await action.capture()
        plan = action.plan()
        self._record(ev.StepRendered(step.id, plan.command, plan.undo, step.action.changes))
        if step.action.changes and self._manner.approve:
            await self._approve(step, plan.command)
        if step.action.changes and not known:
            self._register(step, plan.undo, before)
        return before

    def _register(self, step: Step, undo: str, before: Before) -> None:
        name, digest = before_states.save(self._context.directory, step.id, before)
        self._record(ev.BeforeCaptured(step.id, name, digest))
        self._record(ev.UndoRegistered(step.id, undo, step.action.irreversible_reason))

    async def _approve(self, step: Step, command: str) -> None:
        answers = [APPROVE, "pause and keep state", "abort"]
        await self._context.desk.question(ev.QuestionAsked(step.id, "approve", command, answers))

    async def _perform(self, step: Step, action: Action[Any], before: Before) -> Result:
        number = _attempt_number(self._context.recorder.state, step.id)
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
        values = dict(result.values)
        self._record(ev.ActionEnded(step.id, number, result.ok, result.known, result.what, values))
        return result

    async def _capture_values(self, step: Step, result: Result) -> None:
        for name, capture in step.capture.items():
            value = await self._value(step, capture, result)
            self._record(ev.ValueCaptured(step.id, name, value))

    async def _value(self, step: Step, capture: Capture, result: Result) -> str:
        if capture.value is not None:
            return _named(result, capture.value)
        if capture.stdout is not None:
            return _found(result.output, capture.stdout)
        rendered = render(capture, self._context.scope())
        answer = await self._context.hosts[rendered.on or step.on].ask(str(rendered.command))
        if not answer.ok:
            raise StepRefused(f"a value could not be captured: {answer.complaint or 'no answer'}")
        return answer.text.strip()

    async def _offer_stop(self, step: Step) -> None:
        asked = ev.QuestionAsked(step.id, "safe_stop", str(step.safe_stop), [GO_ON, STOP_HERE])
        if (await self._context.desk.question(asked)).answer == STOP_HERE:
            raise Mitigated(step.id)


def _attempt_number(state: st.RunState, step: str) -> int:
    """The next attempt's number, or the last one's where its outcome is not on record yet."""
    mine = [attempt for attempt in state.attempts.values() if attempt.step == step and attempt.role == "do"]
    last = state.steps[step].attempts
    unfinished = any(attempt.end is None for attempt in mine if attempt.number == last)
    return last if unfinished else last + 1


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


def _named(result: Result, name: str) -> str:
    try:
        return result.values[name]
    except KeyError:
        known = ", ".join(sorted(result.values)) or "none"
        raise StepRefused(f"the action gave no value named {name}", mend=f"It gives: {known}") from None


def _found(output: str, pattern: str) -> str:
    match = re.search(pattern, output, re.MULTILINE)
    if not match:
        raise StepRefused(f"the output holds nothing that matches {pattern}")
    return match.group(1) if match.re.groups else match.group(0)
