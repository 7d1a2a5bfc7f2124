"""Time in which this process did not run is told from time in which somebody else said nothing."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.heldclock import HeldClock
from wizard.hosts import waking


async def waited(clock: HeldClock, *steps: float) -> None:
    """Two and a half seconds of patience, while the clock takes these steps."""
    async with waking.timeout(2.5):
        for step in steps:
            await clock.on(step)


async def test_who_does_not_answer_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TimeoutError):
        await waited(HeldClock(monkeypatch), 1.0, 1.0, 0.5)


async def test_a_stall_of_this_process_is_nobody_elses_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    await waited(HeldClock(monkeypatch), 1.0, 1.0, 3600.0)


async def test_after_a_stall_who_does_not_answer_has_a_second_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TimeoutError):
        await waited(HeldClock(monkeypatch), 1.0, 1.0, 3600.0, 1.0)


async def test_what_is_there_in_time_ends_the_countdown(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HeldClock(monkeypatch)
    async with waking.timeout(2.5):
        await clock.through(1)
    await clock.through(5)


async def test_a_lapse_says_for_how_long_this_process_did_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HeldClock(monkeypatch)
    passing = asyncio.create_task(waking.lapse(5.0))
    await clock.on(0.0)
    await clock.through(2)
    await clock.on(61.0)
    lapse = await passing
    assert (lapse.slept, lapse.stalled) == (False, pytest.approx(60.0))


async def test_a_lapse_without_event_is_as_long_as_it_was_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HeldClock(monkeypatch)
    passing = asyncio.create_task(waking.lapse(5.0))
    await clock.on(0.0)
    await clock.through(4)
    assert not passing.done()
    await clock.through(1)
    assert await passing == waking.Lapse()


async def granted(clock: HeldClock, seconds: float, *steps: float) -> None:
    """Two and a half seconds of patience, and so many from the first step on."""
    async with waking.timeout(2.5) as countdown:
        await clock.on(1.0)
        countdown.grant(seconds)
        countdown.grant(1.0)
        for step in steps:
            await clock.on(step)


async def test_who_has_come_half_way_may_be_granted_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HeldClock(monkeypatch)
    await granted(clock, 5.0, *[1.0] * 4)
    with pytest.raises(TimeoutError):
        await granted(clock, 3.0, *[1.0] * 4)
