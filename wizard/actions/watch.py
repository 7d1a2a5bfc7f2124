"""Watches for a while by the host's own clock: looks again and again, and counts what was ok, bad or not to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field

from wizard.actions.base import Action, Before, Plan, Result, Sample, Stage
from wizard.checklist.redis_target import RedisTarget
from wizard.checklist.spec import ActionSpec, Count, Duration, Flaw, Pattern, UnitName
from wizard.checklist.surroundings import regex_cautions
from wizard.checks.base import Outcome
from wizard.checks.patterns import pattern_flaw
from wizard.errors import StepRefused, WizardError
from wizard.facts.gauges import of_redis, of_unit
from wizard.facts.journal import read_unit, take_mark
from wizard.facts.redis import open_redis
from wizard.facts.redis_persistence import saving
from wizard.facts.redis_schedule import SaveLedger, next_due, save_points
from wizard.hosts.base import Host
from wizard.hosts.world import Mark
from wizard.patterns import matching

OK, BAD, NO_DATA = "ok", "bad", "no data"

GAP = 2
"""Times ``every``, after which looks are missing."""

SLOW = 10.0
"""Seconds that a look and the pause before it may take in all, however short ``every`` is, before looks are missing."""


class WatchSpec(ActionSpec):
    """Looks at the step's `samples` every so often, and at a unit's journal and a Redis server's saves where asked."""

    kind: ClassVar[str] = "watch"

    duration: Duration = Field(alias="for", description="how long, by the host's clock")
    every: Duration = Field(description="how often it looks")
    tolerate_bad: Count = Field(default=0, description="bad looks that are still no failure")
    tolerate_no_data: Count = Field(default=0, description="looks without an answer that are still no failure")
    saves: RedisTarget | None = Field(default=None, description="count the scheduled saves that were due and that came")
    unit: UnitName | None = Field(default=None, description="follow this unit's journal")
    alarm: Pattern | None = Field(default=None, description="a line of that journal that matches this regex is bad")

    @property
    def changes(self) -> bool:
        """It only looks."""
        return False

    def flaws(self) -> Iterator[Flaw]:
        """A watch that would not look, or an alarm nobody would hear."""
        if isinstance(self.duration, float) and isinstance(self.every, float) and self.duration < self.every:
            yield Flaw(("for",), "it would end before its second look", "Make `for` at least as long as `every`")
        if isinstance(self.every, float) and self.every <= 0:
            yield Flaw(("every",), "it would never stop looking", "Make it a second or more")
        if (self.unit is None) != (self.alarm is None):
            yield Flaw(("alarm",), "unit and alarm belong together", "Give both, or neither")
        yield from pattern_flaw("alarm", self.alarm)

    def cautions(self) -> Iterator[Flaw]:
        """An alarm that may explode over a line."""
        yield from regex_cautions("alarm", self.alarm)


@dataclass(slots=True)
class _Look:
    """One look while it is put together."""

    bad: bool = False
    blind: bool = False
    seen: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)
    next_save: float | None = None

    @property
    def verdict(self) -> str:
        """Bad outweighs no data: what was seen was seen."""
        return BAD if self.bad else NO_DATA if self.blind else OK

    def sample(self, every: float, watched: _Watched) -> Sample:
        """As it goes on record."""
        left = max(0.0, round(watched.end - watched.clock, 3))
        told = (self.verdict, self.seen, self.lines, self.numbers, every, left, self.next_save)
        return Sample(*told, Mark(watched.clock, watched.mark.cursor), watched.ledger.counted)


@dataclass(slots=True)
class _Watched:
    """What a watch has come to: up to where the journal is read, its end, and the time by the host's clock.

    ``gap`` are seconds in which nobody looked, as the wizard was gone, asleep or cut off; the next look has to answer
    for them.
    """

    mark: Mark
    end: float
    clock: float
    ledger: SaveLedger = field(default_factory=SaveLedger)
    counts: dict[str, int] = field(default_factory=lambda: {OK: 0, BAD: 0, NO_DATA: 0})
    gap: float = 0.0

    @classmethod
    def taken_up(cls, now: Mark, looks: Sequence[Sample]) -> _Watched:
        """A watch that an earlier life of the run began: what was left of its time is still to be watched."""
        last = looks[-1]
        mark, left = last.mark or now, last.left or 0.0
        watched = cls(mark, now.clock + left, now.clock, SaveLedger(last.saves), gap=now.clock - mark.clock)
        for look in looks:
            watched.counts[look.verdict] += 1
        return watched


