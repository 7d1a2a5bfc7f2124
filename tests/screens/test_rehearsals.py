"""The first screen of a drill: what there is to practise, and nothing begun by leaving."""

from __future__ import annotations

import pytest

from screens.rehearsals import Rehearsals
from screens.widgets.choices import Choices
from tests.screens.pictures import ASCII, DARK, SIZES, Compare, themes
from tests.screens.stories import interface_of
from wizard.drill.faults import FAULTS


@SIZES
@pytest.mark.parametrize("keys", [(), ("down", "down", "down")], ids=["whole", "rehearsal"])
@themes(DARK, ASCII)
def test_it_is_pictured(snap_compare: Compare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    screen = Rehearsals(lambda _step: None)
    assert snap_compare(interface_of(lambda: screen), terminal_size=size, press=list(keys))


@pytest.mark.parametrize("place", range(len(FAULTS) + 1))
async def test_what_is_picked_by_its_figure_is_what_is_practised(place: int) -> None:
    chosen: list[str] = []
    app = interface_of(lambda: Rehearsals(chosen.append))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(str(place + 1), "enter")
    assert chosen == ["" if place == 0 else FAULTS[place - 1].step]
    assert app.return_code == 0


async def test_its_story_is_told_before_anything_is_chosen() -> None:
    app = interface_of(lambda: Rehearsals(lambda _step: None))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for fault in FAULTS:
            await pilot.press("down")
            assert fault.story in str(app.screen.query_one("#effect").render())


async def test_leaving_begins_nothing() -> None:
    chosen: list[str] = []
    app = interface_of(lambda: Rehearsals(chosen.append))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("question_mark", "escape", "q")
    assert chosen == []
    assert app.return_code == 0


async def test_at_80_by_24_every_rehearsal_is_in_sight() -> None:
    app = interface_of(lambda: Rehearsals(lambda _step: None))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        choices = app.screen.query_one(Choices)
        assert choices.virtual_size.height <= choices.size.height
