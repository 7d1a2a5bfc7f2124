"""What is on the screen is how it stands now: nothing of before reads as of now, nothing that waits as running."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace

import pytest

from screens.canned import CannedRun
from screens.help import help_told
from screens.view import View
from screens.watch import SOMEBODY
from screens.widgets.outline import ASKS, Outline
from tests.screens import stories
from tests.screens.canned_driver import digit_key, drive_run
from wizard.run import events as ev
from wizard.run.intents import GATE_ANSWERS, UNDO_EVERYTHING


async def test_after_an_undo_the_gate_shows_no_verdict_of_before_as_one_of_now() -> None:
    async with drive_run(stories.at_undone_gate(), size=(120, 40)) as driver:
        shown = driver.shown()
        assert "◀ the step was undone: rolled back   Nothing was looked at since." in shown
        assert "earlier" in shown
        assert "fail before the undo" in shown
        assert "✘ fail" not in shown
        assert "expected" not in shown
        await driver.press("escape")
        assert "not looked at since the undo" in driver.shown()


async def test_an_undo_that_failed_is_no_good_news() -> None:
    async with drive_run(stories.at_undone_gate("rollback incomplete"), size=(120, 40)) as driver:
        assert "✘ the step was undone: rollback incomplete" in driver.shown()
        assert "✘ fail" not in driver.shown()


async def test_before_an_undo_the_verdicts_are_of_now() -> None:
    async with drive_run(stories.at_gate(), size=(120, 40)) as driver:
        assert "✘ fail" in driver.shown()
        assert "before the undo" not in driver.shown()


@pytest.mark.parametrize("story", [stories.at_approval, stories.at_manual], ids=["approval", "manual"])
async def test_a_step_that_asks_is_not_called_running(story: Callable[[], CannedRun]) -> None:
    async with drive_run(story(), size=(120, 40)) as driver:
        await driver.press("escape")
        assert "● running" not in driver.shown()
        assert "■ waiting for you" in driver.shown()
        assert "WAITING FOR YOU" in driver.shown()
        listed = driver.app.screen.query_one(Outline).options
        assert sum(str(option.prompt).rstrip().endswith(ASKS) for option in listed) == 1


async def test_who_only_watches_is_not_asked() -> None:
    async with drive_run(stories.at_approval(), size=(120, 40)) as driver:
        driver.run.view.waits_for = SOMEBODY
        await driver.press("escape", "f")
        assert "waiting for somebody else" in driver.shown()


async def test_a_step_at_work_is_running() -> None:
    async with drive_run(stories.working(), size=(120, 40)) as driver:
        assert "● running" in driver.shown()


def practised(source: CannedRun) -> CannedRun:
    """The same run as a drill's, on what the checklist calls production."""
    told = [message for message in source.take() if isinstance(message, ev.Record)]
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    told[0] = replace(told[0], event=replace(started, practice=True))
    for place, record in enumerate(told):
        if isinstance(record.event, ev.HostConnected) and record.event.host != "local":
            told[place] = replace(record, event=replace(record.event, environment="production"))
    return stories.live(told)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "small"])
async def test_a_drill_says_in_the_run_that_its_host_is_a_practice_host(size: tuple[int, int]) -> None:
    async with drive_run(practised(stories.at_approval()), size) as driver:
        assert "PRACTICE" in driver.shown().splitlines()[0]
        assert "practice host, as production" in driver.shown()
        await driver.press("escape")
        assert "PRACTICE" in driver.shown().splitlines()[0]
        assert "practice host, as production" in driver.shown()


async def test_leaving_a_drill_promises_no_resume() -> None:
    async with drive_run(practised(stories.at_approval()), size=(80, 24)) as driver:
        await driver.press("escape", "q")
        assert "The practice host goes when you leave" in driver.shown()
        assert "end the drill" in driver.shown()
        assert "pause and leave" not in driver.shown()
        assert "wizard resume" not in driver.shown()


async def test_a_run_on_real_hosts_is_no_practice() -> None:
    async with drive_run(stories.at_approval(), size=(120, 40)) as driver:
        assert "practice" not in driver.shown().casefold()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "small"])
async def test_where_a_name_is_typed_in_a_drill_it_is_said_whose(size: tuple[int, int]) -> None:
    async with drive_run(practised(stories.at_gate()), size) as driver:
        await driver.press(digit_key(GATE_ANSWERS.index(UNDO_EVERYTHING)), "enter")
        assert "type stock, then enter · esc (a practice host)" in driver.shown()


async def test_a_step_that_is_taken_up_again_says_so_in_the_log() -> None:
    told = stories.upto("crashed_and_resumed", ev.RunEnded)
    begun = [record.event.step for record in told if isinstance(record.event, ev.StepStarted)]
    again = next(step for step in begun if begun.count(step) > 1)
    view = View()
    view.take(told)
    log = view.log(next(record.event.host for record in told if getattr(record.event, "step", "") == again))
    marks = [line.data.decode() for number in log.marks if (line := log.line(number))]
    named = [mark for mark in marks if mark.endswith(view.named(again))]
    assert named == [view.named(again), f"again: {view.named(again)}"]


@pytest.mark.parametrize("width", [75, 80, 100, 120])
def test_no_sign_stands_at_the_end_of_a_line_without_its_word(width: int) -> None:
    rows = [row.rstrip() for line in help_told([]).plain.split("\n") for row in textwrap.wrap(line, width) or [""]]
    assert [row for row in rows if row.endswith(tuple("○●◐■✔✘?–!◀‖·"))] == []
    assert [row for row in rows if len(row) > width] == []
