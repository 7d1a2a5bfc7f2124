"""From the start screen to a run: a checklist by way of its inputs, a past run to go on with, look at, or roll back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from screens.inputs import Inputs
from screens.report import Report
from screens.start import Start
from screens.widgets.choices import Choices
from tests.screens.start_driver import CHECKLIST, Hands, sitting
from wizard.run.journal import read
from wizard.run.preparation import Request

SECRET = """\
checklist: secretive
title: Asks for a secret
severity: low
inputs:
  word: {type: secret, env: NO_SUCH_VARIABLE, help: whatever}
  colour: {type: choice, choices: [red, green], default: red}
  count: {type: number, default: 3}
phases:
  - id: one
    title: One
    steps:
      - id: ask
        title: Ask
        why: to see
        manual: {ask: Shall we?}
exit_criteria:
  - name: over
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("NO_SUCH_VARIABLE", raising=False)
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "board").write_text("yesterday\n")
    (tmp_path / "harbour" / "table").write_text("today\n")
    (tmp_path / "secretive.yaml").write_text(SECRET)
    return tmp_path


def past(home: Path) -> Path:
    """A run that stopped at a gate, with a change made."""
    words = ["run", str(CHECKLIST), "--headless", "--set", f"where={home / 'harbour'}", "--set", "pace=0"]
    done = subprocess.run([sys.executable, "-m", "wizard.cli", *words], capture_output=True, check=False)
    assert done.returncode == 4, done.stderr
    (directory,) = (home / "state" / "runs").iterdir()
    return directory


async def test_a_checklist_of_ones_own_is_run_by_way_of_its_inputs(home: Path) -> None:
    async with sitting(Start) as hands:
        await hands.until(lambda: hands.screen.query_one("#checklists", OptionList).option_count > 1)
        await hands.press("end", "enter")
        await hands.press(*str(CHECKLIST), "enter")
        await hands.until(lambda: isinstance(hands.screen, Inputs))
        await hands.press("ctrl+s")
        assert any("not given" in one for one in hands.complaints())
        hands.screen.query(Input).first().value = str(home / "harbour")
        await hands.press("ctrl+s")
        await hands.until(hands.on_run)
        await hands.until(lambda: isinstance(hands.sitting._app.focused, Choices))


async def test_a_checklist_that_cannot_be_used_says_so_and_goes_nowhere(home: Path) -> None:
    (home / "bad.yaml").write_text("checklist: bad\n")
    async with sitting(Start) as hands:
        await hands.until(lambda: hands.screen.query_one("#checklists", OptionList).option_count > 1)
        await hands.press("end", "enter", *str(home / "bad.yaml"), "enter")
        await hands.pilot.pause()
        assert isinstance(hands.screen, Start)
        assert "bad.yaml" in next(iter(hands.sitting._app._notifications)).message


async def test_inputs_are_checked_as_they_are_typed_and_secrets_are_masked(home: Path) -> None:
    request = Request(str(home / "secretive.yaml"))
    async with sitting(lambda made: made.inputs_screen(request)) as hands:
        secret, count = hands.screen.query(Input)
        assert secret.password
        count.value = "many"
        await hands.pilot.pause()
        assert any("number" in one for one in hands.complaints())
        count.value = "4"
        await hands.pilot.pause()
        assert hands.complaints() == []
        await hands.press("ctrl+s")
        assert any("not given" in one for one in hands.complaints())
        secret.value = "swordfish-of-the-test"
        await hands.press("ctrl+s")
        await hands.until(hands.on_run)
        live = hands.sitting._live
        assert live is not None
    written = "".join(path.read_text() for path in live.directory.rglob("*") if path.is_file())
    assert "swordfish" not in written
    started = read(live.directory).records[0].event
    assert started.inputs == {"colour": "red", "count": 4}  # type: ignore[attr-defined]


async def pick_past(hands: Hands, answer: str) -> None:
    """Choose the newest run and what to do with it."""
    await hands.until(
        lambda: (
            bool(hands.screen.query_one("#runs", OptionList).option_count)
            and not hands.screen.query_one("#runs", OptionList).options[0].disabled
        )
    )
    await hands.press("tab", "enter")
    await hands.until(lambda: isinstance(hands.sitting._app.focused, Choices))
    choices = hands.screen.query_one(Choices)
    choices.highlighted = next(place for place, one in enumerate(choices.choices) if one.answer == answer)
    await hands.press("enter")


async def test_a_past_run_goes_on(home: Path) -> None:
    directory = past(home)
    async with sitting(Start) as hands:
        await pick_past(hands, "go on")
        await hands.until(lambda: hands.sitting._live is not None and hands.sitting._live.directory == directory)
        await hands.until(lambda: any(record.event.kind == "run_resumed" for record in read(directory).records))


async def test_a_past_run_is_looked_at_without_touching_it(home: Path) -> None:
    directory = past(home)
    before = (directory / "events.jsonl").read_bytes()
    async with sitting(Start) as hands:
        await pick_past(hands, "look")
        await hands.until(hands.on_run)
        assert hands.sitting._live is None
        await hands.press("q")
        await hands.until(lambda: isinstance(hands.screen, Start))
        await hands.press("q")
    assert hands.sitting._app.return_code == 0
    assert (directory / "events.jsonl").read_bytes() == before


async def test_a_past_runs_report_is_read(home: Path) -> None:
    past(home)
    async with sitting(Start) as hands:
        await pick_past(hands, "report")
        await hands.until(lambda: isinstance(hands.screen, Report))
        await hands.until(lambda: "harbour" in hands.screen._markdown)  # type: ignore[attr-defined]


async def test_a_rollback_that_is_not_wanted_leads_back(home: Path) -> None:
    directory = past(home)
    before = (directory / "events.jsonl").read_bytes()
    async with sitting(Start) as hands:
        await pick_past(hands, "roll back")
        await hands.until(lambda: hands.on_run() and isinstance(hands.sitting._app.focused, Choices))
        await hands.press("2", "enter")
        await hands.until(lambda: isinstance(hands.screen, Start))
    assert (directory / "events.jsonl").read_bytes() == before


async def test_a_past_run_is_rolled_back_after_its_plan_was_seen(home: Path) -> None:
    directory = past(home)
    assert (home / "harbour" / "board.old").exists()
    async with sitting(Start) as hands:
        await pick_past(hands, "roll back")
        await hands.until(lambda: hands.on_run() and isinstance(hands.sitting._app.focused, Choices))
        assert not any(record.event.kind == "rollback_started" for record in read(directory).records)
        await hands.press("1", "enter")
        await hands.until(lambda: any(record.event.kind == "rollback_ended" for record in read(directory).records))
    assert not (home / "harbour" / "board.old").exists()
    assert (home / "harbour" / "board").read_text() == "yesterday\n"
