"""Notes on the screen: taken with a tag and a time, listed, ticked, settled."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest
from hypothesis import given

from screens import keys
from screens.canned import CannedRun, past_run
from screens.notes import Notes, _about, _told, lines_of
from screens.report import Report
from screens.view import View
from tests.screens import stories
from tests.screens.canned_driver import RunDriver, drive_run
from tests.screens.hostile_text import HOSTILE_TEXT
from tests.screens.stories import followed
from wizard.run.events import NoteAdded, NoteSettled
from wizard.run.intents import AddNote, PutOnRecord
from wizard.run.journal import read
from wizard.text import hidden

NOTED = (
    NoteAdded("customers report errors", "observation", "", "2026-03-14T01:40:00.000Z"),
    NoteAdded("somebody ran chown by hand", "hypothesis", "chown"),
    NoteAdded("tell the shop", "todo"),
    NoteAdded("we stop the writers", "decision"),
)


def noted(*more: NoteAdded | NoteSettled, running: bool = True) -> CannedRun:
    start = stories.upto("clean", stories.ev.AttemptClaimed, 4)
    told = followed(start, *NOTED, *more)
    return CannedRun(told, outputs=stories.outputs(), running=running)


FIRST = len(stories.upto("clean", stories.ev.AttemptClaimed, 4)) + 1
"""The number of the first note's event."""


def rows(driver: RunDriver) -> list[str]:
    screen = driver.app.screen
    assert isinstance(screen, Notes)
    return [line.note.text for line in screen._lines]


async def test_a_tag_is_chosen_by_arrow_keys_and_a_typed_one_counts_more() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("n", "down", "down", *"it swaps")
        assert "Goes on record as of now" in driver.shown()
        await driver.press("enter")
        await driver.press("n", "down", *"#todo", "space", *"call", "enter")
        await driver.press("n", "up", *"next time", "enter")
    tags = [(one.text, one.tag) for one in source.submitted if isinstance(one, AddNote)]
    assert tags == [("it swaps", "hypothesis"), ("call", "todo"), ("next time", "lesson")]


async def test_a_leading_time_is_utc_of_today_or_yesterday_and_told_before_it_is_kept() -> None:
    source = noted()
    async with drive_run(source, (120, 40)) as driver:
        await driver.press("n", *"02:10", "space", *"errors")
        assert "Goes on record for 2026-03-14 02:10 UTC, 11:07 ago" in driver.shown()
        await driver.press("enter")
        await driver.press("n", *"23:50", "space", *"slow")
        assert "Goes on record for 2026-03-13 23:50 UTC, 2:31:07 ago" in driver.shown()
        await driver.press("enter")
    assert [one.when for one in source.submitted if isinstance(one, AddNote)] == [
        "2026-03-14T02:10:00.000Z",
        "2026-03-13T23:50:00.000Z",
    ]


async def test_a_time_to_come_is_refused_with_the_reason() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("n", *"2026-03-15", "space", *"02:10", "space", *"x", "enter")
        assert "still to come" in driver.shown()
        assert driver.asking
    assert source.submitted == []


async def test_notes_stand_by_the_time_they_speak_of_and_are_filtered_by_tag() -> None:
    async with drive_run(noted()) as driver:
        await driver.press("N")
        assert rows(driver) == [note.text for note in NOTED]
        assert "4 notes" in driver.shown()
        await driver.press("t", "t")
        assert rows(driver) == ["we stop the writers"]
        assert "#decision: 1 of 4" in driver.shown()
        await driver.press("t", "t", "t")
        assert len(rows(driver)) == 4


async def test_a_todo_is_ticked_and_opened_again() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("N", "home", "down", "down", "space")
        assert source.submitted == [PutOnRecord(NoteSettled(FIRST + 2, "done"))]
        source.tell(followed(stories.records("clean")[: FIRST + 3], NoteSettled(FIRST + 2, "done"))[-1:])
        await driver.settle()
        await driver.press("enter")
    assert source.submitted[1:] == [PutOnRecord(NoteSettled(FIRST + 2, "open"))]


