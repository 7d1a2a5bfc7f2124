"""The interface from its first screen on: keys are pressed on it, and what they open is waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from screens.app import _Sitting
from screens.run import RunScreen
from tests.screens.stories import Held
from wizard.run.intents import Stop


class StartDriver:
    """Drives an interface from its first screen on: presses keys, and waits for what they open."""

    def __init__(self, sitting: _Sitting, pilot: Pilot[int], held: Held) -> None:
        self.sitting = sitting
        self.pilot = pilot
        self.held = held

    @property
    def screen(self) -> Screen[Any]:
        """What is in sight."""
        return self.sitting._app.screen

    async def until(self, met: Callable[[], bool]) -> None:
        """Let the interface go on until it is so."""
        for _ in range(1500):
            if met():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"never; {self.screen} is in sight")

    async def press(self, *keys: str) -> None:
        """Press, with every modal listening."""
        for key in keys:
            self.held.later()
            await self.pilot.press(key)
        await self.pilot.pause()

    def on_run(self) -> bool:
        """A run is in sight, with everything it will say at first."""
        return any(
            isinstance(screen, RunScreen) and screen.view.state.started for screen in self.sitting._app.screen_stack
        )

    def complaints(self) -> list[str]:
        """What the form says is wrong."""
        return [str(one.content) for one in self.screen.query(".complaint").results(Static) if one.display]


@asynccontextmanager
async def drive_start(first: Callable[[_Sitting], Screen[Any]]) -> AsyncIterator[StartDriver]:
    held = Held()
    made = _Sitting(first)
    made._app.clocks = held.clocks
    try:
        async with made._app.run_test(size=(100, 40)) as pilot:
            await pilot.pause()
            yield StartDriver(made, pilot, held)
    finally:
        made._submit(Stop())
        made._wait()