class Watch(Action[WatchSpec]):
    """One watch on one host."""

    Spec = WatchSpec

    def plan(self) -> Plan:
        """How long, how often, and what is followed."""
        spec = self.spec
        follows = [f"the journal of {spec.unit}" if spec.unit else "", "scheduled saves" if spec.saves else ""]
        also = "".join(f", following {what}" for what in follows if what)
        return Plan(
            f"watch for {spec.duration:g} s, a look every {spec.every:g} s{also}", "nothing to undo: it only looks"
        )

    async def perform(self, stage: Stage, before: Before) -> Result:  # noqa: ARG002  a watch captures nothing
        """Look until the time is over, the person ends it, or more went wrong than is tolerated."""
        if not 0 < self.spec.every <= self.spec.duration:
            raise StepRefused("a watch must be longer than the time between its looks", mend="Lengthen `for`")
        watched = await self._begun(stage)
        over = self._over(watched)
        while not over:
            look = await self._look(stage, watched)
            stage.sample(look.sample(self.spec.every, watched))
            watched.counts[look.verdict] += 1
            over = self._over(watched)
            if not over and await self._ended_early(stage, watched):
                return self._result(watched, early=True)
        return self._result(watched)

    async def _begun(self, stage: Stage) -> _Watched:
        now, looks = await take_mark(self.host), stage.sampled()
        return _Watched.taken_up(now, looks) if looks else _Watched(now, now.clock + self.spec.duration, now.clock)

    def _over(self, watched: _Watched) -> bool:
        return self._intolerable(watched) or watched.clock >= watched.end

    async def _look(self, stage: Stage, watched: _Watched) -> _Look:
        look = _Look()
        for title, observation in await stage.observe():
            look.seen[title] = observation.observed
            look.lines += observation.evidence
            look.bad |= observation.outcome is Outcome.FAIL
            look.blind |= observation.outcome is Outcome.UNKNOWN
        self._answer_for_gap(look, watched)
        for title, follow in (("journal", self._follow_journal), ("saves", self._follow_saves)):
            try:
                await follow(look, watched)
            except (WizardError, ValueError) as problem:
                look.blind = True
                look.seen[title] = str(problem)
        look.numbers |= await of_unit(self.host, self.spec.unit) if self.spec.unit else {}
        if not look.seen:
            look.blind = True
            look.seen["samples"] = "there is nothing to look at"
        return look

    def _answer_for_gap(self, look: _Look, watched: _Watched) -> None:
        """Time that nobody watched is no data, unless the journal, read from where it was left, tells of it."""
        if abs(watched.gap) > GAP * self.spec.every:
            told = "the journal of that time is read" if self.spec.unit else "and no journal is followed to tell of it"
            look.seen["gap"] = f"nobody looked for {watched.gap:.0f} s, {told}"
            look.blind |= not self.spec.unit
        watched.gap = 0.0

    async def _follow_journal(self, look: _Look, watched: _Watched) -> None:
        if not self.spec.unit:
            return
        reading = await read_unit(self.host, self.spec.unit, watched.mark)
        new = reading.lines
        alarms, problem = await _alarms(str(self.spec.alarm), [line.text for line in new])
        look.lines += alarms
        look.bad |= bool(alarms)
        hidden = reading.blind or "; ".join([*reading.suppressed, *problem])
        look.blind |= bool(hidden)
        look.seen["journal"] = f"{len(new)} new lines, {len(alarms)} bad{', ' if hidden else ''}{hidden}"
        watched.mark = reading.end

    async def _follow_saves(self, look: _Look, watched: _Watched) -> None:
        if self.spec.saves is None:
            return
        async with open_redis(self.host, self.spec.saves) as redis:
            points = save_points(await redis.config("save") or "")
            now, moment = await saving(redis), await redis.time()
            wrong = watched.ledger.look(moment, now, points)
            look.numbers |= await of_redis(redis, moment, now)
        due = next_due(now, points)
        look.next_save = None if due is None else round(due - moment, 1)
        look.bad |= bool(wrong)
        ledger = watched.ledger
        told = f"{ledger.expected} due, {ledger.seen} seen, {now.changes} changes unsaved"
        look.seen["saves"] = f"{told}, {wrong}" if wrong else told

    async def _ended_early(self, stage: Stage, watched: _Watched) -> bool:
        """Let time pass, and tell by the host's clock whether the person cut it short."""
        await stage.pause(self.spec.every)
        now = await _clock(self.host)
        if now is None:
            return False
        passed, watched.clock = now - watched.clock, now
        watched.gap = passed if passed > SLOW else 0.0
        return 0 <= passed < self.spec.every / 2 and now < watched.end

    def _intolerable(self, watched: _Watched) -> bool:
        counts, spec = watched.counts, self.spec
        return counts[BAD] > spec.tolerate_bad or counts[NO_DATA] > spec.tolerate_no_data

    def _result(self, watched: _Watched, *, early: bool = False) -> Result:
        counts, ledger = watched.counts, watched.ledger
        total = sum(counts.values())
        what = f"{total} looks: {counts[OK]} ok, {counts[BAD]} bad, {counts[NO_DATA]} without data"
        if self.spec.saves is not None:
            what += f"; {_saves_told(ledger)}"
        if early:
            what += "; ended by a person before its time"
        return Result(ok=not early and not self._intolerable(watched), what=what, values=_values(counts, ledger))


async def _alarms(pattern: str, lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines that are bad, and why there may be more of them."""
    found = await matching(pattern, lines)
    return found.lines, [found.problem] if found.problem else []


def _saves_told(ledger: SaveLedger) -> str:
    if not ledger.expected and not ledger.seen:
        return "no save was due, as too little was written"
    return f"{ledger.expected} scheduled saves due, {ledger.seen} saves seen, {ledger.missed} missed"


def _values(counts: Mapping[str, int], ledger: SaveLedger) -> dict[str, str]:
    numbers = {"samples": sum(counts.values()), "bad": counts[BAD], "no_data": counts[NO_DATA]}
    saves = {"saves_expected": ledger.expected, "saves_seen": ledger.seen, "saves_missed": ledger.missed}
    return {name: str(number) for name, number in {**numbers, **saves}.items()}


async def _clock(host: Host) -> float | None:
    """The host's time; None where it cannot be asked, which the look after it will say."""
    try:
        return (await take_mark(host)).clock
    except WizardError:
        return None
