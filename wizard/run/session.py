"""A run from its first event to its last: connect, read the evidence, walk the phases, prove the exit criteria."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from wizard.checklist.model import CheckItem, Phase
from wizard.checks.base import Outcome
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.anchoring import anchor
from wizard.run.attempting import Manner
from wizard.run.before import forget_contents
from wizard.run.connecting import Connecting
from wizard.run.context import Context
from wizard.run.desk import Aborted, Paused
from wizard.run.evidence import AFTER, BEFORE, RESUMED, observe
from wizard.run.gate import Gate
from wizard.run.holding import let_go
from wizard.run.intents import AGAIN, BEGIN, PAUSE, SCOPE_ANSWERS, UNDO_EVERYTHING
from wizard.run.marks import RUN_START, run_hosts, take_marks
from wizard.run.roles import learn
from wizard.run.rollback import EVERYTHING, INCOMPLETE, OF_A_PART, ROLLED_BACK, RollBack, Rollback, back_to
from wizard.run.stepper import Mitigated, Stepper
from wizard.run.sweeping import sweep
from wizard.run.window import Window

RESOLVED, MITIGATED, ABORTED = "resolved", "mitigated", "aborted"
END, EVIDENCE, STALE, PREFLIGHT = "end", "evidence", "stale", "preflight"


class Session:
    """Walks one run. What is done already, by the state, is not done again."""

    def __init__(self, context: Context, manner: Manner, window: Window | None = None) -> None:
        self._context = context
        self._manner = manner
        context.holds.person = manner.approve
        self._gate = Gate(context)
        self._connecting = Connecting(context, person=manner.approve)
        self._rollback = Rollback(context)
        self.stepper = Stepper(context, manner, window)

    @property
    def _state(self) -> st.RunState:
        return self._context.recorder.state

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    async def walk(self) -> str:
        """Walk the whole run, or the rest of it; returns its outcome.

        Raises:
            Paused: The run stops with its state kept.
            HostError, JournalUnwritable, UsageError: It cannot go on.
        """
        began = time.monotonic()
        try:
            outcome = await self._whole()
        except Mitigated:
            outcome = MITIGATED
        except Aborted:
            outcome = ABORTED
        except RollBack as wanted:
            outcome = await self._roll_back(wanted)
        return await self._end(outcome, began)

    async def roll_back(self, to: str = "", reason: str = "") -> str:
        """Undo everything, or down to a step and including it; returns the run's outcome."""
        began = time.monotonic()
        await self._connecting.connect()
        steps = back_to(self._state, to) if to else self._state.undo_stack
        outcome = await self._rollback.carry_out(steps, f"to {to}" if to else EVERYTHING, reason)
        return await self._end(outcome, began)

    async def _whole(self) -> str:
        await self._connecting.connect()
        if self._state.rolling:
            return await self._rest_of_rollback(self._state.rolling)
        if self._state.rolled_back:
            return self._after_rollback(*self._state.rolled_back)
        swept, _ = await asyncio.gather(self._connecting.examine(), learn(self._context))
        if not self._manner.dry:
            await sweep(self._context, swept)
        await self._before_the_first_step()
        for phase in self._context.checklist.phases:
            await self._phase(phase)
        if not self._manner.dry:
            await self._nothing_stale()
            await self._scope(END, self._context.checklist.exit_criteria)
        return RESOLVED

    async def _before_the_first_step(self) -> None:
        begun = any(step.started for step in self._state.steps.values())
        if RUN_START not in self._state.marks:
            await take_marks(self._context, RUN_START, run_hosts(self._context.checklist))
        await self._decisive_evidence(RESUMED if begun else BEFORE)
        if not begun:
            await self._preflight()
        elif not self._manner.dry:
            await self._nothing_stale()

    async def _preflight(self) -> None:
        """A person who is there sees how things stand before the first step, and begins it."""
        if self._manner.approve:
            asked = ev.QuestionAsked(PREFLIGHT, "begin", "how things stand before the first step", [BEGIN, PAUSE])
            await self._context.desk.question(asked)

    async def _rest_of_rollback(self, cut_off: ev.RollbackStarted) -> str:
        """A rollback that a crash cut off goes on where it was; an undo that failed is not tried again unasked."""
        failed = self._state.failed_undos
        rest = [step for step in cut_off.plan if step in self._state.undo_stack and step not in failed]
        return self._after_rollback(cut_off.scope, await self._rollback.carry_out(rest, cut_off.scope, cut_off.reason))

    def _after_rollback(self, scope: str, outcome: str) -> str:
        """What a rollback leads to where a crash took away who waited for it.

        Raises:
            Paused: Only a part was undone; a person is told so before it is done again.
        """
        if scope.startswith(OF_A_PART):
            raise Paused("", f"undoing {scope} ended: {outcome}; resume goes on there")
        return outcome

    async def _roll_back(self, wanted: RollBack) -> str:
        if wanted.only == ROLLED_BACK:
            raise Paused("", "the phase was undone; resume does it again")
        if wanted.only:
            return wanted.only
        return await self._rollback.carry_out(self._state.undo_stack, EVERYTHING, wanted.reason)

    async def _end(self, outcome: str, began: float) -> str:
        if outcome == RESOLVED or outcome in {ROLLED_BACK, INCOMPLETE, MITIGATED}:
            await self._evidence(AFTER)
        await let_go(self._context)
        state = self._state
        self._record(
            ev.RunEnded(outcome, list(state.deviations), list(state.remaining), round(time.monotonic() - began, 3))
        )
        forget_contents(self._context.directory)
        return outcome

    async def _evidence(self, moment: str) -> list[ev.EvidenceObserved]:
        if self._manner.dry and moment == AFTER:
            return []
        wanted = [one for one in self._context.checklist.evidence if moment != RESUMED or one.decisive]
        return [await observe(self._context, evidence, moment) for evidence in wanted]

    async def _decisive_evidence(self, moment: str) -> None:
        # In the middle of a run a source may be down because the run took it down: only what is seen to differ blocks.
        good = {Outcome.PASS.value, Outcome.UNKNOWN.value} if moment == RESUMED else {Outcome.PASS.value}
        while True:
            seen = await self._evidence(moment)
            against = [event for event in seen if event.decisive and event.outcome not in good]
            if not against or not await self._again(
                EVIDENCE, [event.fact for event in against], [event.decisive for event in against]
            ):
                return

    async def _phase(self, phase: Phase) -> None:
        if all(self._state.steps[step.id].status in st.DONE for step in phase.steps) and self._is_done(phase):
            return
        self._record(ev.PhaseStarted(phase.id, phase.title))
        for step in phase.steps:
            if self._state.steps[step.id].status not in st.DONE:
                await self.stepper.walk(step, phase.id)
        if not self._manner.dry:
            await self._scope(f"phase:{phase.id}", phase.checks)
        self._record(ev.PhaseEnded(phase.id))
        anchor(self._context)

    def _is_done(self, phase: Phase) -> bool:
        return self._state.phases.get(phase.id) == "done"

    async def _nothing_stale(self) -> None:
        """Checks of earlier steps that must go on holding are looked at again; one that does not blocks."""
        while True:
            stale, advice = await self._stale()
            if not stale or not await self._again(STALE, stale, advice):
                return

    async def _stale(self) -> tuple[list[str], list[str]]:
        stale: list[str] = []
        advice: list[str] = []
        for step in (step for phase in self._context.checklist.phases for step in phase.steps):
            if self._state.steps[step.id].status != st.VERIFIED:
                continue
            for place, item in enumerate(step.checks, start=len(step.requires)):
                if item.lasting:
                    verdict = await self._gate.check(step.id, [item], step.on, first=place)
                    stale += [f"{step.id}: {title}" for title in verdict.blocked_by]
                    advice += verdict.advice
        return stale, advice

    async def _scope(self, scope: str, items: Sequence[CheckItem]) -> None:
        """The gate of a phase or of the end: again until it opens or a person accepts it."""
        while items:
            verdict = await self._gate.check(scope, items, LOCAL)
            if verdict.opens:
                self._record(ev.GateOpened(scope))
                return
            if not await self._again(scope, verdict.blocked_by, verdict.advice):
                return

    async def _again(self, scope: str, shut: Sequence[str], advice: Sequence[str]) -> bool:
        """A person decides at a gate that is no step's; False means that it was accepted as it is.

        Raises:
            RollBack, Paused, Aborted: The person chose so.
        """
        blocked = ev.GateBlocked(scope, list(shut), list(SCOPE_ANSWERS), list(advice))
        answer = await self._context.desk.gate(blocked)
        if answer.answer == UNDO_EVERYTHING:
            raise RollBack(answer.note)
        return answer.answer == AGAIN
