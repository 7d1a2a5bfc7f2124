"""Themes: gone through by a key, ASCII without a character beyond a tilde, and no colour where none is wanted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from screens import words
from screens.ascii import TABLE
from screens.canned import CannedRun
from screens.settings import Loaded, Settings
from screens.theme import THEMES, usual
from tests.screens import stories
from tests.screens.pictures import DARK, LAST_ASCII, RUNS, Compare, pressing, text_of, themes
from tests.screens.stories import Held, interface, interface_of


async def test_the_key_goes_through_the_themes_and_back() -> None:
    app = interface(stories.working())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        first = text_of(pilot)
        seen = []
        for _ in THEMES:
            seen.append(app.theme)
            await pilot.press("T")
            await pilot.pause()
        assert seen == [theme.name for theme in THEMES.values()]
        assert text_of(pilot) == first


async def test_ascii_comes_and_goes_at_once() -> None:
    app = interface(stories.working())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert max(text_of(pilot)) > LAST_ASCII
        await pilot.press("T", "T")
        await pilot.pause()
        assert max(text_of(pilot)) <= LAST_ASCII
        await pilot.press("T")
        await pilot.pause()
        assert max(text_of(pilot)) > LAST_ASCII


async def test_a_title_of_another_script_is_shown_as_it_is() -> None:
    told = stories.upto("clean", stories.ev.ActionEnded, 2)
    started = told[0].event
    assert isinstance(started, stories.ev.RunStarted)
    title = "Склад не зберігає"
    source = stories.live([stories.replace(told[0], event=stories.replace(started, title=title)), *told[1:]])
    app = interface(source, loaded=Loaded(Settings("ascii")))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert title in text_of(pilot)


def test_every_sign_has_one_cell_and_so_has_what_stands_for_it() -> None:
    for code, stands in TABLE.items():
        assert len(stands) == 1
        assert " " <= stands <= LAST_ASCII
        assert cell_len(chr(code)) == 1


def test_signs_that_mean_different_things_stay_apart_in_ascii() -> None:
    for signs in (words.CHECKS, words.LOOKS):
        glyphs = [glyph.translate(TABLE) for glyph, _ in signs.values()]
        assert len(set(glyphs)) == len({glyph for glyph, _ in signs.values()})
    apart = {glyph for glyph, _ in words.STEPS.values()}
    assert len({glyph.translate(TABLE) for glyph in apart}) == len(apart)


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"LANG": "C"}, "ascii"),
        ({}, "ascii"),
        ({"LANG": "POSIX"}, "ascii"),
        ({"LANG": "de_DE.ISO-8859-1"}, "ascii"),
        ({"LANG": "C.UTF-8"}, "dark"),
        ({"LANG": "en_GB.utf8"}, "dark"),
        ({"LANG": "C", "LC_CTYPE": "UTF-8"}, "dark"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "ascii"),  # what Python makes of it
        ({"LANG": "C.UTF-8", "LC_CTYPE": "C.UTF-8"}, "dark"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "ascii"),
    ],
)
def test_a_locale_without_utf_8_has_ascii(environment: dict[str, str], theme: str) -> None:
    assert usual(environment) == theme


async def test_without_colours_what_is_picked_and_what_has_the_focus_are_reversed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    held = Held()
    app = interface(stories.at_gate(), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pressing("7", held=held)(pilot)
        strips = pilot.app.screen._compositor.render_strips()
        parts = [part for strip in strips for part in strip if part.style]
        assert all(part.style.color is None and part.style.bgcolor is None for part in parts if part.style)
        reversed_ = " ".join(part.text for part in parts if part.style and part.style.reverse)
        assert "undo everything" in reversed_


LIGHT: dict[str, tuple[Callable[[], CannedRun], tuple[str, ...]]] = {
    name: RUNS[name] for name in ("at_work", "gate_picked", "approval", "undoing", "evidence")
}


@pytest.mark.parametrize("name", LIGHT)
@themes(DARK)
def test_the_light_theme(snap_compare: Compare, name: str) -> None:
    held = Held()
    source, keys = LIGHT[name]
    app = interface(source(), held, loaded=Loaded(Settings("light")))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing(*keys, held=held))


def test_without_settings_the_interface_is_dark() -> None:
    assert interface_of(lambda: None).theme == THEMES["dark"].name  # type: ignore[arg-type,return-value]
