"""From the start screen to a run: a checklist by way of its inputs, a past run to go on with, look at, or roll back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from screens.inputs import Inputs
from screens.report import Report
from screens.start import Start
from screens.widgets.choices import Choices
from tests.screens.sandbox import HARBOUR, WIZARD, build_harbour
from tests.screens.start_driver import StartDriver, drive_start
from tests.support import warm
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
    build_harbour(tmp_path)
    (tmp_path / "secretive.yaml").write_text(SECRET)
    return tmp_path


def past(home: Path) -> Path:
    """A run that stopped at a gate, with a change made."""
    words = ["run", str(HARBOUR), "--headless", "--set", f"where={home / 'harbour'}", "--set", "pace=0"]
    state = {"WIZARD_STATE_DIR": str(home / "state"), "PATH": os.environ["PATH"], "HOME": str(home)}
    done = warm.run([*WIZARD, *words], env={**warm.LIKE_ALL, **state})
    assert done.returncode == 4, done.stderr
    (directory,) = (home / "state" / "runs").iterdir()
    return directory


async def test_a_checklist_of_ones_own_is_run_by_way_of_its_inputs(home: Path) -> None:
    async with drive_start(Start) as driver:
        await driver.until(lambda: driver.screen.query_one("#checklists", OptionList).option_count > 1)
        await driver.press("end", "enter")
        await driver.press(*str(HARBOUR), "enter")
        await driver.until(lambda: isinstance(driver.screen, Inputs))
        await driver.press("ctrl+s")
        assert any("not given" in one for one in driver.complaints())
        driver.screen.query(Input).first().value = str(home / "harbour")
        await driver.press("ctrl+s")
        await driver.until(driver.on_run)
        await driver.until(lambda: isinstance(driver.sitting._app.focused, Choices))


async def test_a_checklist_that_cannot_be_used_says_so_and_goes_nowhere(home: Path) -> None:
    (home / "bad.yaml").write_text("checklist: bad\n")
    async with drive_start(Start) as driver:
        await driver.until(lambda: driver.screen.query_one("#checklists", OptionList).option_count > 1)
        await driver.press("end", "enter", *str(home / "bad.yaml"), "enter")
        await driver.pilot.pause()
        assert isinstance(driver.screen, Start)
        assert "bad.yaml" in next(iter(driver.sitting._app._notifications)).message


async def test_inputs_are_checked_as_they_are_typed_and_secrets_are_masked(home: Path) -> None:
    request = Request(str(home / "secretive.yaml"))
    async with drive_start(lambda made: made.inputs_screen(request)) as driver:
        secret, count = driver.screen.query(Input)
        assert secret.password
        count.value = "many"
        await driver.pilot.pause()
        assert any("number" in one for one in driver.complaints())
        count.value = "4"
        await driver.pilot.pause()
        assert driver.complaints() == []
        await driver.press("ctrl+s")
        assert any("not given" in one for one in driver.complaints())
        secret.value = "swordfish-of-the-test"
        await driver.press("ctrl+s")
        await driver.until(driver.on_run)
        live = driver.sitting._live
        assert live is not None
    written = "".join(path.read_text() for path in live.directory.rglob("*") if path.is_file())
    assert "swordfish" not in written
    started = read(live.directory).records[0].event
    assert started.inputs == {"colour": "red", "count": 4}  # type: ignore[attr-defined]


async def pick_past(driver: StartDriver, answer: str) -> None:
    """Choose the newest run and what to do with it."""
    await driver.until(
        lambda: (
            bool(driver.screen.query_one("#runs", OptionList).option_count)
            and not driver.screen.query_one("#runs", OptionList).options[0].disabled
        )
    )
    await driver.press("tab", "enter")
    await driver.until(lambda: isinstance(driver.sitting._app.focused, Choices))
    choices = driver.screen.query_one(Choices)
    choices.highlighted = next(place for place, one in enumerate(choices.choices) if one.answer == answer)
    await driver.press("enter")


async def test_a_past_run_goes_on(home: Path) -> None:
    directory = past(home)
    async with drive_start(Start) as driver:
        await pick_past(driver, "go on")
        await driver.until(lambda: driver.sitting._live is not None and driver.sitting._live.directory == directory)
        await driver.until(lambda: any(record.event.kind == "run_resumed" for record in read(directory).records))


async def test_a_past_run_is_looked_at_without_touching_it(home: Path) -> None:
    directory = past(home)
    before = (directory / "events.jsonl").read_bytes()
    async with drive_start(Start) as driver:
        await pick_past(driver, "look")
        await driver.until(driver.on_run)
        assert driver.sitting._live is None
        await driver.press("q")
        await driver.until(lambda: isinstance(driver.screen, Start))
        await driver.press("q")
    assert driver.sitting._app.return_code == 0
    assert (directory / "events.jsonl").read_bytes() == before


async def test_a_past_runs_report_is_read(home: Path) -> None:
    past(home)
    async with drive_start(Start) as driver:
        await pick_past(driver, "report")
        await driver.until(lambda: isinstance(driver.screen, Report))
        await driver.until(lambda: "harbour" in driver.screen._markdown)  # type: ignore[attr-defined]


async def test_a_rollback_that_is_not_wanted_leads_back(home: Path) -> None:
    directory = past(home)
    before = (directory / "events.jsonl").read_bytes()
    async with drive_start(Start) as driver:
        await pick_past(driver, "roll back")
        await driver.until(lambda: driver.on_run() and isinstance(driver.sitting._app.focused, Choices))
        await driver.press("2", "enter")
        await driver.until(lambda: isinstance(driver.screen, Start))
    assert (directory / "events.jsonl").read_bytes() == before


async def test_a_past_run_is_rolled_back_after_its_plan_was_seen(home: Path) -> None:
    directory = past(home)
    assert (home / "harbour" / "board.old").exists()
    async with drive_start(Start) as driver:
        await pick_past(driver, "roll back")
        await driver.until(lambda: driver.on_run() and isinstance(driver.sitting._app.focused, Choices))
        assert not any(record.event.kind == "rollback_started" for record in read(directory).records)
        await driver.press("1", "enter")
        await driver.until(lambda: any(record.event.kind == "rollback_ended" for record in read(directory).records))
    assert not (home / "harbour" / "board.old").exists()
    assert (home / "harbour" / "board").read_text() == "yesterday\n"
