"""The monitor: what is left, a mark a look, numbers with their gaps, matching lines, and an end that has a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from screens.canned import CannedRun
from screens.monitor import Monitor
from screens.run import RunScreen
from screens.view import View
from screens.widgets import watching
from screens.widgets.choices import Choices
from screens.widgets.pane import Pane
from screens.widgets.wrapped import Wrapped
from tests.screens import stories
from tests.screens.pictures import SIZES, Compare
from tests.screens.stories import NOW, Held, interface, live, upto
from tests.screens.watchstories import mid_watch, sample, samples, watch_records
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.intents import ABORT, Answer, CancelStep

LONG = "a name that goes on and on, as names do that somebody gave in a hurry at night, and then on " * 2


def with_gaps() -> CannedRun:
    return live(watch_records(samples("........??....      .....x....        ...")))


def folded() -> CannedRun:
    return live(watch_records(samples(("." * 37 + "x" + "." * 40 + "??" + "." * 20) * 3)))


def failed() -> CannedRun:
    what = "31 looks: 29 ok, 2 bad, 0 without data; 3 scheduled saves due, 2 saves seen, 1 missed"
    ended = ev.ActionEnded("watch", 1, ok=False, known=True, what=what)
    return live(watch_records(samples("." * 24 + "x....x"), ended))


def long_names() -> CannedRun:
    looks = [
        sample(
            number,
            "bad",
            seen={LONG: LONG, "[@click=app.quit]x": "\x1b[31mred\x1b]0;title\x07"},
            numbers={LONG: number, "n": -1},
            lines=[LONG, "\u202eright to left [bold]no markup[/]"],
        )
        for number in range(1, 9)
    ]
    return live(watch_records(looks))


def nothing_yet() -> CannedRun:
    return live(upto("clean", ev.SampleTaken)[:-1])


PAGES = {
    "mid_watch": mid_watch,
    "gaps": with_gaps,
    "folded": folded,
    "failed": failed,
    "long_names": long_names,
    "nothing_yet": nothing_yet,
}


async def opened(pilot: Pilot[int]) -> None:
    await pilot.pause()
    app = pilot.app
    if not isinstance(app.screen, Monitor):
        run = app.screen
        assert isinstance(run, RunScreen)
        run.action_monitor()
    await pilot.pause()


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_the_monitor(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(interface(PAGES[name]()), terminal_size=size, run_before=opened)


@SIZES
def test_the_step_shows_it_in_brief(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(interface(mid_watch()), terminal_size=size)


@SIZES
def test_ending_it_early(snap_compare: Compare, size: tuple[int, int]) -> None:
    held = Held()

    async def before(pilot: Pilot[int]) -> None:
        await opened(pilot)
        for key in ("c", "2", "enter"):
            held.later()
            await pilot.press(key)
        await pilot.pause()

    assert snap_compare(interface(mid_watch(), held), terminal_size=size, run_before=before)


def view_of(records: Sequence[Record]) -> View:
    view = View()
    view.take(records)
    return view


def lines_of(records: Sequence[Record], width: int = 100, *, over: bool = False) -> list[str]:
    looks = view_of(records).looks["watch"]
    return watching.told(looks, NOW, width, over=over).plain.split("\n")


def test_it_counts_down_by_what_the_last_look_said() -> None:
    told = lines_of(watch_records(samples("....")))
    assert told[0].split() == ["left", "57:43", "left,", "ends", "at", "03:18:50Z"]


def test_a_mark_a_look_and_a_gap_where_there_was_none() -> None:
    told = lines_of(watch_records(samples("....x.?.   ..")))
    assert told[1] == "looks    ····✘·?·   ··"
    assert "10 looks: 8 ok, 1 bad, 1 without data, 3 looks missing" in told[2]


def test_a_long_watch_is_folded_and_says_so() -> None:
    told = lines_of(watch_records(samples("." * 500 + "x" + "." * 100)), 80)
    assert len(told[1]) <= 80
    assert told[1].count("✘") == 1
    assert "a mark stands for up to 9 looks: the worst of them" in told[3]


def test_the_next_scheduled_save_is_told_until_it_is_overdue() -> None:
    def save(seconds: float | None) -> str:
        look = sample(1, "ok", next_save=seconds)
        return next(line for line in lines_of(watch_records([look])) if line.startswith("save"))

    assert save(60.0) == "save     next one due at 02:21:50Z, in 00:43"
    assert save(-60.0) == "save     next one due at 02:19:50Z, 01:17 ago"
    assert save(None) == "save     none is due: too little is unsaved"


def test_a_missing_number_is_a_gap_and_never_filled_in() -> None:
    looks = view_of(watch_records(samples("....??...."))).looks["watch"]
    row = next(line for line in watching.figures(looks, 100).plain.split("\n") if line.startswith("changes"))
    course = row.removeprefix("changes since last save  ")
    assert [mark == " " for mark in course[:10]] == [False] * 4 + [True] * 2 + [False] * 4
    restarts = next(line for line in watching.figures(looks, 100).plain.split("\n") if line.startswith("restarts"))
    assert "▁" * 10 in restarts


def test_a_number_that_the_last_look_did_not_bring_has_no_last_value() -> None:
    looks = view_of(watch_records(samples("....?"))).looks["watch"]
    assert "last no data" in watching.figures(looks, 100).plain


def test_an_older_journal_shows_the_numbers_that_it_told() -> None:
    looks = view_of(stories.watching()._untold).looks["watch"]  # type: ignore[arg-type]
    shown = watching.figures(looks, 100).plain
    assert "changes unsaved" in shown
    assert "last 12" in shown


class Driver:
    """Drives a run screen by keys."""

    def __init__(self, pilot: Pilot[int], held: Held) -> None:
        self.pilot = pilot
        self.held = held

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.held.later()
            await self.pilot.press(key)
        await self.pilot.pause()

    def shown(self) -> str:
        return "\n".join(str(one.query_one(Wrapped).visual) for one in self.pilot.app.screen.query(Pane))


async def using(source: CannedRun, act: Callable[[Driver], Awaitable[None]]) -> None:
    held = Held()
    async with interface(source, held).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await act(Driver(pilot, held))


async def test_m_opens_it_and_closes_it_again() -> None:
    async def act(driver: Driver) -> None:
        await driver.press("m")
        assert isinstance(driver.pilot.app.screen, Monitor)
        await driver.press("m")
        assert isinstance(driver.pilot.app.screen, RunScreen)

    await using(mid_watch(), act)


async def test_where_no_watch_is_in_sight_m_does_nothing() -> None:
    async def act(driver: Driver) -> None:
        await driver.press("m")
        assert isinstance(driver.pilot.app.screen, RunScreen)

    await using(stories.working(), act)


@pytest.mark.parametrize("before", [(), ("m",)], ids=["run", "monitor"])
async def test_a_watch_is_ended_early_only_with_a_reason(before: tuple[str, ...]) -> None:
    source = mid_watch()

    async def act(driver: Driver) -> None:
        await driver.press(*before, "c", "2", "enter", "enter")
        assert source.submitted == []
        await driver.press(*"enough", "enter")
        assert source.submitted == [CancelStep("enough")]

    await using(source, act)


async def test_a_watch_that_is_left_alone_goes_on() -> None:
    source = mid_watch()

    async def act(driver: Driver) -> None:
        await driver.press("m", "c", "1", "enter", "c", "escape")
        assert source.submitted == []
        assert isinstance(driver.pilot.app.screen, Monitor)

    await using(source, act)


async def test_what_is_over_cannot_be_ended() -> None:
    source = failed()

    async def act(driver: Driver) -> None:
        await driver.press("m", "c")
        assert not list(driver.pilot.app.screen.query(Choices))

    await using(source, act)


async def test_what_waits_is_answered_from_it_too() -> None:
    shut = stories.gate_events("watch", advice=[])
    source = live(watch_records(samples("...x"), shut))

    async def act(driver: Driver) -> None:
        await driver.press("escape", "m")
        assert isinstance(driver.pilot.app.screen, Monitor)
        await driver.press("a", "0", "enter")
        assert source.submitted == [Answer("watch", ABORT)]

    await using(source, act)


async def test_it_keeps_up_with_the_watch() -> None:
    source = mid_watch()

    async def act(driver: Driver) -> None:
        await driver.press("m")
        last = watch_records(samples("." * 33))[-1]
        source.tell([replace(last, seq=last.seq + 9, event=sample(34, "bad", lines=["a line that was not there"]))])
        for _ in range(500):
            if "a line that was not there" in matching_of(driver):
                return
            await driver.pilot.pause(0.02)
        raise AssertionError(matching_of(driver))

    await using(source, act)


def matching_of(driver: Driver) -> str:
    return "\n".join(_texts(driver.pilot.app.screen))


def _texts(screen: Any) -> Iterator[str]:
    for one in screen.query(Pane):
        yield one._shown.plain
