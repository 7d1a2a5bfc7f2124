"""What the tests of screens stand on: one terminal, style sheets parsed once, each picture in more than one theme."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from screens.ascii import TABLE
from tests.screens import stories
from tests.screens.pictures import DARK, LAST_ASCII, Compare, text_of
from tests.screens.sandbox import Sandbox


@pytest.fixture(autouse=True)
def same_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have switched colours off; the pictures have them."""
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "TEXTUAL_PRESS", "TEXTUAL_SCREENSHOT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def shared_style_rules() -> Iterator[None]:
    """One parse of each style sheet for all applications of a process: each would parse the same text again.

    Textual keeps what it has parsed in each application; here the variables, which are the theme's, become part of
    the key, so that a test sees the same rules as it would alone.
    """
    parse: Any = Stylesheet._parse_rules
    parsed: dict[object, list[RuleSet]] = {}

    def parse_once(sheet: Stylesheet, css: str, read_from: Any, *more: Any, **named: Any) -> list[RuleSet]:
        variables = tuple(sorted(sheet._variables.items()))
        key = (css, read_from, more, tuple(sorted(named.items())), variables)
        if key not in parsed:
            parsed[key] = parse(sheet, css, read_from, *more, **named)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    copy(stories.JOURNALS / "clean.jsonl", directory / "events.jsonl")
    return directory


@pytest.fixture(params=[DARK])
def theme(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The theme of every interface that the test starts without settings."""
    chosen: str = request.param
    monkeypatch.setattr("screens.interface.USUAL", chosen)
    return chosen


@pytest.fixture
def snap_compare(snap_compare: Compare, theme: str, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Compares with the picture of the theme, and looks at each character: the ASCII theme has a sign for all of ours.

    That theme is the table, laid over the finished lines of any other one. So what is shown in one theme tells what is
    shown in it, and no screen is opened twice for it; where it is the theme itself, nothing is left to the table.
    """
    table = {} if theme == "ascii" else TABLE
    # A cursor that blinks is in the picture of a quick machine, and not in that of a slow one.
    for widget in (Input, TextArea):
        monkeypatch.setattr(widget, "cursor_blink", False)

    def compare(
        app: App[Any],
        press: Sequence[str] = (),
        terminal_size: tuple[int, int] = (80, 24),
        run_before: Callable[[Pilot[Any]], Awaitable[None]] | None = None,
    ) -> bool:
        async def before(pilot: Pilot[Any]) -> None:
            if run_before:
                await run_before(pilot)
            await pilot.pause()
            await pilot.press(*press)
            await pilot.pause()
            beyond = {character for character in text_of(pilot).translate(table) if character > LAST_ASCII}
            assert not beyond

        return snap_compare(app, terminal_size=terminal_size, run_before=before)

    return compare
