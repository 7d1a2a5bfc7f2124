"""Any size of terminal, down to a single cell: nothing breaks, and the run is not touched."""

from __future__ import annotations

import random

import pytest

from screens.widgets.wrapped import Wrapped
from tests.screens import stories
from tests.screens.stories import Held, interface
from tests.support.scale import scaled


@pytest.mark.parametrize("story", ["at_gate", "undoing"])
async def test_a_storm_of_sizes_breaks_nothing(story: str) -> None:
    sizes = random.Random(story)  # noqa: S311 - the same sizes each time
    source = getattr(stories, story)()
    held = Held()
    app = interface(source, held)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(scaled(10, 25)):
            await pilot.resize_terminal(
                sizes.choice([1, 2, 5, sizes.randint(1, 250)]), sizes.choice([1, 2, sizes.randint(1, 70)])
            )
            held.later()
            await pilot.press(sizes.choice(["tab", "down", "s", "z", "escape", "f", "o", "pageup"]))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.is_running
    assert source.submitted == []


async def test_a_text_that_was_folded_for_a_few_cells_has_its_room_again() -> None:
    """Measured by what was shown, a question kept hundreds of blank lines, and its answers were far below."""
    sizes = random.Random(4)  # noqa: S311 - the same sizes each time
    app = interface(stories.at_gate(), Held())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = app.screen.query_one(Wrapped)
        height = text.size.height
        for _ in range(scaled(10, 40)):
            await pilot.resize_terminal(sizes.choice([1, 2, 3, 7, 30, 100]), sizes.choice([1, 2, 6, 24]))
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
            assert text.size.height == height
