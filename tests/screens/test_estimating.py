"""What the interface says of the time that is left: only what earlier runs tell, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from screens.canned import CannedRun
from screens.estimating import NOTHING_TO_GO_BY, left_in_brief, left_in_full, remember
from screens.run import RunScreen
from screens.view import View
from screens.widgets.detail import Detail
from screens.widgets.heading import heading
from tests.screens import stories
from tests.screens.stories import NOW, interface
from tests.screens.watchstories import mid_watch
from wizard.run import events as ev
from wizard.run.estimate import Timing

STEPS = ("look", "open-access", "save", "stop", "chown", "start", "watch", "backups")
EARLIER = [Timing(dict.fromkeys(STEPS, seconds)) for seconds in (60.0, 90.0, 150.0)]


def view_of(source: CannedRun, earlier: Sequence[Timing] | None = EARLIER) -> View:
    view = View(source.checklist)
    view.take(source.take())
    view.earlier = earlier
    return view


def begun(view: View) -> timedelta:
    """Just when the last event happened."""
    assert view.stopwatch.at
    return view.stopwatch.at - NOW


def test_the_heading_tells_what_is_left_where_there_is_room() -> None:
    view = view_of(stories.working())
    now = NOW + begun(view)
    assert left_in_brief(view, now).startswith("about ")
    assert "min left" in heading(view, running=True, now=now, width=120).plain
    narrow = heading(view, running=True, now=now, width=60).plain
    assert "left" not in narrow
    assert "LIVE" in narrow


def test_what_is_left_grows_less_while_a_step_works_and_not_while_a_person_is_waited_for() -> None:
    working = view_of(stories.working(), [Timing(dict.fromkeys(STEPS, 100.0))])
    at = NOW + begun(working)
    assert left_in_brief(working, at) != left_in_brief(working, at + timedelta(seconds=90))
    waiting = view_of(stories.at_approval(), [Timing(dict.fromkeys(STEPS, 100.0))])
    at = NOW + begun(waiting)
    assert left_in_brief(waiting, at) == left_in_brief(waiting, at + timedelta(hours=1))


def test_a_watch_says_itself_when_it_ends() -> None:
    view = view_of(mid_watch(), [Timing({"watch": 60.0, "backups": 0.0})])
    assert left_in_brief(view, NOW) == "about 43 min left"


def test_it_is_told_in_full_with_what_it_is_taken_from() -> None:
    view = view_of(stories.working())
    told = left_in_full(view, NOW + begun(view))
    assert told.startswith("About ")
    assert "from 3 earlier runs" in told
    assert "waiting for people is not counted in" in told


@pytest.mark.parametrize(("earlier", "told"), [(None, ""), ([], NOTHING_TO_GO_BY)])
def test_where_there_was_no_earlier_run_only_that_is_said(earlier: Sequence[Timing] | None, told: str) -> None:
    view = view_of(stories.working(), earlier)
    assert left_in_brief(view, NOW) == ""
    assert left_in_full(view, NOW) == told


def test_practice_tells_nothing_of_a_real_host() -> None:
    practised = [replace(one, practice=True) for one in EARLIER]
    assert left_in_brief(view_of(stories.working(), practised), NOW) == ""


def test_nothing_is_left_of_a_run_that_ended_or_is_undone() -> None:
    assert left_in_brief(view_of(CannedRun(stories.records("clean"), outputs={})), NOW) == ""
    assert left_in_brief(view_of(stories.undoing()), NOW) == ""


class Remembering(CannedRun):
    """A run that knows of earlier ones."""

    def earlier(self) -> Sequence[Timing]:
        return EARLIER


async def test_the_screen_reads_earlier_runs_and_tells_of_them_in_a_phase() -> None:
    source = Remembering(stories.upto("clean", ev.AttemptClaimed, 4), outputs=stories.outputs(), running=True)
    async with interface(source).run_test(size=(120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, RunScreen)
        for _ in range(500):
            if screen.view.earlier:
                break
            await pilot.pause(0.02)
        screen.looking_at, screen.following = "phase:mend", False
        screen._show()
        await pilot.pause()
        assert "earlier runs" in screen.query_one(Detail)._shown.plain


def test_a_source_that_fails_says_nothing() -> None:
    class Failing(CannedRun):
        def earlier(self) -> Sequence[Timing]:
            raise OSError("on purpose")

    view = View()
    remember(Failing([], Path(), running=True), view)
    assert view.earlier is None
