"""A picture of what is done with logs, in a wide terminal and in a small one."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from screens.widgets.logs import Logs
from tests.screens.logstories import printed
from tests.screens.pictures import SIZES, Compare
from tests.screens.stories import Held, interface

LOOKS = {
    "search": ("slash", *"line 05", "enter"),
    "not_found": ("slash", *"needle"),
    "times": ("t",),
    "wrapped": ("w", "t"),
    "together": ("O", "t"),
    "apart": ("O", "O"),
    "jump": ("j", *"2."),
    "looked_back": ("home",),
    "zoomed": ("z", "slash"),
    "zoomed_apart": ("O", "O", "z"),
}


async def searched(pilot: Pilot[int], logs: Logs) -> None:
    """Wait until what is searched for was searched for: that begins when nobody types any more."""
    while logs._needle and not (logs._search and logs._search.needle is logs._needle and not logs._search.behind):
        await pilot.pause(0.01)
    await pilot.pause()


@SIZES
@pytest.mark.parametrize("name", LOOKS)
def test_a_log(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()

    async def before(pilot: Pilot[int]) -> None:
        await pilot.pause()
        logs = pilot.app.screen.query_one(Logs)
        logs.pane.focus()
        for key in LOOKS[name]:
            held.later()
            await pilot.press(key)
        await searched(pilot, logs)

    assert snap_compare(interface(printed(), held), terminal_size=size, run_before=before)


@SIZES
def test_where_to_save_a_log(snap_compare: Compare, size: tuple[int, int]) -> None:
    held = Held()

    async def before(pilot: Pilot[int]) -> None:
        await pilot.press("S")
        await pilot.pause()
        held.later()
        pilot.app.screen.query_one("#words", Input).value = str(Path("/dev/null"))
        await pilot.press("enter")

    assert snap_compare(interface(printed(), held), terminal_size=size, run_before=before)
