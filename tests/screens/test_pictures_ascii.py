"""Every picture of ``test_pictures`` once more with ASCII signs only: nothing of ours is beyond a tilde."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.screens.test_pictures import *  # noqa: F403 - the same tests, with another theme
from tests.screens.test_rehearsals import test_it_is_pictured  # noqa: F401 - the same test, with another theme

BEYOND = "\x7e"


def painted(pilot: Pilot[int]) -> list[str]:
    """The lines of the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


@pytest.fixture(autouse=True)
def ascii_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.interface.USUAL", "ascii")


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """Compares, and looks at every character."""

    def compare(app: Any, run_before: Callable[[Pilot[int]], Awaitable[None]] | None = None, **options: Any) -> bool:
        async def before(pilot: Pilot[int]) -> None:
            if run_before:
                await run_before(pilot)
            await pilot.pause()
            beyond = {character for line in painted(pilot) for character in line if character > BEYOND}
            assert not beyond

        return snap_compare(app, run_before=before, **options)

    return compare