async def test_a_hypothesis_is_eliminated_only_with_a_because() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("N", "home", "down", "space", "1", "enter", "enter")
        assert "Somebody has to stand for this" in driver.shown()
        await driver.press(*"the log has no chown", "enter")
    assert source.submitted == [PutOnRecord(NoteSettled(FIRST + 1, "eliminated", "the log has no chown"))]


async def test_a_click_picks_and_a_click_on_what_is_picked_ticks() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("N")
        driver.held.later()
        await driver.pilot.click("#notes", offset=(30, 3))
        await driver.settle()
        assert source.submitted == []
        await driver.pilot.click("#notes", offset=(30, 3))
        await driver.settle()
    assert source.submitted == [PutOnRecord(NoteSettled(FIRST + 2, "done"))]


async def test_what_is_neither_todo_nor_hypothesis_is_not_settled() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("N", "home", "space")
        assert not driver.asking
    assert source.submitted == []


async def test_a_note_taken_from_the_list_is_about_the_step_looked_at() -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("N", "n", *"yes", "enter")
        assert isinstance(driver.app.screen, Notes)
    assert source.submitted == [AddNote("yes", "observation", "chown", "")]


@pytest.mark.parametrize(("typed", "why"), [("#done 1", "is no todo"), (f"#done {FIRST + 1}", "hypothesis is open or")])
async def test_a_tick_for_what_is_not_there_is_refused(typed: str, why: str) -> None:
    source = noted()
    async with drive_run(source) as driver:
        await driver.press("n", *typed, "enter")
        assert why in "\n".join(one.message for one in driver.app._notifications)
    assert source.submitted == []


async def test_a_note_on_a_run_that_was_keeps_its_step_and_its_time_and_is_in_the_list_at_once(tmp_path: Path) -> None:
    copy(stories.JOURNALS / "clean.jsonl", tmp_path / "events.jsonl")
    async with drive_run(past_run(tmp_path)) as driver:
        await driver.press(
            "s", "home", "down", "enter", "down", "n", *"02:10", "space", *"#todo", "space", *"call", "enter"
        )
        await driver.press("N")
        assert "call" in rows(driver)
    note = read(tmp_path).records[-1].event
    assert isinstance(note, NoteAdded)
    assert (note.text, note.tag, note.when) == ("call", "todo", "2026-03-14T02:10:00.000Z")
    assert note.about == "look"


def test_the_order_is_the_time_that_is_spoken_of() -> None:
    late = NoteAdded("began earlier", "observation", "", "2026-03-14T01:00:00.000Z")
    told = followed(stories.upto("clean", stories.ev.AttemptClaimed, 4), *NOTED, late)
    assert lines_of(told)[0].note == late


@given(HOSTILE_TEXT)
def test_nothing_that_a_terminal_would_obey_is_told(text: str) -> None:
    hostile = [NoteAdded(text, "hypothesis", "chown"), NoteAdded(text, "todo"), NoteSettled(FIRST, "confirmed", text)]
    view = View()
    view.take(followed(stories.upto("clean", stories.ev.AttemptClaimed, 4), *hostile))
    for line in lines_of(view.noted):
        for content in (_told(line), _about(view, line)):
            assert hidden(content.plain.replace("\n", "")) is None


@pytest.mark.parametrize(("declared", "screen"), [(keys.REPORT_KEYS, Report), (keys.NOTES_KEYS, Notes)])
def test_every_key_of_these_screens_has_its_action_and_stands_for_one_thing(
    declared: tuple[keys.Key, ...], screen: type
) -> None:
    assert all(hasattr(screen, f"action_{key.id}") for key in declared)
    pressed = [one for key in declared for one in key.key.split(",")]
    assert len(set(pressed)) == len(pressed)
