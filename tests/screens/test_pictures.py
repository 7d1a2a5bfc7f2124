"""A picture of every screen and modal, in a wide terminal and in a small one, from canned journals with held clocks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.canned import CannedRun
from screens.help import Help
from screens.inputs import Inputs
from screens.interface import Interface
from screens.keys import RUN_KEYS
from screens.modals.past import past
from screens.report import Report
from screens.shelf import Shelf
from screens.start import Start
from screens.widgets.choices import Choices
from screens.widgets.paper import Paper
from tests.screens import stories
from tests.screens.stories import Held, interface, interface_of, live, over, upto
from wizard.checklist.document import load
from wizard.errors import HostKeyUnknown, HostUnreachable
from wizard.kinds import registry
from wizard.run import events as ev
from wizard.run.engine import FAILED, PAUSED, Outcome
from wizard.run.listing import RunSummary

Compare = Callable[..., bool]
Before = Callable[[Pilot[int]], Awaitable[None]]

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "small"])

LONG = "a name that goes on and on, as names do that somebody gave in a hurry at night, and then on " * 3
WIDE_COMMAND = (
    "install -m 0600 -o root -- /srv/stock/dump.rdb /var/backups/stock/" + "very/" * 30 + "deep\nsync\necho done"
)
SUMMARY = RunSummary(
    "20260314-021500-0a1b", "stock-save", "The stock server cannot save", "critical", Path("/home/dana/runs/0a1b"),
    "2026-03-14T02:15:00.000Z", "2026-03-14T02:18:00.000Z", "paused", "gate blocked by it is up", 5, 8, 3,
)  # fmt: skip
UNREACHABLE = HostUnreachable("no route to host", where="ops@192.0.2.10", mend="Check the network, then go on")
KEY = HostKeyUnknown(
    "the host's key is not known", fingerprint="SHA256:pXk0+Vq3bT0m0Ck1yQ8a9JrJ0bV", where="192.0.2.10"
)


def pressing(*keys: str, held: Held) -> Before:
    """Wait until the modals listen, then press."""

    async def before(pilot: Pilot[int]) -> None:
        await pilot.pause()
        for key in keys:
            held.later()
            await pilot.press(key)
        await pilot.pause()

    return before


def long_names() -> CannedRun:
    """Everything is called by a long name."""
    told = upto("clean", ev.ActionEnded, 2)
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    steps = [
        {**phase, "title": LONG, "steps": [{**step, "title": LONG} for step in phase["steps"]]}
        for phase in started.outline
    ]
    return live([replace(told[0], event=replace(started, title=LONG, outline=steps)), *told[1:]])


RUNS: dict[str, tuple[Callable[[], CannedRun], tuple[str, ...]]] = {
    "empty": (lambda: live([]), ()),
    "at_work": (stories.working, ()),
    "checking": (stories.checking, ()),
    "gate": (stories.at_gate, ()),
    "gate_out_of_reach": (stories.at_gate_out_of_reach, ()),
    "gate_evidence": (stories.at_evidence_gate, ()),
    "gate_window": (stories.at_closed_window, ()),
    "gate_picked": (stories.at_gate, ("7",)),
    "gate_reason": (stories.at_gate, ("3", "enter", "enter")),
    "gate_looked_around": (stories.at_gate, ("escape",)),
    "approval": (stories.at_approval, ()),
    "approval_phase": (stories.at_approval, ("2",)),
    "approval_long": (lambda: stories.at_approval(command=WIDE_COMMAND), ()),
    "question": (stories.at_manual, ("2",)),
    "question_shown": (stories.at_shown_manual, ()),
    "safe_stop": (stories.at_safe_stop, ()),
    "watching": (stories.watching, ()),
    "undoing": (stories.undoing, ()),
    "evidence": (stories.working, ("s", "home", "enter")),
    "steps": (stories.working, ("s",)),
    "zoomed": (stories.working, ("tab", "z")),
    "note": (stories.working, ("n",)),
    "cancel": (stories.working, ("c",)),
    "pause": (stories.working, ("p",)),
    "leave": (stories.working, ("q",)),
    "help": (stories.working, ("question_mark",)),
    "resolved": (lambda: over("clean", Outcome("resolved", 0)), ()),
    "rolled_back": (lambda: over("failed_and_rolled_back", Outcome("rolled back", 1)), ()),
    "incomplete": (lambda: over("rollback_incomplete", Outcome("rollback incomplete", 5)), ()),
    "paused": (lambda: over("unknown_outcome", Outcome(PAUSED, 4)), ()),
    "unreachable": (lambda: over("unknown_outcome", Outcome(FAILED, 3, UNREACHABLE)), ()),
    "unknown_key": (lambda: over("unknown_outcome", Outcome(FAILED, 3, KEY)), ()),
    "roll_back": (lambda: over("mitigated", Outcome("mitigated", 1)), ("escape", "b")),
    "hostile": (lambda: live(stories.records("hostile_text")[:18]), ("escape",)),
    "long_names": (long_names, ()),
}  # fmt: skip


@SIZES
@pytest.mark.parametrize("name", RUNS)
def test_the_run_screen(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = RUNS[name]
    assert snap_compare(interface(source(), held), terminal_size=size, run_before=pressing(*keys, held=held))


@SIZES
def test_a_rollback_is_shown_before_it_begins(snap_compare: Compare, size: tuple[int, int]) -> None:
    told = CannedRun(stories.records("mitigated"), outputs=stories.outputs())
    assert snap_compare(interface(told, plan=""), terminal_size=size)


@SIZES
def test_the_inputs(snap_compare: Compare, size: tuple[int, int]) -> None:
    checklist = load(stories.JOURNALS / "checklist.yaml", registry()).checklist
    complaints = {"vm": "not given: give it with --set vm=…"}
    form = Inputs(checklist.title, checklist.inputs, {}, lambda _typed: None, complaints)
    assert snap_compare(interface_of(lambda: form), terminal_size=size)


@SIZES
def test_the_report(snap_compare: Compare, size: tuple[int, int]) -> None:
    text = (stories.JOURNALS / "clean.md").read_text()

    async def rendered(pilot: Pilot[int]) -> None:
        while not pilot.app.screen.query_one(Paper).virtual_size.height:
            await pilot.pause(0.01)
        await pilot.pause()

    assert snap_compare(interface_of(lambda: Report(lambda: text)), terminal_size=size, run_before=rendered)


@SIZES
def test_the_start(snap_compare: Compare, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    path = stories.JOURNALS / "checklist.yaml"
    monkeypatch.setattr("screens.shelf.shipped", lambda: {"stock-save": path})
    runs = [SUMMARY, replace(SUMMARY, state="resolved", done=8, remaining=0)]
    monkeypatch.setattr(Shelf, "runs", lambda _: iter([runs]))

    async def read(pilot: Pilot[int]) -> None:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    assert snap_compare(interface_of(lambda: Start(Nothing())), terminal_size=size, run_before=read)


@SIZES
def test_a_past_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    held = Held()

    async def asked(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, Interface)
        app.push_screen(past(SUMMARY))
        await pilot.pause()
        app.screen.query_one(Choices).highlighted = 0
        await pilot.pause()

    assert snap_compare(interface_of(lambda: Help(RUN_KEYS), held), terminal_size=size, run_before=asked)


class Nothing:
    """Opens nothing."""

    def run(self, checklist: str) -> None:
        """Nothing."""

    def past(self, directory: Path, what: str) -> None:
        """Nothing."""
