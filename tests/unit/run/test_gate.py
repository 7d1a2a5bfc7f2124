"""The gate: patience, holding, and never opening on what was not seen."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checklist.model import CheckItem
from wizard.checklist.spec import CheckSpec
from wizard.checks.base import Check, Observation, Outcome, failed, passed, unknown
from wizard.errors import HostUnreachable
from wizard.run.gate import Look, Verdict, look_once, looks

PASS, FAIL, UNKNOWN = passed("up", "up"), failed("up", "down"), unknown("up", "no answer")


class Scripted(Check[CheckSpec]):
    """Shows what it is told to, then the last of it for ever."""

    def __init__(self, *sights: Observation) -> None:
        self._sights: Iterator[Observation] = iter(sights)
        self._last = sights[-1]

    def title(self) -> str:
        return "it is up"

    async def observe(self) -> Observation:
        return next(self._sights, self._last)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that passes only where something sleeps."""
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr("wizard.run.gate.time.monotonic", lambda: now)


async def all_looks(check: Scripted, **patience: float) -> list[Look]:
    return [look async for look in looks(check, CheckItem.model_construct(**patience))]


@pytest.mark.usefixtures("clock")
async def test_without_patience_there_is_one_look() -> None:
    assert [look.final for look in await all_looks(Scripted(FAIL, PASS))] == [True]


@pytest.mark.usefixtures("clock")
async def test_a_check_is_tried_until_it_passes() -> None:
    seen = await all_looks(Scripted(FAIL, UNKNOWN, PASS), within=30.0, every=1.0)
    assert [look.seen.outcome for look in seen] == [Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS]
    assert [look.final for look in seen] == [False, False, True]


@pytest.mark.usefixtures("clock")
async def test_a_check_that_never_passes_ends_within_its_time() -> None:
    seen = await all_looks(Scripted(FAIL), within=10.0, every=2.0)
    assert len(seen) == 6
    assert seen[-1].final


@pytest.mark.usefixtures("clock")
async def test_what_must_hold_is_looked_at_until_it_has_held() -> None:
    seen = await all_looks(Scripted(PASS), within=0.0, every=1.0, hold=5.0)
    assert len(seen) == 6
    assert seen[-1].seen.outcome is Outcome.PASS


@pytest.mark.usefixtures("clock")
async def test_what_does_not_hold_fails_though_it_passed() -> None:
    seen = await all_looks(Scripted(PASS, PASS, FAIL, PASS), within=60.0, every=1.0, hold=5.0)
    assert seen[-1].final
    assert seen[-1].seen.outcome is Outcome.FAIL


async def test_a_host_that_does_not_answer_is_unknown_and_never_a_pass() -> None:
    class Gone(Scripted):
        async def observe(self) -> Observation:
            raise HostUnreachable("no route", where="redis")

    seen = await look_once(Gone(PASS))
    assert seen.outcome is Outcome.UNKNOWN
    assert "no route" in seen.observed


@given(st.lists(st.sampled_from(list(Outcome))))
def test_a_gate_opens_on_nothing_but_passes_and_never_on_nothing_at_all(outcomes: list[Outcome]) -> None:
    verdict = Verdict([str(n) for n in range(len(outcomes))], outcomes)
    applying = [outcome for outcome in outcomes if outcome is not Outcome.SKIP]
    assert verdict.opens == (set(applying) == {Outcome.PASS})
    assert bool(verdict.blocked_by) != verdict.opens
