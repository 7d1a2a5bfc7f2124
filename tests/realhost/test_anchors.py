"""The head of the journal in a real host's journald: what was cut off is found, a forged line accuses nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .machine import Machine
from .operator import Operator

CHECKLIST = Path(__file__).parent / "checklists" / "two-phases.yaml"


def verified(operator: Operator, *options: str) -> tuple[int, str]:
    """The exit status of `wizard verify` and what it says."""
    wizard = [sys.executable, "-m", "wizard.cli", "verify", str(operator.run_dir), *options]
    argv = operator.machine.operator_argv(wizard)
    done = subprocess.run(argv, env=operator.environment, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("machine", [{"sudo": "password"}], indirect=True)
def test_a_journal_cut_off_after_a_phase_is_found_by_the_hosts_journald(machine: Machine, tmp_path: Path) -> None:
    operator = Operator(machine, tmp_path)
    finished = operator.run(CHECKLIST, answers={})
    assert finished.exit_status == 0, finished.why
    anchors = finished.of("chain_anchored")
    assert anchors
    assert {one["why"] for one in anchors} == {""}

    run = finished.of("run_started")[0]["run"]
    forged = ["runuser", "-u", machine.user, "--", "logger", "-t", "incident-wizard", "--", f"{run} 999 {'ab' * 32}"]
    machine.check(forged)
    status, said = verified(operator, "--host")
    assert status == 0, said
    assert f"host redis holds {len(anchors)} anchors of this run; all are in the chain" in said
    assert "the record is whole, and so say the hosts" in said

    journal = operator.run_dir / "events.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    ended = next(place for place, line in enumerate(lines) if json.loads(line)["kind"] == "phase_ended")
    journal.write_text("".join(lines[: ended + 1]))
    status, said = verified(operator)
    assert status == 0, said
    assert "the record is whole as far as this directory can tell\n" in said
    status, said = verified(operator, "--host")
    assert status == 1, said
    assert "it was cut off" in said
    assert "the record is not whole" in said
