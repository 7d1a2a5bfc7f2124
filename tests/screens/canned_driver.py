"""A canned run on the screen: keys are pressed on it, and what it shows is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from screens.canned import CannedRun
from screens.interface import Interface
from screens.modals.base import Modal
from screens.run import RunScreen
from tests.screens.stories import Held, interface


class RunDriver:
    """Drives an interface on a canned run: presses keys, waits until they are taken in, and reads what is shown."""

    def __init__(self, app: Interface, pilot: Pilot[int], held: Held) -> None:
        self.app = app
        self.pilot = pilot
        self.held = held

    @property
    def run(self) -> RunScreen:
        """The run screen."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, RunScreen))

    @property
    def asking(self) -> bool:
        """A modal is open."""
        return isinstance(self.app.screen, Modal)

    async def press(self, *keys: str) -> None:
        """Press, once whatever is open listens."""
        for key in keys:
            self.held.later()
            await self.pilot.press(key)
        await self.settle()

    async def settle(self) -> None:
        """Let the interface take in what happened."""
        await self.pilot.pause()
        self.run.take_in()
        await self.pilot.pause()

    def shown(self) -> str:
        """Everything in sight, as text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)


@asynccontextmanager
async def drive_run(
    source: CannedRun, size: tuple[int, int] = (80, 24), plan: str | None = None
) -> AsyncIterator[RunDriver]:
    held = Held()
    app = interface(source, held, plan)
    async with app.run_test(size=size) as pilot:
        driver = RunDriver(app, pilot, held)
        await driver.settle()
        yield driver


def digit_key(place: int) -> str:
    return str((place + 1) % 10)
