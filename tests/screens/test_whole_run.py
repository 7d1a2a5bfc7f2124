"""A run with a live engine behind the screen, from the first question to the last, by keys; and all of it undone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from screens.report import Report
from screens.widgets.choices import Choices
from tests.screens.live_driver import drive_live
from wizard.run.journal import read


async def test_the_incident_is_worked_by_keys_alone_to_a_resolved_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await here.asked("backup")
        assert not (here.harbour / "board.old").exists()
        await here.press("2", "enter")
        await here.until(
            lambda: bool(
                here.run.view.waiting
                and here.run.view.state.question
                and here.run.view.state.question.purpose == "safe_stop"
            )
        )
        await here.asked("backup")
        await here.press("1", "enter")
        await here.asked("lamp")
        assert here.state.blocked is not None
        (here.harbour / "fuse").touch()
        await here.press("1", "enter")
        await here.asked("bell")
        assert not (here.harbour / "bell").exists()
        await here.press("1", "enter")
        await here.until((here.harbour / "bell").exists)
        await here.asked("bell")
        await here.press("1", "enter", "enter")
        await here.asked("ask")
        await here.press("1", "enter", *"yes", "enter")
        await here.over("resolved")
        await here.press("1", "enter")
        await here.until(lambda: isinstance(here.app.screen, Report))
        assert here.live.outcome is not None
        assert here.live.outcome.exit_status == 0
    words = [getattr(record.event, "note", "") for record in read(here.live.directory).records]
    assert "agreed to for the whole phase" in words
    assert "run again, as chosen at its gate" in words


async def test_everything_is_undone_from_a_gate_each_with_its_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await here.asked("backup")
        await here.press("2", "enter")
        await here.until(lambda: bool(here.state.question and here.state.question.purpose == "safe_stop"))
        await here.asked("backup")
        await here.press("1", "enter")
        await here.asked("lamp")
        assert (here.harbour / "board").read_text() == "today\n"
        await here.press("7", "enter", *"enough", "enter")
        await here.over("rolled back")
        undoing = here.run.view.undoing
        assert undoing is not None
        assert {step: ended.outcome for step, ended in undoing.ended.items()} == {
            "lamp": "ran, unproven",
            "write": "restored, proven",
            "backup": "ran, unproven",
        }
    assert (here.harbour / "board").read_text() == "yesterday\n"
    assert not (here.harbour / "board.old").exists()


async def test_a_watch_is_ended_early_and_owned_up_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        (here.harbour / "fuse").touch()
        await here.asked("backup")
        await here.press("2", "enter")
        await here.until(lambda: bool(here.state.question and here.state.question.purpose == "safe_stop"))
        await here.asked("backup")
        await here.press("1", "enter")
        await here.asked("bell")
        await here.press("1", "enter")
        await here.until((here.harbour / "bell").exists)
        await here.asked("bell")
        await here.press("1", "enter", "enter")
        await here.until(lambda: bool(here.state.steps["tide"].samples))
        await here.press("c")
        await here.until(lambda: isinstance(here.app.focused, Choices))
        await here.press("2", "enter", *"calm", "enter")
        await here.asked("tide")
        assert "ended early: calm" in here.run.source.report()
        assert here.state.steps["tide"].action is not None
        assert "ended by a person" in here.state.steps["tide"].action.what
        await here.press("3", "enter", *"enough", "enter")
        await here.asked("ask")
        assert list(here.state.deviations) == ["tide accepted: enough"]


async def test_a_paused_run_goes_on_in_the_same_sitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await here.asked("backup")
        await here.press("3", "enter")
        await here.over("paused")
        assert here.run.check_action("go_on", ())
        here.app.screen.query_one(Choices).highlighted = 2
        await here.press("enter")
        await here.asked("backup")
        assert here.live.running


async def test_a_run_is_rolled_back_from_a_question_in_the_same_sitting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await here.asked("backup")
        await here.press("1", "enter")
        await here.until((here.harbour / "board.old").exists)
        await here.asked("backup")
        await here.press("escape", "b")
        await here.until(lambda: isinstance(here.app.focused, Choices))
        await here.press("1", "enter", "enter")
        await here.over("rolled back")
    assert not (here.harbour / "board.old").exists()


async def test_the_engine_works_in_a_thread_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await here.asked("backup")
        assert "engine" in {thread.name for thread in threading.enumerate()}
