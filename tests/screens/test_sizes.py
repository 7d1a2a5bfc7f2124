"""Any size of terminal, down to a single cell: nothing breaks, and the run is not touched."""

from __future__ import annotations

import random

import pytest

from tests.screens import stories
from tests.screens.stories import Held, interface


@pytest.mark.parametrize("story", ["at_gate", "undoing"])
async def test_a_storm_of_sizes_breaks_nothing(story: str) -> None:
    sizes = random.Random(story)  # noqa: S311 - the same sizes each time
    source = getattr(stories, story)()
    held = Held()
    app = interface(source, held)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(25):
            await pilot.resize_terminal(
                sizes.choice([1, 2, 5, sizes.randint(1, 250)]), sizes.choice([1, 2, sizes.randint(1, 70)])
            )
            held.later()
            await pilot.press(sizes.choice(["tab", "down", "s", "z", "escape", "f", "o", "pageup"]))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.is_running
    assert source.submitted == []
