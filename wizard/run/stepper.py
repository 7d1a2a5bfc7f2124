"""One step's life: taken up, attempted until a gate opens or a person decides, and ended."""

from __future__ import annotations

import time
from collections.abc import Sequence

from wizard.checklist.model import Step
from wizard.checks.base import Outcome
from wizard.errors import HostHeld, StepRefused, ToolMissing, UsageError
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.attempting import Attempting, Manner, acted, unfinished
from wizard.run.context import Context
from wizard.run.editing import Editing
from wizard.run.gate import Verdict
from wizard.run.intents import (
    ACCEPT,
    AGAIN,
    EDIT,
    GATE_ANSWERS,
    GO_ON,
    OVERRIDE,
    SKIP,
    STOP_HERE,
    UNDO_EVERYTHING,
    UNDO_PHASE,
    UNDO_STEP,
    Answer,
)
from wizard.run.rollback import PHASE, STEP, RollBack, Rollback, since
from wizard.run.window import Window

DECIDED = {SKIP: st.SKIPPED, ACCEPT: st.ACCEPTED}

UNDONE = "the step was undone"
"""How the reason begins for which a gate asks again after an undo."""


class Mitigated(Exception):
    """The run ends at a safe stopping point."""


class Stepper:
    """Walks steps."""

    def __init__(self, context: Context, manner: Manner, window: Window | None = None) -> None:
        self._context = context
        self._manner = manner
        self._window = window
        self.attempting = Attempting(context, manner)
        self._rollback = Rollback(context)
        self._editing = Editing(context)

    @property
    def _state(self) -> st.RunState:
        return self._context.recorder.state

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    async def walk(self, step: Step, phase: str) -> None:
        """Take a step to an outcome that lets the run go on.

        Raises:
            Paused, Aborted, Mitigated, RollBack: A person chose so.
            HostError: The link is lost for good.
            JournalUnwritable: Nothing more can be recorded.
        """
        began = time.monotonic()
        only_look = acted(self._state.steps[step.id])
        label = self._context.hosts[step.on].label
        self._record(ev.StepStarted(step.id, phase, step.title, step.on, label, step.why))
        if self._context.wanted(step.when):
            await self._inside_window(step)
            outcome, reason = await self._until_decided(step, only_look=only_look)
        else:
            outcome, reason = st.NOT_NEEDED, f"when {step.when}"
        self._record(ev.StepEnded(step.id, outcome, reason, round(time.monotonic() - began, 3)))
        if outcome == st.VERIFIED and step.safe_stop and not self._manner.dry:
            await self._offer_stop(step)

    async def _inside_window(self, step: Step) -> None:
        """No changing step starts outside the maintenance window without somebody's word for it."""
        if self._window is None or not step.action.changes or self._manner.dry or self._window.overridden:
            return
        while not self._window.open_now():
            blocked = ev.GateBlocked(step.id, [self._window.closed()], [OVERRIDE, *GATE_ANSWERS[-2:]])
            if (await self._context.desk.gate(blocked)).answer == OVERRIDE:
                self._window.overridden = True
                return

    async def _until_decided(self, step: Step, *, only_look: bool) -> tuple[str, str]:
        while True:
            verdict = await self._verdict(step, only_look=only_look)
            if verdict.opens:
                self._record(ev.GateOpened(step.id))
                return st.VERIFIED, ""
            decided = await self._blocked(step, verdict)
            if decided:
                return decided
            only_look = False

    async def _verdict(self, step: Step, *, only_look: bool) -> Verdict:
        try:
            return await (self.attempting.look_again(step) if only_look else self.attempting.attempt(step))
        except (ToolMissing, HostHeld):
            raise
        except (StepRefused, UsageError) as refused:
            self._record(ev.TroubleMet(str(refused), step.id))
            return Verdict([f"refused: {refused.what}"], [Outcome.FAIL], [refused.mend] if refused.mend else [])

    async def _blocked(self, step: Step, verdict: Verdict) -> tuple[str, str] | None:
        """A person decides; None means once more."""
        advice = [*verdict.advice, *([step.advice] if step.advice else [])]
        shut = list(verdict.blocked_by)
        while True:
            answer = await self._context.desk.gate(self._gate(step, shut, advice))
            if answer.answer == AGAIN:
                return None
            if answer.answer == EDIT:
                shut = self._edited(step, answer)
                if not shut:
                    return None
                continue
            if answer.answer in DECIDED:
                return DECIDED[answer.answer], answer.note
            shut = [await self._undo(step, answer.answer, answer.note)]

    def _gate(self, step: Step, shut: Sequence[str], advice: Sequence[str]) -> ev.GateBlocked:
        """What was never done can be neither accepted nor undone; an attempt that may still run is not edited."""
        state = self._state
        editable = not unfinished(state, step.id) and self._editing.offer(step)
        left_out = set() if state.steps[step.id].attempts else {ACCEPT, UNDO_STEP}
        left_out |= set() if editable else {EDIT}
        answers = [answer for answer in GATE_ANSWERS if answer not in left_out]
        return ev.GateBlocked(step.id, list(shut), answers, list(advice))

    def _edited(self, step: Step, answer: Answer) -> list[str]:
        """Take a person's text; returns what then keeps the gate shut, which is nothing where it is to be run."""
        try:
            self._editing.take(step, answer.edit, answer.note)
        except UsageError as refused:
            self._record(ev.TroubleMet(str(refused), step.id))
            return [f"refused: {refused.what}"]
        return []

    async def _undo(self, step: Step, answer: str, reason: str) -> str:
        """Undo as chosen; returns what then keeps the gate shut."""
        if answer == UNDO_EVERYTHING:
            raise RollBack(reason)
        phase = self._state.steps[step.id].phase
        steps = [step.id] if answer == UNDO_STEP else since(self._state, phase)
        scope = STEP if answer == UNDO_STEP else PHASE
        outcome = await self._rollback.carry_out(steps, f"{scope} {step.id if scope == STEP else phase}", reason)
        if answer == UNDO_PHASE:
            raise RollBack(reason, only=outcome)
        return f"{UNDONE}: {outcome}"

    async def _offer_stop(self, step: Step) -> None:
        asked = ev.QuestionAsked(step.id, "safe_stop", str(step.safe_stop), [GO_ON, STOP_HERE])
        if (await self._context.desk.question(asked)).answer == STOP_HERE:
            raise Mitigated(step.id)
