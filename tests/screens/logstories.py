"""A run at work whose hosts have printed a good deal, for what is done with logs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from screens.canned import CannedRun
from screens.interface import Interface
from screens.run import RunScreen
from screens.widgets.logpane import LogPane
from screens.widgets.logs import Logs
from tests.screens import stories
from tests.screens.stories import Held
from wizard.run.recorder import Output

LONG = "and so on " * 12


def printed(lines: int = 120) -> CannedRun:
    """A step at work on stock, with another host between its lines."""
    source = stories.working()
    for number in range(lines):
        source.output(Output("chown", "stock", f"stock line {number:03}, every tenth is odd: {LONG}\n".encode()))
        if number % 10 == 0:
            source.output(Output("chown", "gate", f"gate says {number}: Error in the gate\n".encode()))
    return source


def log_of(app: Interface) -> LogPane:
    """The log in use."""
    return app.screen.query_one(Logs).pane


def in_sight(pane: LogPane) -> list[str]:
    """The rows of a log, as they are shown."""
    return [pane.render_line(y).text.rstrip() for y in range(pane.scrollable_content_region.height)]


@asynccontextmanager
async def opened(
    source: CannedRun | None = None, size: tuple[int, int] = (120, 40), held: Held | None = None
) -> AsyncIterator[tuple[Interface, RunScreen, Pilot[int]]]:
    """The run screen, with the log in focus."""
    app = stories.interface(source or printed(), held)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunScreen)
        screen.logs.pane.focus()
        await pilot.pause()
        yield app, screen, pilot


async def until(pilot: Pilot[int], met: object) -> None:
    """Wait until it is so; a test that never sees it ends by its own limit."""
    assert callable(met)
    while not met():
        await pilot.pause(0.01)
    await pilot.pause()
