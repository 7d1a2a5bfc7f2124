"""Every picture of every screen and modal with ASCII signs only: nothing of ours is beyond a tilde.

``test_pictures_ascii`` keeps pictures of the main ones; here each is only looked at, letter by letter.
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

import screens
from screens.ascii import TABLE
from tests.screens.test_gate_pictures import test_what_a_gate_opens  # noqa: F401 - collected here once more, with another theme
from tests.screens.test_inputs import test_many_inputs  # noqa: F401 - collected here once more, with another theme
from tests.screens.test_log_pictures import test_a_log, test_where_to_save_a_log  # noqa: F401 - collected here once more, with another theme
from tests.screens.test_monitor import (  # noqa: F401 - collected here once more, with another theme
    test_ending_it_early,
    test_the_monitor,
    test_the_step_shows_it_in_brief,
)
from tests.screens.test_opening import test_what_is_on_show_meanwhile  # noqa: F401 - collected here once more, with another theme
from tests.screens.test_palette import test_it_is_pictured as test_the_palette  # noqa: F401 - collected here once more, with another theme
from tests.screens.test_pictures_ascii import BEYOND, ascii_only, painted  # noqa: F401 - collected here once more, with another theme
from tests.screens.test_pictures_of_runs import (  # noqa: F401 - collected here once more, with another theme
    test_a_run_that_is_watched,
    test_leaving_a_run_to_itself,
    test_the_start_screen,
    test_two_runs_side_by_side,
    test_what_can_be_done_with_a_run,
)
from tests.screens.test_pictures_of_words import (  # noqa: F401 - collected here once more, with another theme
    test_a_section_is_written,
    test_the_notes,
    test_the_report_with_what_people_wrote,
    test_the_sections_that_can_be_written,
)
from tests.screens.test_preflight import test_the_page  # noqa: F401 - collected here once more, with another theme

SCREENS = Path(screens.__file__).parent


@pytest.fixture
def snap_compare() -> Callable[..., bool]:
    """Takes no picture: looks at every character of the screen."""

    def look(
        app: App[Any],
        press: Sequence[str] = (),
        terminal_size: tuple[int, int] = (80, 24),
        run_before: Callable[[Pilot[Any]], Awaitable[None] | None] | None = None,
    ) -> bool:
        beyond = asyncio.run(_beyond(app, press, terminal_size, run_before))
        assert not beyond
        return True

    return look


async def _beyond(
    app: App[Any],
    press: Sequence[str],
    size: tuple[int, int],
    before: Callable[[Pilot[Any]], Awaitable[None] | None] | None,
) -> set[str]:
    async with app.run_test(headless=True, size=size) as pilot:
        await pilot.pause()
        begun = before(pilot) if before else None
        if begun is not None:
            await begun
        await pilot.press(*press)
        await pilot.pause()
        return {character for line in painted(pilot) for character in line if character > BEYOND}


@pytest.mark.parametrize("path", sorted(SCREENS.rglob("*.py")), ids=lambda path: str(path.relative_to(SCREENS)))
def test_every_sign_that_is_written_somewhere_has_one_in_ascii(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    shown = "".join(text for text in texts if isinstance(text, str)).translate(TABLE)
    assert path.name == "ascii.py" or not {sign for sign in shown if sign > BEYOND}
