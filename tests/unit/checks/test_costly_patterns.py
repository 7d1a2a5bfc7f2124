"""Past the bound of a pattern the outcome is unknown with its reason, in every kind that looks for one."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.shellhost import ScriptedHost, ShellHost
from tests.support.stage import world
from wizard import patterns
from wizard.actions.base import Result
from wizard.actions.edit import Edit, EditSpec
from wizard.actions.watch import _alarms
from wizard.checklist.model import Capture
from wizard.checklist.surroundings import Input
from wizard.checklist.values import Unfit, convert
from wizard.checks.base import Outcome
from wizard.checks.command import CommandCheck, CommandSpec
from wizard.checks.journal import JournalCheck, JournalSpec
from wizard.errors import StepRefused
from wizard.hosts.base import Answer
from wizard.run.capturing import _value

PATTERN, TEXT = r"^(\w|\d|[a-z])*(\w+\s?)+$", "a" * 4000 + "!"
SAID = "took more than 0.2 s of computing over 4,"


@pytest.fixture(autouse=True)
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns._Bounded.__init__, "__defaults__", (0.2,))


@pytest.mark.parametrize("field", ["stdout", "stdout_lacks"])
async def test_what_a_command_prints(field: str) -> None:
    spec = CommandSpec.model_validate({"command": "x", field: PATTERN})
    seen = await CommandCheck(spec, world(ScriptedHost(Answer(0, TEXT.encode())))).observe()
    assert seen.outcome is Outcome.UNKNOWN
    assert SAID in seen.observed


def journal_of(*lines: str) -> ScriptedHost:
    rows = [
        json.dumps({"__REALTIME_TIMESTAMP": "2000000", "MESSAGE": line, "__CURSOR": f"s=2;i={n}"})
        for n, line in enumerate(lines)
    ]
    unit = Answer(0, b"Id=redis.service\nLoadState=loaded\nActiveState=active\nInvocationID=abc\n")
    return ScriptedHost(unit, Answer(0, "\n".join([*rows, "end 0", ""]).encode()))


@pytest.mark.parametrize(
    ("field", "lines", "outcome"),
    [
        ("lacks", [TEXT], Outcome.UNKNOWN),
        ("contains", [TEXT], Outcome.UNKNOWN),
        ("lacks", ["seen", TEXT], Outcome.FAIL),
        ("contains", ["seen", TEXT], Outcome.PASS),
    ],
)
async def test_what_a_unit_logged(field: str, lines: list[str], outcome: Outcome) -> None:
    spec = JournalSpec.model_validate({"unit": "redis.service", "since": "unit_start", field: PATTERN})
    seen = await JournalCheck(spec, world(journal_of(*lines))).observe()
    assert seen.outcome is outcome
    assert outcome is not Outcome.UNKNOWN or SAID in seen.observed


async def test_an_alarm_of_a_watch() -> None:
    lines, problem = await _alarms(PATTERN, ["seen", TEXT])
    assert lines == ["seen"]
    assert SAID in problem[0]


async def test_a_value_that_is_captured() -> None:
    capture = Capture.model_validate({"stdout": r"^((?:\w|\d|[a-z])*(?:\w+\s?)+)$"})
    context = cast("Any", SimpleNamespace(scope=dict))
    with pytest.raises(StepRefused, match=SAID):
        await _value(context, cast("Any", None), capture, Result(ok=True, what="", output=TEXT))


async def test_a_file_that_is_edited_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(TEXT)
    spec = EditSpec.model_validate({"path": str(path), "replace": [{"regex": PATTERN, "with": "x"}]})
    with pytest.raises(StepRefused, match=SAID):
        await Edit(spec, world(ShellHost())).capture()
    assert path.read_text() == TEXT


def test_a_value_that_is_given() -> None:
    with pytest.raises(Unfit) as unfit:
        convert(TEXT, Input.model_validate({"type": "text", "pattern": PATTERN}))
    assert "took more than 0.25 s" in unfit.value.what
