"""Every key is declared once, does something, and is told in the footer and in the help."""

from __future__ import annotations

import re

import pytest

from screens import keys
from screens.help import Help, help_told
from screens.inputs import Inputs
from screens.keys import Key
from screens.run import RunScreen
from screens.start import Start
from screens.widgets.keybar import KeyBar, fitting
from tests.screens import stories
from tests.screens.stories import Held, interface
from wizard.run import state as st

DECLARED = {name: value for name, value in vars(keys).items() if isinstance(value, Key)}
SETS = [(keys.RUN_KEYS, RunScreen), (keys.START_KEYS, Start), (keys.INPUT_KEYS, Inputs), ((keys.BACK,), Help)]


@pytest.mark.parametrize(("declared", "screen"), SETS, ids=["run", "start", "inputs", "help"])
def test_every_key_of_a_screen_has_its_action(declared: tuple[Key, ...], screen: type) -> None:
    own = {key.action.removeprefix("screen.") for key in declared if key.action.startswith("screen.")} - {"choose"}
    assert all(hasattr(screen, f"action_{action}") for action in own)


@pytest.mark.parametrize("declared", [one for one, _ in SETS], ids=["run", "start", "inputs", "help"])
def test_no_key_stands_for_two_things(declared: tuple[Key, ...]) -> None:
    pressed = [one for key in declared for one in key.key.split(",")]
    assert len(set(pressed)) == len(pressed)


def test_the_help_tells_every_key_and_every_sign() -> None:
    told = help_told(keys.RUN_KEYS).plain
    for key in keys.RUN_KEYS:
        assert key.help in told
        assert re.search(rf"^ +{re.escape(key.face)} +{re.escape(key.label)}", told, re.MULTILINE)
    for word in [st.VERIFIED, st.BLOCKED, "unknown", "no data", "production"]:
        assert word in told


def test_help_and_leave_are_always_in_the_footer() -> None:
    shown = [key for key in keys.RUN_KEYS if key.shown]
    for width in range(20, 200):
        assert fitting(shown, width, 2)[-2:] == [keys.HELP, keys.LEAVE]
    assert fitting(shown, 300, 2) == shown


async def test_keys_that_would_do_nothing_are_not_offered() -> None:
    app = interface(stories.working())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunScreen)
        allowed = {key.id for key in keys.RUN_KEYS if screen.check_action(key.id, ())}
    assert {"cancel", "pause", "note", "report", "help", "leave"} <= allowed
    assert not {"answer", "go_on", "switch"} & allowed


async def test_looking_at_another_step_lets_go_and_follow_comes_back() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunScreen)
        assert screen.looking_at == "chown"
        await pilot.press("up")
        assert screen.looking_at == "stop"
        screen.take_in()
        assert screen.looking_at == "stop"
        await pilot.press("f")
        assert screen.looking_at == "chown"


@pytest.mark.parametrize(("size", "parts"), [((120, 40), 5), ((80, 24), 3)])
async def test_tab_goes_through_every_part_in_sight(size: tuple[int, int], parts: int) -> None:
    app = interface(stories.working())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        seen = set()
        for _ in range(parts):
            await pilot.press("tab")
            assert app.focused is not None
            seen.add(app.focused.id)
        assert len(seen) == parts


async def test_a_click_on_a_key_in_the_footer_does_what_the_key_does() -> None:
    app = interface(stories.working())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        place = app.screen.query_one(KeyBar).render().plain.index("? help")
        await pilot.click(KeyBar, offset=(place + 2, 0))
        await pilot.pause()
        assert isinstance(app.screen, Help)


async def test_a_phase_is_folded_and_opened() -> None:
    app = interface(stories.working())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunScreen)
        await pilot.press("home", "down", "enter")
        await pilot.pause()
        opened = [row.scope for row in screen.query_one("#outline")._rows]  # type: ignore[attr-defined]
        assert "open-access" in opened
        await pilot.press("enter")
        await pilot.pause()
        folded = [row.scope for row in screen.query_one("#outline")._rows]  # type: ignore[attr-defined]
        assert "open-access" not in folded


async def test_the_log_of_the_next_host_and_back() -> None:
    app = interface(stories.over("clean", stories.Outcome("resolved", 0)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = next(one for one in app.screen_stack if isinstance(one, RunScreen))
        first = screen.log_wanted()
        screen.action_next_log()
        assert screen.log_wanted() != first
        screen.action_next_log()
        assert screen.log_wanted() == first
