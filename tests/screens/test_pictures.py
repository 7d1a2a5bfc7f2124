"""A picture of every screen and modal, in a wide terminal and in a small one, from canned journals with held clocks."""

from __future__ import annotations

from dataclasses import replace

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
from tests.screens.fake_shelf import SUMMARY, FakeOpener
from tests.screens.pictures import ASCII, DARK, LIGHT, RUNS, SIZES, Compare, pressing, themes
from tests.screens.stories import Held, interface, interface_of
from tests.screens.workers import settled
from wizard.checklist.document import load
from wizard.kinds import registry


@SIZES
@pytest.mark.parametrize("name", RUNS)
@themes(DARK, ASCII)
def test_the_run_screen(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = RUNS[name]
    assert snap_compare(interface(source(), held), terminal_size=size, run_before=pressing(*keys, held=held))


@SIZES
@themes(DARK, ASCII)
def test_a_rollback_is_shown_before_it_begins(snap_compare: Compare, size: tuple[int, int]) -> None:
    told = CannedRun(stories.records("mitigated"), outputs=stories.outputs())
    assert snap_compare(interface(told, plan=""), terminal_size=size)


@SIZES
@themes(DARK, ASCII)
def test_the_inputs(snap_compare: Compare, size: tuple[int, int]) -> None:
    checklist = load(stories.JOURNALS / "checklist.yaml", registry()).checklist
    complaints = {"vm": "not given: give it with --set vm=…"}
    form = Inputs(checklist.title, checklist.inputs, {}, lambda _typed: None, complaints)
    assert snap_compare(interface_of(lambda: form), terminal_size=size)


@SIZES
@themes(DARK, ASCII, LIGHT)
def test_the_report(snap_compare: Compare, size: tuple[int, int]) -> None:
    text = (stories.JOURNALS / "clean.md").read_text()

    async def rendered(pilot: Pilot[int]) -> None:
        while not pilot.app.screen.query_one(Paper).virtual_size.height:
            await pilot.pause(0.01)
        await pilot.pause()

    assert snap_compare(interface_of(lambda: Report(lambda: text)), terminal_size=size, run_before=rendered)


@SIZES
@themes(DARK, ASCII, LIGHT)
def test_the_start(snap_compare: Compare, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    path = stories.JOURNALS / "checklist.yaml"
    monkeypatch.setattr("screens.shelf.shipped", lambda: {"stock-save": path})
    runs = [SUMMARY, replace(SUMMARY, state="resolved", done=8, remaining=0)]
    monkeypatch.setattr(Shelf, "runs", lambda _: iter([runs]))

    async def read(pilot: Pilot[int]) -> None:
        await settled(pilot)

    assert snap_compare(interface_of(lambda: Start(FakeOpener())), terminal_size=size, run_before=read)


@SIZES
@themes(DARK, ASCII)
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
