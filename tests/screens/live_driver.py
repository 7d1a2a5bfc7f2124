"""A run with a live engine on the screen: keys are pressed on it, and what it asks is waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.interface import Interface
from screens.live import LiveRun
from screens.run import RunScreen
from screens.widgets.choices import Choices
from tests.screens.sandbox import HARBOUR, build_harbour
from tests.screens.stories import Held
from wizard.run import state as st
from wizard.run.attempting import Manner
from wizard.run.intents import Stop
from wizard.run.preparation import Request, prepare
from wizard.run.session import Session

TURNS = 1500
"""Frames without what is waited for after which a test has failed."""


class LiveDriver:
    """Drives an interface with a live engine: presses keys, and waits for what is asked."""

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
async def drive_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LiveDriver]:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    harbour = build_harbour(tmp_path)
    run_dir = tmp_path / "run"
    prepared = prepare(Request(str(HARBOUR), [f"where={harbour}", "pace=0"], run_dir=run_dir))
    live = LiveRun(prepared, Manner(approve=True), Session.walk)
    held = Held()
    app = Interface(lambda: RunScreen(live), held.clocks)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            here = LiveDriver(harbour, live, app, pilot, held)
            await here.asked("preflight")
            await here.press("1", "enter")
            yield here
    finally:
        if live.running:
            live.submit(Stop())
            live.wait()
