"""A gate with a live engine behind it: a step is edited, and a run handed over and taken over, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from screens.modals.choosing import Choosing
from screens.modals.edit import EditStep
from screens.modals.handover import HandOver
from screens.widgets.choices import Choices
from tests.screens.live_driver import LiveDriver, drive_live
from wizard.run import events as ev
from wizard.run.journal import read


async def to_the_lamp(here: LiveDriver) -> None:
    """As far as the gate of the lamp, which has no fuse."""
    await here.asked("backup")
    await here.press("2", "enter")
    await here.until(lambda: bool(here.state.question and here.state.question.purpose == "safe_stop"))
    await here.asked("backup")
    await here.press("1", "enter")
    await here.asked("lamp")


async def test_a_step_is_edited_approved_and_runs_as_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await to_the_lamp(here)
        await here.press("2", "enter")
        await here.until(lambda: isinstance(here.app.screen, EditStep))
        here.app.screen.query_one("#text", TextArea).load_text(f"echo on > {here.harbour}/lamp")
        here.app.screen.query_one("#words", Input).value = "no fuse to be had"
        await here.press("ctrl+s")
        await here.until(lambda: bool(here.state.question and here.state.question.purpose == "approve"))
        await here.asked("lamp")
        assert not (here.harbour / "lamp").exists()
        await here.press("1", "enter")
        await here.asked("bell")
        assert (here.harbour / "lamp").read_text() == "on\n"
        assert list(here.state.deviations) == ["lamp edited: no fuse to be had"]


async def test_a_run_is_handed_over_at_its_gate_and_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive_live(tmp_path, monkeypatch) as here:
        await to_the_lamp(here)
        await here.press("8", "enter")
        await here.until(lambda: isinstance(here.app.screen, HandOver))
        await here.press(*"Kim", "enter")
        await here.until(lambda: getattr(here.app.focused, "id", "") == "words")
        await here.press(*"fuse", "enter")
        await here.over("paused")
        packet = (here.live.directory / "handover.md").read_text()
        assert "handed over to Kim" in packet
        assert "Switch the lamp on" in packet
        (here.harbour / "fuse").touch()
        await here.press("escape")
        await here.press("g")
        await here.until(lambda: isinstance(here.app.screen, Choosing) and isinstance(here.app.focused, Choices))
        assert not here.live.running
        await here.press("1", "enter")
        await here.asked("lamp")
        kinds = [type(one.event) for one in read(here.live.directory).records]
        assert kinds.count(ev.HandoverAcknowledged) == 1
