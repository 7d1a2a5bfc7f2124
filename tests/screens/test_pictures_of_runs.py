"""Pictures of the start screen, of a run that is watched or left alone, and of two runs side by side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from screens.canned import CannedRun
from screens.compare import Compare
from screens.modals.past import past
from screens.modals.pick import PickRun
from screens.shelf import Shelf
from screens.start import Start
from screens.watch import WatchScreen
from tests.screens import stories
from tests.screens.fake_shelf import HOLDER, LIVE, SUMMARY, FakeOpener, FakeShelf, many_runs
from tests.screens.pictures import LONG, SIZES
from tests.screens.pictures import Compare as Compared
from tests.screens.stories import Held, detachable_run, interface, interface_of
from tests.screens.workers import settled
from wizard.run.events import Record
from wizard.run.journal import Reading


def pressing(*keys: str, held: Held | None = None) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Wait until everything was read, then press."""

    async def before(pilot: Pilot[int]) -> None:
        await settled(pilot)
        for key in keys:
            (held or Held()).later()
            await pilot.press(key)
            await settled(pilot)

    return before


STARTS: dict[str, tuple[Callable[[], Shelf], tuple[str, ...]]] = {
    "many": (lambda: FakeShelf(many_runs()), ("tab", "down")),
    "empty": (lambda: FakeShelf([]), ()),
    "filtered": (lambda: FakeShelf(many_runs()), ("slash", *"crashed log", "enter", "down")),
    "no_match": (lambda: FakeShelf(many_runs()), ("slash", *"nowhere")),
    "long": (lambda: FakeShelf([replace(SUMMARY, title=LONG, detail=LONG)]), ("tab",)),
    "unlisted": (lambda: FakeShelf([], "/home/dana/state: is open to others (mode 0755)"), ()),
}


@SIZES
@pytest.mark.parametrize("name", STARTS)
def test_the_start_screen(snap_compare: Compared, name: str, size: tuple[int, int]) -> None:
    shelf, keys = STARTS[name]
    app = interface_of(lambda: Start(FakeOpener(), shelf()))
    assert snap_compare(app, terminal_size=size, run_before=pressing(*keys))


MODALS: dict[str, Callable[[], Screen[Any]]] = {
    "live": lambda: past(LIVE, comparable=True),
    "detached": lambda: past(replace(LIVE, detached=True)),
    "pick": lambda: PickRun(SUMMARY, many_runs()[2:8]),
}


@SIZES
@pytest.mark.parametrize("name", MODALS)
def test_what_can_be_done_with_a_run(snap_compare: Compared, name: str, size: tuple[int, int]) -> None:
    held = Held()

    async def asked(pilot: Pilot[int]) -> None:
        await pilot.app.workers.wait_for_complete()
        pilot.app.push_screen(MODALS[name]())
        await pilot.pause()
        held.later()
        await pilot.press("down")
        await pilot.pause()

    app = interface_of(lambda: Start(FakeOpener(), FakeShelf(many_runs())), held)
    assert snap_compare(app, terminal_size=size, run_before=asked)


class Watched(CannedRun):
    """A run that somebody else holds, or held."""

    def __init__(self, told: Sequence[Record], standing: tuple[str, str], *, detached: bool = False) -> None:
        super().__init__(told, outputs=stories.outputs(), running=standing[0] == "live")
        self.standing = standing
        self.detached = detached

    def close(self) -> None:
        """Nothing is followed."""


def at_gate() -> list[Record]:
    """Up to a gate that stays shut."""
    start = stories.upto("failed_and_rolled_back", stories.ev.GateBlocked)[:-1]
    return stories.followed(start, stories.gate_events())


WATCHED: dict[str, tuple[Callable[[], Watched], tuple[str, ...]]] = {
    "live": (lambda: Watched(stories.upto("clean", stories.ev.AttemptClaimed, 4), ("live", HOLDER)), ()),
    "detached": (
        lambda: Watched(stories.upto("clean", stories.ev.AttemptClaimed, 4), ("live", HOLDER), detached=True),
        (),
    ),
    "waiting": (lambda: Watched(at_gate(), ("live", HOLDER)), ()),
    "paused": (lambda: Watched(stories.records("unknown_outcome"), ("paused", "gate blocked by it is up")), ()),
    "crashed": (lambda: Watched(at_gate(), ("crashed", "no end on record, and nobody writes it")), ()),
    "resolved": (lambda: Watched(stories.records("clean"), ("resolved", "")), ()),
    "take_over": (
        lambda: Watched(stories.upto("clean", stories.ev.AttemptClaimed, 4), ("live", HOLDER), detached=True),
        ("g", "2"),
    ),
    "held": (lambda: Watched(at_gate(), ("live", HOLDER)), ("g",)),
    "help": (lambda: Watched(at_gate(), ("live", HOLDER)), ("question_mark",)),
}


@SIZES
@pytest.mark.parametrize("name", WATCHED)
def test_a_run_that_is_watched(snap_compare: Compared, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = WATCHED[name]
    app = interface_of(lambda: WatchScreen(source(), lambda _: None), held)  # type: ignore[arg-type]
    assert snap_compare(app, terminal_size=size, run_before=pressing(*keys, held=held))


ALONE: dict[str, tuple[Callable[[], CannedRun], tuple[str, ...]]] = {
    "offered": (detachable_run, ("d", "2")),
    "by_control_z": (detachable_run, ("ctrl+z", "3")),
    "tied": (lambda: detachable_run("the practice host goes when this wizard does"), ("d",)),
    "waiting": (lambda: detachable_run(told=at_gate()), ("escape", "d")),
}


@SIZES
@pytest.mark.parametrize("name", ALONE)
def test_leaving_a_run_to_itself(snap_compare: Compared, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = ALONE[name]
    assert snap_compare(interface(source(), held), terminal_size=size, run_before=pressing(*keys, held=held))


PAIRS = (("clean", "failed_and_rolled_back"), ("deviations", "hostile_text"))


@SIZES
@pytest.mark.parametrize("pair", PAIRS, ids=["rolled_back", "hostile"])
def test_two_runs_side_by_side(
    snap_compare: Compared, pair: tuple[str, str], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.compare.read", lambda path: Reading(tuple(stories.records(path.name)), ""))
    app = interface_of(lambda: Compare(Path(pair[0]), Path(pair[1])))
    assert snap_compare(app, terminal_size=size, run_before=pressing())
