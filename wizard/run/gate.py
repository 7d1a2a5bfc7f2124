"""The gate: look until it holds or time is up, hold as long as asked, and open on nothing but what was seen."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from wizard.checklist.model import CheckItem
from wizard.checks.base import Check, Observation, Outcome, unknown
from wizard.checks.manual import ManualCheck
from wizard.errors import UsageError, WizardError
from wizard.frozen import frozen
from wizard.run import events as ev
from wizard.run.context import Context

log = logging.getLogger(__name__)

PATIENCE = 90.0
"""Seconds after which one look that has not answered is UNKNOWN; the host itself ends what it asked sooner."""


@frozen
class Verdict:
    """What a list of checks came to."""

    titles: Sequence[str]
    outcomes: Sequence[Outcome]
    advice: Sequence[str] = ()

    @property
    def opens(self) -> bool:
        """Every check that applies passed, and at least one did."""
        applying = [outcome for outcome in self.outcomes if outcome is not Outcome.SKIP]
        return bool(applying) and all(outcome is Outcome.PASS for outcome in applying)

    @property
    def blocked_by(self) -> list[str]:
        """Titles of the checks that keep it shut, or the reason why there is no proof at all."""
        shut = [
            title
            for title, outcome in zip(self.titles, self.outcomes, strict=True)
            if outcome not in {Outcome.PASS, Outcome.SKIP}
        ]
        return shut if shut or self.opens else ["no check applied, so nothing was observed"]


@frozen
class Look:
    """One look at a check. ``final`` is False while more looks follow."""

    seen: Observation
    tries: int
    final: bool


async def look_once(check: Check[Any]) -> Observation:
    """Look; whatever keeps us from seeing is UNKNOWN, never a pass."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check.observe()
    except TimeoutError:
        return unknown(check.title(), f"no answer within {PATIENCE:.0f} s")
    except WizardError as problem:
        return unknown(check.title(), str(problem))
    except Exception:  # a fault of ours must not read as health, nor end a run half-way
        log.exception("the check %s met an error of its own", check.title())
        return unknown(check.title(), "the check met an error of its own; the debug log has the details")


async def looks(check: Check[Any], item: CheckItem) -> AsyncIterator[Look]:
    """Look every ``every`` until it passes or ``within`` is over; once it passes, it must stay so for ``hold``."""
    began = time.monotonic()
    passed_at: float | None = None
    tries = 0
    while True:
        seen = await look_once(check)
        tries += 1
        now = time.monotonic()
        over = _over(seen, item, now - began, None if passed_at is None else now - passed_at)
        yield Look(seen, tries, over)
        if over:
            return
        if seen.outcome is Outcome.PASS and passed_at is None:
            passed_at = now
        await asyncio.sleep(item.every)


def _over(seen: Observation, item: CheckItem, waited: float, held: float | None) -> bool:
    if seen.outcome is Outcome.PASS:
        return item.hold <= (held or 0.0)
    return held is not None or waited + item.every > item.within


class Gate:
    """The decision point after a step, a phase, and before the end."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def check(self, scope: str, items: Sequence[CheckItem], host: str, first: int = 0) -> Verdict:
        """Look at each check in turn, each on record as it turns."""
        titles: list[str] = []
        outcomes: list[Outcome] = []
        for index, item in enumerate(items, start=first):
            title, outcome = await self._watch(scope, index, item, host)
            titles.append(title)
            outcomes.append(outcome)
        advice = [
            item.advice
            for item, outcome in zip(items, outcomes, strict=True)
            if item.advice and outcome not in {Outcome.PASS, Outcome.SKIP}
        ]
        return Verdict(titles, outcomes, advice)

    async def _watch(self, scope: str, index: int, item: CheckItem, host: str) -> tuple[str, Outcome]:
        try:
            if not self._context.wanted(item.when):
                return self._not_needed(scope, index, item, host)
            check = self._context.check(item, host)
        except UsageError as problem:
            return self._unaskable(scope, index, item, host, problem)
        title = item.name or check.title()
        if isinstance(check, ManualCheck):
            return await self._ask(scope, index, title, check)
        began = time.monotonic()
        last: Look | None = None
        async for look in looks(check, item):
            if look.final or last is None or _turned(last.seen, look.seen):
                self._record(scope, index, title, item.on or host, look, time.monotonic() - began)
            last = look
        return title, last.seen.outcome if last else Outcome.UNKNOWN

    async def _ask(self, scope: str, index: int, title: str, check: ManualCheck) -> tuple[str, Outcome]:
        """What only a person can see is asked; the answer is the sight."""
        asked = ev.QuestionAsked(scope, "manual", check.title(), list(check.answers))
        began = time.monotonic()
        answer = await self._context.desk.question(asked)
        seen = check.judge(answer.answer, answer.note)
        self._record(scope, index, title, check.host.name, Look(seen, 1, final=True), time.monotonic() - began)
        return title, seen.outcome

    def _record(self, scope: str, index: int, title: str, host: str, look: Look, seconds: float) -> None:
        seen = look.seen
        self._context.recorder.record(
            ev.CheckObserved(
                scope=scope,
                index=index,
                title=title,
                host=host,
                outcome=seen.outcome.value,
                expected=seen.expected,
                observed=seen.observed,
                evidence=list(seen.evidence),
                tries=look.tries,
                seconds=round(seconds, 3),
                final=look.final,
            )
        )

    def _unaskable(
        self, scope: str, index: int, item: CheckItem, host: str, problem: UsageError
    ) -> tuple[str, Outcome]:
        """A value that is not there, such as one that a failed action would have given: nothing was observed."""
        title = item.name or item.kind
        seen = unknown(title, str(problem))
        self._record(scope, index, title, item.on or host, Look(seen, 0, final=True), 0.0)
        return title, Outcome.UNKNOWN

    def _not_needed(self, scope: str, index: int, item: CheckItem, host: str) -> tuple[str, Outcome]:
        title = item.name or item.kind
        seen = Observation(Outcome.SKIP, title, f"not needed here: {item.when}")
        self._record(scope, index, title, item.on or host, Look(seen, 0, final=True), 0.0)
        return title, Outcome.SKIP


def _turned(before: Observation, now: Observation) -> bool:
    return (before.outcome, before.observed) != (now.outcome, now.observed)
