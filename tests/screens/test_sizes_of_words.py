"""The report, the notes and what is asked in them at any size of terminal, down to a single cell."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from screens.canned import past_run
from screens.report import report_of
from tests.screens.notestories import NOTED, run_with
from tests.screens.stories import Held, interface, interface_of
from tests.support.scale import scaled

STEPS = ["tab", "down", "up", "pagedown", "end", "home", "c", "enter", "slash", "n", "N", "e", "escape", "escape", "x"]
KEYS = {"report": [*STEPS, "1"], "notes": ["N", *STEPS, "t"]}


@pytest.mark.parametrize("name", KEYS)
async def test_a_storm_of_sizes_breaks_nothing(name: str, run: Path) -> None:
    sizes = random.Random(name)  # noqa: S311 - the same sizes each time
    held = Held()
    source = past_run(run)
    app = interface_of(lambda: report_of(source), held) if name == "report" else interface(run_with(*NOTED), held)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(scaled(15, 60)):
            held.later()
            await pilot.press(sizes.choice(KEYS[name]))
            await pilot.resize_terminal(
                sizes.choice([1, 2, 5, sizes.randint(1, 250)]), sizes.choice([1, 2, sizes.randint(1, 70)])
            )
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.crashed is None
        assert app.is_running
