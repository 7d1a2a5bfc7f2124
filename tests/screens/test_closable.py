"""A key that is pressed twice in a hurry closes one screen, once; what lies below stays, and so does the interface."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from textual.screen import Screen

import screens
from screens.closable import Closable
from tests.screens import stories
from tests.screens.classes import subclasses
from tests.screens.stories import Held, interface

for module in pkgutil.walk_packages(screens.__path__, "screens."):
    importlib.import_module(module.name)

OURS = sorted(
    (one for one in subclasses(Screen) if one.__module__.startswith("screens.")),
    key=lambda one: f"{one.__module__}.{one.__name__}",
)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_screen_of_ours_is_closed_once(kind: type[Screen[Any]]) -> None:
    assert kind.dismiss is Closable.dismiss


async def test_a_screen_that_was_closed_takes_no_other_with_it() -> None:
    app = interface(stories.working(), Held())
    async with app.run_test() as pilot:
        await pilot.pause()
        below = app.screen
        upper: Closable[None] = Closable()
        await app.push_screen(upper)
        upper.dismiss(None)
        upper.dismiss(None)
        await pilot.pause()
        assert app.screen is below
        assert app.is_running
