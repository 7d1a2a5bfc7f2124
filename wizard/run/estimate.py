"""How long the rest will take, by what earlier runs of the same checklist took. Waiting for people is not counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.events import Record

PRACTICE = "practice"
"""The environment of a host that only pretends: what it took says nothing of a real one."""

_LOOPBACK = re.compile(r"@(127\.\d|localhost\b|\[?::1\b)")
"""In the label of a host: the practice host plays any environment, but is never far away."""

TAUGHT = frozenset({st.VERIFIED, st.ACCEPTED, st.NOT_NEEDED})
"""Step outcomes whose time says how long the step takes."""

LONGEST = 7 * 24 * 3600.0
"""Seconds between two records beyond which a clock was set or a machine slept: nobody worked for so long."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one run took: seconds of work for each step that came to its end."""

    steps: Mapping[str, float]
    practice: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds that are left.

    Args:
        seconds: The sum of the medians.
        low: The sum of the shortest times.
        high: The sum of the longest.
        runs: Earlier runs that say something of what is left.
        untimed: Steps that are left and that no earlier run came through: nothing is known of them.
    """

    seconds: float
    low: float
    high: float
    runs: int
    untimed: int = 0


@dataclass(slots=True)
class Stopwatch:
    """Runs while a step works, and stands still while anything waits for a person or nobody works."""

    step: str = ""
    at: datetime | None = None
    waiting: bool = False
    spent: dict[str, float] = field(default_factory=dict)

    def hear(self, record: Record) -> None:
        """What passed before this record belongs to what went on until it came."""
        at = _moment(record.at)
        if self.step and not self.waiting and at and self.at and not isinstance(record.event, ev.RunResumed):
            passed = (at - self.at).total_seconds()
            if 0 < passed < LONGEST:
                self.spent[self.step] = self.spent.get(self.step, 0.0) + passed
        self.at = at or self.at
        self._turn(record.event)

    def now(self, moment: datetime) -> Mapping[str, float]:
        """Seconds of work on each step up to this moment."""
        if not self.step or self.waiting or self.at is None:
            return self.spent
        passed = min(LONGEST, max(0.0, (moment - self.at).total_seconds()))
        return {**self.spent, self.step: self.spent.get(self.step, 0.0) + passed}

    def _turn(self, event: ev.Event) -> None:
        match event:
            case ev.StepStarted(step=step):
                self.step, self.waiting = step, False
                self.spent.setdefault(step, 0.0)
            case ev.GateBlocked() | ev.QuestionAsked() | ev.RunPaused():
                self.waiting = True
            case ev.GateAnswered() | ev.QuestionAnswered() | ev.RunResumed():
                self.waiting = False
            case ev.StepEnded() | ev.RollbackStarted() | ev.RunEnded():
                self.step = ""


def spent(records: Iterable[Record]) -> dict[str, float]:
    """Seconds of work on each step so far, people's time left out."""
    watch = Stopwatch()
    for record in records:
        watch.hear(record)
    return watch.spent


def timing(records: Sequence[Record]) -> Timing:
    """What a run took."""
    worked = spent(records)
    ended = {record.event.step: record.event.outcome for record in records if isinstance(record.event, ev.StepEnded)}
    taught = {step: worked.get(step, 0.0) for step, outcome in ended.items() if outcome in TAUGHT}
    hosts = [record.event for record in records if isinstance(record.event, ev.HostConnected)]
    return Timing(taught, practice=practised(hosts))


def practised(hosts: Iterable[ev.HostConnected]) -> bool:
    """Some of these hosts only pretend, as the practice host does."""
    return any(host.environment == PRACTICE or _LOOPBACK.search(host.label) for host in hosts)


def estimate(
    remaining: Sequence[str],
    earlier: Sequence[Timing],
    worked: Mapping[str, float] | None = None,
    known: Mapping[str, float] | None = None,
) -> Estimate | None:
    """How long these steps will take; None where no earlier run and nothing else says anything of them.

    Args:
        remaining: Steps that are left, the one at work among them.
        earlier: What earlier runs took.
        worked: Seconds of work already done on steps that are left.
        known: Seconds that are left of a step and are known, as a watch's are.
    """
    known, worked = known or {}, worked or {}
    took = {step: [one.steps[step] for one in earlier if step in one.steps] for step in remaining}
    timed = [step for step in remaining if took[step] or step in known]
    if not any(took[step] for step in remaining):
        return None
    left = [_left(took[step], worked.get(step, 0.0), known.get(step)) for step in timed]
    runs = sum(any(step in one.steps for step in remaining) for one in earlier)
    middle, low, high = (sum(column) for column in zip(*left, strict=True))
    return Estimate(middle, low, high, runs, len(remaining) - len(timed))


def _left(took: Sequence[float], worked: float, known: float | None) -> tuple[float, float, float]:
    if known is not None:
        return known, known, known
    middle, low, high = (max(0.0, seconds - worked) for seconds in (median(took), min(took), max(took)))
    return middle, low, high


def told(one: Estimate) -> str:
    """``about 6 min left (4-11 min, from 3 earlier runs)``."""
    runs = "1 earlier run" if one.runs == 1 else f"{one.runs} earlier runs"
    low, high = length(one.low), length(one.high)
    span = f"{low}-{high}" if low.split()[-1] != high.split()[-1] else f"{low.split()[0]}-{high}"
    more = f", and {one.untimed} never timed" if one.untimed else ""
    return f"{brief(one)} ({span if low != high else low}, from {runs}{more})"


def brief(one: Estimate) -> str:
    """``about 6 min left``; ``at least`` where steps are left that nothing is known of."""
    return f"{'at least' if one.untimed else 'about'} {length(one.seconds)} left"


def length(seconds: float) -> str:
    """A length of time as exact as an estimate can be: seconds below a minute and a half, then minutes, then hours."""
    if seconds < 90:  # noqa: PLR2004
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004


def _moment(at: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
