"""What is on show while a command is being loaded, and what becomes of it: another screen, a refusal, an error."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from screens.interface import Interface
from screens.opening import Opening
from tests.screens.pictures import SIZES, Compare
from tests.screens.sandbox import Sandbox
from tests.support.terminal import is_restored
from wizard.errors import UsageError


class Next(Screen[None]):
    """What was to be opened."""

    def compose(self) -> ComposeResult:
        yield Static("here it is")


class Loading:
    """A load that a test holds up."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.refused: list[Exception] = []
        self.error: Exception | None = None

    def load(self) -> Callable[[], Screen[None]]:
        """Once it may."""
        self.go.wait(30)
        if self.error:
            raise self.error
        return Next

    def interface(self, what: str = "redis-ownership") -> Interface:
        """The interface on what is opened."""
        return Interface(lambda: Opening(what, self.load, self.refused.append))


def line(app: Interface) -> str:
    return str(app.screen.query_one("#heading").render())


async def until(pilot: Pilot[int], met: Callable[[], bool]) -> None:
    for _ in range(1500):
        if met():
            return
        await pilot.pause(0.02)
    raise AssertionError("never")


async def test_it_says_what_is_opened_and_then_shows_it() -> None:
    loading = Loading()
    async with (app := loading.interface()).run_test() as pilot:
        await pilot.pause()
        assert "opening redis-ownership" in line(app)
        loading.go.set()
        await until(pilot, lambda: isinstance(app.screen, Next))
        assert len(app.screen_stack) == 2


async def test_what_cannot_be_opened_ends_it_with_the_reason_kept_for_later() -> None:
    loading = Loading()
    loading.error = UsageError("no checklist is called so")
    loading.go.set()
    async with (app := loading.interface()).run_test() as pilot:
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 2
    assert loading.refused == [loading.error]


async def test_an_error_of_our_own_ends_it_as_any_other() -> None:
    loading = Loading()
    loading.error = ZeroDivisionError("ours")
    loading.go.set()
    app = loading.interface()
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.crashed is not None)
    assert app.return_code == 1
    assert loading.refused == []


async def test_it_can_be_left_before_anything_was_loaded() -> None:
    loading = Loading()
    async with (app := loading.interface()).run_test() as pilot:
        await pilot.press("q")
        await until(pilot, lambda: app.return_code is not None)
    loading.go.set()
    assert app.return_code == 1


async def test_a_hostile_name_is_harmless() -> None:
    async with (app := Loading().interface("a\x1b]52;c;x\x07[@click=app.quit]b\nc")).run_test() as pilot:
        await pilot.pause()
        shown = line(app)
        assert "\x1b" not in shown
        assert "[@click=app.quit]b c" in shown


def test_a_checklist_that_is_wrong_is_told_on_the_terminal_as_it_was(sandbox: Sandbox) -> None:
    wrong = sandbox.home / "wrong.yaml"
    wrong.write_text("checklist: wrong\nphases: [\n")
    with sandbox.terminal("run", str(wrong)) as terminal:
        assert terminal.end() == 2
        assert is_restored(terminal)
    told = terminal.seen.rpartition(b"\x1b[?1049l")[2]
    assert b"wrong.yaml:" in told
    assert b"Traceback" not in told


def test_something_is_in_sight_before_the_run_is(sandbox: Sandbox) -> None:
    # Cold: what is loaded before and after the first sight is what this is about.
    with sandbox.terminal(cold=True) as terminal:
        terminal.until(b"Begin the first step?")
        assert 0 < terminal.seen.index(b"opening ") < terminal.seen.index(b"Begin the first step?")
        terminal.process.terminate()
        assert terminal.end() == 143


@SIZES
@pytest.mark.parametrize("what", ["redis-ownership", "a name that goes on and on " * 9], ids=["short", "long"])
def test_what_is_on_show_meanwhile(snap_compare: Compare, what: str, size: tuple[int, int]) -> None:
    assert snap_compare(Loading().interface(what), terminal_size=size)
