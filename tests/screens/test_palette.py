"""The palette: what can be done now and nothing else, found by typing, done by Enter."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from screens import keys
from screens.help import Help
from screens.interface import Interface
from screens.keymap import Keymap
from screens.modals.note import TakeNote
from screens.modals.palette import DECLARED, Offer, Palette, matching, offers
from screens.run import RunScreen
from screens.settings import Loaded, Settings
from screens.widgets.listing import Listing
from tests.screens import stories
from tests.screens.pictures import SIZES, Compare
from tests.screens.stories import Held, interface
from wizard.run import events as ev


def labels(app: Interface) -> list[str]:
    """What stands in the palette."""
    assert isinstance(app.screen, Palette)
    return [offer.key.label for offer in app.screen._shown]


async def opened(pilot: Pilot[int], held: Held) -> None:
    """Open it, and wait until it listens."""
    held.later()
    await pilot.press("ctrl+p")
    await pilot.pause()
    held.later()


async def test_it_offers_what_can_be_done_now_and_nothing_else() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        await opened(pilot, held)
        offered = labels(app)
        assert {"cancel", "pause", "note", "report", "follow", "zoom", "help", "leave", "theme"} <= set(offered)
        assert not {"answer", "go on", "steps"} & set(offered)
        allowed = {key.label for key in keys.RUN_KEYS if screen.check_action(key.id, ())}
        assert set(offered) == allowed | {"theme"}


async def test_what_textual_binds_by_itself_is_not_in_it() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        assert isinstance(app.screen, Palette)
        for offer in app.screen._found:
            assert offer.name in DECLARED
            assert not {"quit", "screenshot", "maximize", "minimize", "command_palette"} & {offer.action}


async def test_it_is_found_by_typing_and_done_by_enter() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        await pilot.press(*"rec")
        await pilot.pause()
        assert labels(app) == ["note"]
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TakeNote)


async def test_the_arrows_pick() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        place = labels(app).index("help")
        await pilot.press(*["down"] * (place + 2), "up", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Help)


async def test_enter_alone_does_nothing_and_escape_closes_it() -> None:
    held = Held()
    source = stories.working()
    app = interface(source, held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        await pilot.press("enter")
        assert isinstance(app.screen, Palette)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
    assert source.submitted == []


async def test_keys_typed_as_it_opens_do_nothing() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"note", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Palette)
        assert app.screen.query_one(Input).value == ""


async def test_nothing_is_found_by_what_is_not_there() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        await pilot.press(*"xyzzy", "enter")
        await pilot.pause()
        assert labels(app) == []
        assert isinstance(app.screen, Palette)


async def test_a_gate_does_not_open_over_it() -> None:
    """A letter meant for the palette must not answer a gate that came meanwhile."""
    held = Held()
    source = stories.working()
    app = interface(source, held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunScreen)
        await opened(pilot, held)
        source.tell(stories.followed(stories.upto("clean", ev.AttemptClaimed, 4), stories.gate_events("chown"))[-1:])
        screen.take_in()
        await pilot.pause()
        assert isinstance(app.screen, Palette)
        await pilot.press("escape")
        await pilot.pause()
        screen.take_in()
        await pilot.pause()
        assert app.screen.query("#choices")


async def test_nothing_opens_over_something_that_is_asked() -> None:
    held = Held()
    app = interface(stories.at_gate(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        assert not isinstance(app.screen, Palette)


async def test_the_help_has_one_too() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("question_mark")
        await pilot.pause()
        await opened(pilot, held)
        assert labels(app) == ["back", "theme"]
        await pilot.press(*"back", "enter")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)


async def test_it_shows_the_keys_that_the_person_chose() -> None:
    held = Held()
    app = interface(stories.working(), held, loaded=Loaded(Settings("dark", {"run.note": ("x",)})))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        found = {offer.name: offer.key.face for offer in offers(app.screen)}
        assert found["run.note"] == "x"


async def test_a_click_does_it() -> None:
    held = Held()
    app = interface(stories.working(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await opened(pilot, held)
        await pilot.press(*"help")
        await pilot.pause()
        await pilot.click(Listing, offset=(12, labels(app).index("help")))
        await pilot.pause()
        assert isinstance(app.screen, Help)


def some() -> list[Offer]:
    return [Offer(f"run.{key.id}", key, key.action, None) for key in Keymap().mapped(keys.RUN_KEYS, "run")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("", "answer"), ("zo", "zoom"), ("ROLL", "roll back"), ("bck", "roll back"), ("newest", "roll back")],
)
def test_what_begins_so_comes_first_then_what_holds_it_then_its_letters(typed: str, first: str) -> None:
    assert matching(some(), typed)[0].key.label == first


@SIZES
@pytest.mark.parametrize("typed", ["", "ro", "zzz"], ids=["all", "found", "nothing"])
def test_it_is_pictured(snap_compare: Compare, typed: str, size: tuple[int, int]) -> None:
    held = Held()

    async def before(pilot: Pilot[int]) -> None:
        await pilot.pause()
        await opened(pilot, held)
        await pilot.press(*typed)
        await pilot.pause()

    assert snap_compare(interface(stories.working(), held), terminal_size=size, run_before=before)
