"""A run from its first event to its last: connect, read the evidence, walk the phases, prove the exit criteria."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

from wizard.checklist.model import CheckItem, Phase
from wizard.checks.base import Outcome
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.context import Context
from wizard.run.desk import Aborted
from wizard.run.evidence import AFTER, BEFORE, observe
from wizard.run.gate import Gate
from wizard.run.intents import AGAIN, SCOPE_ANSWERS
from wizard.run.marks import RUN_START, run_hosts, take_marks
from wizard.run.stepper import Manner, Mitigated, Stepper

RESOLVED, MITIGATED, ABORTED = "resolved", "mitigated", "aborted"
END = "end"


class Session:
    """Walks one run. What is done already, by the state, is not done again."""

    def __init__(self, context: Context, manner: Manner) -> None:
        self._context = context
        self._manner = manner
        self._gate = Gate(context)
        self.stepper = Stepper(context, manner)

    async def walk(self) -> str:
        """Walk the whole run; returns its outcome.

        Raises:
            Paused: The run stops with its state kept.
            HostError, JournalUnwritable, UsageError: It cannot go on.
        """
        began = time.monotonic()
        try:
            await self._all()
            outcome = RESOLVED
        except Mitigated:
            outcome = MITIGATED
        except Aborted:
            outcome = ABORTED
        await self._evidence(AFTER)
        state = self._context.recorder.state
        self._record(
            ev.RunEnded(outcome, list(state.deviations), list(state.remaining), round(time.monotonic() - began, 3))
        )
        return outcome

    async def _all(self) -> None:
        await self._connect()
        if RUN_START not in self._context.recorder.state.marks:
            await take_marks(self._context, RUN_START, run_hosts(self._context.checklist))
        await self._decisive_evidence()
        for phase in self._context.checklist.phases:
            await self._phase(phase)
        if not self._manner.dry:
            await self._scope(END, self._context.checklist.exit_criteria)

    def _record(self, event: ev.Event) -> None:
        self._context.recorder.record(event)

    async def _connect(self) -> None:
        for name, host in self._context.hosts.items():
            identity = await host.connect()
            declared = self._context.checklist.hosts.get(name)
            environment = declared.environment if declared else ""
            self._record(ev.HostConnected(name, host.label, dataclasses.asdict(identity), environment))

    async def _evidence(self, moment: str) -> list[ev.EvidenceObserved]:
        if self._manner.dry and moment == AFTER:
            return []
        return [await observe(self._context, evidence, moment) for evidence in self._context.checklist.evidence]

    async def _decisive_evidence(self) -> None:
        while True:
            seen = await self._evidence(BEFORE)
            against = [event for event in seen if event.decisive and event.outcome != Outcome.PASS.value]
            if not against:
                return
            blocked = ev.GateBlocked(
                "evidence",
                [event.fact for event in against],
                list(SCOPE_ANSWERS),
                [event.decisive for event in against],
            )
            if (await self._context.desk.gate(blocked)).answer != AGAIN:
                return

    async def _phase(self, phase: Phase) -> None:
        state = self._context.recorder.state
        if state.phases.get(phase.id) == "done":
            return
        self._record(ev.PhaseStarted(phase.id, phase.title))
        for step in phase.steps:
            if self._context.recorder.state.steps[step.id].status not in st.DONE:
                await self.stepper.walk(step, phase.id)
        if not self._manner.dry:
            await self._scope(f"phase:{phase.id}", phase.checks)
        self._record(ev.PhaseEnded(phase.id))

    async def _scope(self, scope: str, items: Sequence[CheckItem]) -> None:
        """The gate of a phase or of the end: again until it opens or a person accepts it."""
        while items:
            verdict = await self._gate.check(scope, items, LOCAL)
            if verdict.opens:
                self._record(ev.GateOpened(scope))
                return
            blocked = ev.GateBlocked(scope, verdict.blocked_by, list(SCOPE_ANSWERS), list(verdict.advice))
            if (await self._context.desk.gate(blocked)).answer != AGAIN:
                return
