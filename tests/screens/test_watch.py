"""A run that is watched: kept up with, never answered, and taken over where nobody stands in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from screens.interface import Interface
from screens.modals.base import Modal
from screens.watch import WatchScreen
from screens.watched import WatchedRun
from screens.widgets.heading import Heading
from tests.screens import stories
from tests.screens.stories import Held, interface_of
from wizard.errors import UsageError
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import Journal, read


class Watching:
    """Hands on a watch screen."""

    def __init__(self, directory: Path, app: Interface, pilot: Pilot[int], held: Held, taken: list[Path]) -> None:
        self.directory = directory
        self.app = app
        self.pilot = pilot
        self.held = held
        self.taken = taken

    @property
    def screen(self) -> WatchScreen:
        """The watch screen."""
        return next(one for one in self.app.screen_stack if isinstance(one, WatchScreen))

    @property
    def line(self) -> str:
        """Who holds the run, as the line below the heading says."""
        return str(self.screen.query_one("#watching", Static).content)

    async def until(self, met: Callable[[], bool]) -> None:
        """Let the interface go on until it is so."""
        for _ in range(1500):
            if met():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"never; {self.app.screen}: {self.line}")

    async def press(self, *keys: str) -> None:
        """Press, with every modal listening."""
        for key in keys:
            self.held.later()
            await self.pilot.press(key)
        await self.pilot.pause()


@asynccontextmanager
async def watching(
    directory: Path, take_over: Callable[[Path], None] | None = None, *, asks: bool = False
) -> AsyncIterator[Watching]:
    held, taken = Held(), list[Path]()
    source = WatchedRun(directory, 0.01)
    app = interface_of(lambda: WatchScreen(source, take_over or taken.append, asks=asks), held)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        yield Watching(directory, app, pilot, held, taken)


def write(directory: Path, events: list[ev.Event]) -> Journal:
    """A journal that is held."""
    journal = Journal(directory, Redactor([]), who="dana")
    for event in events:
        journal.append(event)
    return journal


def at_gate() -> list[ev.Event]:
    """A run up to a gate that stays shut."""
    told = stories.upto("failed_and_rolled_back", ev.GateBlocked)
    return [record.event for record in told]


async def test_it_keeps_up_with_what_happens_and_says_how_it_ended(tmp_path: Path) -> None:
    told = at_gate()
    journal = write(tmp_path, told[:12])
    async with watching(tmp_path) as hands:
        assert hands.screen.view.state.seq == 12
        assert "READ-ONLY" in hands.line
        assert "held by dana on" in hands.line
        for event in told[12:]:
            journal.append(event)
        await hands.until(lambda: hands.screen.view.state.blocked is not None)
        assert "WAITING FOR SOMEBODY ELSE" in str(hands.screen.query_one(Heading).render())
        journal.append(ev.RunPaused("enough for tonight"))
        journal.close()
        await hands.until(lambda: "paused: enough for tonight" in hands.line)
        assert "g goes on here" in hands.line
        assert hands.app.is_running
        again = Journal(tmp_path, Redactor([]), who="kim")
        again.append(ev.RunResumed())
        await hands.until(lambda: "held by kim on" in hands.line)
        again.close()
        await hands.until(lambda: "crashed" in hands.line)


async def test_output_is_shown_as_it_grows(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    told = [record.event for record in stories.upto("clean", ev.AttemptClaimed, 2)]
    journal = write(tmp_path, told)
    key = next(event.key for event in reversed(told) if isinstance(event, ev.AttemptIntended))
    async with watching(tmp_path) as hands:
        with (tmp_path / "output" / f"{key}.log").open("ab") as log:
            log.write(b"a first line\n")
            log.flush()
            await hands.until(lambda: b"a first line" in shown(hands))
            log.write(b"a second one\n")
            log.flush()
            await hands.until(lambda: b"a second one" in shown(hands))
    journal.close()


def shown(hands: Watching) -> bytes:
    """What the hosts printed."""
    logs = hands.screen.view.logs.values()
    return b"\n".join(
        line.data for log in logs for number in range(log.total) if (line := log.line(number)) is not None
    )


async def test_nothing_can_be_answered_there(tmp_path: Path) -> None:
    journal = write(tmp_path, at_gate())
    before = (tmp_path / "events.jsonl").read_bytes()
    async with watching(tmp_path) as hands:
        await hands.until(lambda: hands.screen.view.waiting is not None)
        await hands.press("a", "p", "c", "b", "n", "d", "ctrl+z", "1", "enter")
        assert not [one for one in hands.app.screen_stack if isinstance(one, Modal)]
        await hands.press("q")
        assert not hands.app.is_running or hands.app._exit
    assert hands.app.return_code == 0
    assert (tmp_path / "events.jsonl").read_bytes() == before
    journal.close()


async def test_a_run_that_is_open_elsewhere_is_not_taken_over(tmp_path: Path) -> None:
    journal = write(tmp_path, at_gate())
    async with watching(tmp_path) as hands:
        await hands.press("g")
        assert [option.prompt.plain for option in hands.app.screen.query_one("#choices").options] == [
            "1 go on watching"
        ]  # type: ignore[attr-defined]
        await hands.press("1", "enter")
        assert hands.app.screen is hands.screen
    assert not hands.taken
    journal.append(ev.NoteAdded("still mine"))
    journal.close()


@pytest.mark.parametrize("last", [[ev.RunPaused("enough")], []], ids=["paused", "crashed"])
async def test_a_run_that_nobody_holds_goes_on_here(tmp_path: Path, last: list[ev.Event]) -> None:
    write(tmp_path, [*at_gate(), *last]).close()
    async with watching(tmp_path) as hands:
        await hands.press("g", "2", "enter")
        await hands.until(lambda: hands.taken == [tmp_path])


async def test_one_that_has_ended_does_not(tmp_path: Path) -> None:
    write(tmp_path, [record.event for record in stories.records("clean")]).close()
    async with watching(tmp_path) as hands:
        assert "resolved" in hands.line
        await hands.press("g")
        assert hands.app.screen is hands.screen


async def test_taking_over_may_be_asked_at_once_and_why_it_failed_is_said(tmp_path: Path) -> None:
    write(tmp_path, [*at_gate(), ev.RunPaused("enough")]).close()

    def refused(_directory: Path) -> None:
        raise UsageError("the checklist has changed")

    async with watching(tmp_path, refused, asks=True) as hands:
        await hands.until(lambda: isinstance(hands.app.screen, Modal))
        await hands.press("2", "enter")
        await hands.until(lambda: len(hands.app._notifications) > 0)
        assert "the checklist has changed" in next(iter(hands.app._notifications)).message
        assert hands.app.screen is hands.screen


async def test_somebody_who_holds_it_meanwhile_is_named(tmp_path: Path) -> None:
    write(tmp_path, [*at_gate(), ev.RunPaused("enough")]).close()
    async with watching(tmp_path) as hands:
        await hands.press("g", "2")
        journal = write(tmp_path, [ev.RunResumed()])
        await hands.press("enter")
        await hands.until(lambda: len(hands.app._notifications) > 0)
        assert "dana on" in next(iter(hands.app._notifications)).message
        journal.close()
    assert not hands.taken


async def test_a_journal_that_was_changed_is_said_and_what_was_read_stays(tmp_path: Path) -> None:
    journal = write(tmp_path, at_gate())
    async with watching(tmp_path) as hands:
        journal.close()
        with (tmp_path / "events.jsonl").open("ab") as file:
            file.write(b'{"v":1}\n')
        await hands.until(lambda: "nothing more can be read" in hands.line)
        assert hands.screen.view.state.blocked is not None
    assert read(tmp_path).broken
