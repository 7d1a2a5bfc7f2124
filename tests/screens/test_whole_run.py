"""A run with a live engine behind the screen, from the first question to the last, by keys; and all of it undone."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.interface import Interface
from screens.live import LiveRun
from screens.report import Report
from screens.run import RunScreen
from screens.widgets.choices import Choices
from tests.fixtures.journals import make
from tests.screens.stories import Held
from wizard.run import state as st
from wizard.run.attempting import Manner
from wizard.run.intents import Stop
from wizard.run.journal import read
from wizard.run.preparation import Request, prepare
from wizard.run.session import Session

CHECKLIST = Path(make.__file__).parents[1] / "checklists" / "harbour.yaml"
TURNS = 1500
"""Frames without what is waited for after which a test has failed."""


class Sitting:
    """Hands on an interface with a live run."""

    def __init__(self, harbour: Path, live: LiveRun, app: Interface, pilot: Pilot[int], held: Held) -> None:
        self.harbour = harbour
        self.live = live
        self.app = app
        self.pilot = pilot
        self.held = held

    @property
    def run(self) -> RunScreen:
        """The run screen."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, RunScreen))

    @property
    def state(self) -> st.RunState:
        """How the run stands."""
        return self.run.view.state

    async def until(self, met: Callable[[], bool]) -> None:
        """Let the interface go on until it is so."""
        for _ in range(TURNS):
            if met():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"never; the run stands at {self.state.current!r}, waits for {self.run.view.waiting}")

    async def asked(self, scope: str) -> None:
        """Wait until a modal asks about this."""
        await self.until(lambda: self._asks_about(scope))
        self.held.later()

    def _asks_about(self, scope: str) -> bool:
        waiting = self.run.view.waiting
        return isinstance(self.app.focused, Choices) and waiting is not None and waiting.scope == scope

    async def press(self, *keys: str) -> None:
        """Press, with every modal listening."""
        for key in keys:
            self.held.later()
            await self.pilot.press(key)

    async def over(self, word: str) -> None:
        """Wait until the engine has ended and the end is shown."""
        await self.until(lambda: self.live.outcome is not None and isinstance(self.app.focused, Choices))
        assert self.live.outcome is not None
        assert self.live.outcome.word == word


@asynccontextmanager
async def sitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sitting]:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    harbour = tmp_path / "harbour"
    harbour.mkdir()
    (harbour / "board").write_text("yesterday\n")
    (harbour / "table").write_text("today\n")
    run_dir = tmp_path / "run"
    prepared = prepare(Request(str(CHECKLIST), [f"where={harbour}", "pace=0"], run_dir=run_dir))
    live = LiveRun(prepared, Manner(approve=True), Session.walk)
    held = Held()
    app = Interface(lambda: RunScreen(live), held.clocks)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            here = Sitting(harbour, live, app, pilot, held)
            await here.asked("preflight")
            await here.press("1", "enter")
            yield here
    finally:
        if live.running:
            live.submit(Stop())
            live.wait()


async def test_the_incident_is_worked_by_keys_alone_to_a_resolved_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sitting(tmp_path, monkeypatch) as here:
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
    async with sitting(tmp_path, monkeypatch) as here:
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
    async with sitting(tmp_path, monkeypatch) as here:
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
    async with sitting(tmp_path, monkeypatch) as here:
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
    async with sitting(tmp_path, monkeypatch) as here:
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
    async with sitting(tmp_path, monkeypatch) as here:
        await here.asked("backup")
        assert "engine" in {thread.name for thread in threading.enumerate()}
