"""A key that has nothing to show says so, and keys that every editor has do what they do everywhere."""

from __future__ import annotations

import pytest
from textual.widgets import TextArea

from screens.canned import CannedRun
from screens.modals.past import past
from screens.nothing import NOTHING
from screens.widgets.outline import Outline
from tests.screens import stories
from tests.screens.canned_driver import drive_run
from tests.screens.fake_shelf import many_runs
from tests.screens.stories import at_editable_gate


def told(driver: object) -> list[str]:
    return [notice.message for notice in driver.app._notifications]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("key", "name"), [("m", "monitor"), ("u", "undo_plan"), ("i", "preflight"), ("j", "jump"), ("o", "next_log")]
)
async def test_a_key_with_nothing_to_show_says_so(key: str, name: str) -> None:
    async with drive_run(CannedRun([], outputs={}), size=(120, 40)) as driver:
        await driver.press(key)
        assert told(driver) == [NOTHING[name]]


async def test_where_there_is_something_it_is_shown_and_nothing_is_said() -> None:
    async with drive_run(stories.watching(), size=(120, 40)) as driver:
        await driver.press("m")
        assert told(driver) == []
        assert type(driver.app.screen).__name__ == "Monitor"


async def test_the_ends_of_a_text_are_where_every_editor_has_them() -> None:
    async with drive_run(at_editable_gate()) as driver:
        await driver.press("2", "enter")
        area = driver.app.screen.query_one("#text", TextArea)
        area.load_text("one\ntwo\nthree")
        await driver.press("ctrl+end", "!")
        assert area.text == "one\ntwo\nthree!"
        await driver.press("ctrl+home", "#")
        assert area.text == "#one\ntwo\nthree!"
        await driver.press("ctrl+shift+end", "x")
        assert area.text == "#x"


async def test_evidence_is_a_verdict_before_the_steps_and_a_memory_after() -> None:
    async with drive_run(stories.at_evidence_gate(), size=(120, 40)) as driver:
        assert str(driver.run.query_one(Outline).options[0].prompt).split()[1] == "evidence"
        assert "at the start" not in str(driver.run.query_one(Outline).options[0].prompt)
    async with drive_run(stories.working(), size=(120, 40)) as driver:
        assert "evidence at the start" in str(driver.run.query_one(Outline).options[0].prompt)


def test_a_past_run_is_told_with_its_time_to_the_second_in_utc() -> None:
    run = next(one for one in many_runs() if one.began)
    body = past(run)._body
    assert not callable(body)
    assert f"{run.began[:10]} {run.began[11:19]}Z" in body.plain
