"""Every rehearsal: its step fails, all that was done is undone, and the host and the project stand as they stood."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wizard.drill.faults import FAULTS
from wizard.drill.host.incident import ALL_KEYS

ROOT = Path(__file__).parents[2]
DATA = "var/lib/redis-stack"
STEPS = [fault.step for fault in FAULTS]

pytestmark = [pytest.mark.timeout(600), pytest.mark.drill]


Rehearsed = tuple[str, dict[str, Any], list[dict[str, Any]]]


@pytest.fixture(
    scope="module", params=[pytest.param(step, marks=pytest.mark.xdist_group(f"rehearsal of {step}")) for step in STEPS]
)
def rehearsed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """One rehearsal, once for all that is asked of it: its step, what was seen, and the events of its run."""
    directory = tmp_path_factory.mktemp("rehearsals") / request.param
    done = subprocess.run(
        [sys.executable, "-m", "tests.drill.rehearsal", request.param, str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    lines = (directory / "events.jsonl").read_text().splitlines()
    return request.param, json.loads(done.stdout), [json.loads(line) for line in lines]


def test_the_step_fails_and_everything_is_as_it_was(
    rehearsed: Rehearsed,
) -> None:
    step, told, events = rehearsed
    shut = [event["body"]["scope"] for event in events if event["kind"] == "gate_blocked"]
    assert shut == [step], told["narration"]
    assert told["exit_status"] == 1, told["narration"]
    assert [event["body"]["outcome"] for event in events if event["kind"] == "run_ended"] == ["rolled back"]
    undone = {event["body"]["step"]: event["body"]["outcome"] for event in events if event["kind"] == "undo_ended"}
    assert undone
    assert set(undone.values()) <= {"restored, proven", "not needed", "not undoable"}, undone
    assert f"{DATA}/dump.rdb 1000:1000 644" in told["before"]["ledger"]
    assert told["after"] == told["before"]


def test_no_key_is_lost_and_nothing_was_asked_that_is_not_modelled(
    rehearsed: Rehearsed,
) -> None:
    step, told, _ = rehearsed
    assert told["keys_before"] == told["keys_after"]["server"] == ALL_KEYS
    saved = STEPS.index(step) > STEPS.index("save")
    assert told["keys_after"]["snapshot"] == (ALL_KEYS if saved else 1)
    assert told["unmodelled"] == []
    assert not Path(told["root"]).exists()


def test_there_is_one_in_every_phase() -> None:
    from wizard.checklist.document import load  # noqa: PLC0415 - only this test needs it
    from wizard.kinds import registry  # noqa: PLC0415
    from wizard.run.preparation import find_checklist  # noqa: PLC0415

    phases = load(find_checklist("redis-ownership"), registry()).checklist.phases
    assert [phase.id for phase in phases for step in phase.steps if step.id in STEPS] == [phase.id for phase in phases]
