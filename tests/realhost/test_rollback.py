"""Rolled back from every phase, and after success: the host and the project stand as they stood, and no key is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from .incident import ALL_KEYS
from .machine import Machine
from .operator import Finished, Operator
from .project import Project
from .shipped import SHORT, Copy
from .standing import Everything
from .truth import Truth

LAST_STEPS = {
    "template": "commit-template",
    "configuration": "commit-configuration",
    "ownership": "copy-aside",
    "deploy": "access",
    "switch": "save-as-account",
    "monitor": "watch",
}
"""The step of each phase that is made to fail: late enough that everything the phase changes is to be undone."""


BACKUPS = "/var/backups/incident-wizard"


def made_to_fail(step: str) -> Copy:
    """The shipped checklist with one check more, which cannot pass."""
    text = Copy.whole().text
    head, found, rest = text.partition(f"      - id: {step}\n")
    assert found, step
    before, checks, after = rest.partition("        checks:\n")
    injected = '          - name: injected failure\n            command: {command: "false", exit_status: 0}\n'
    return Copy(head + found + before + checks + injected + after)


def undone(finished: Finished) -> dict[str, str]:
    """What the undo of each step came to."""
    return {body["step"]: body["outcome"] for body in finished.of("undo_ended")}


def check_nothing_is_left(finished: Finished, machine: Machine, truth: Truth) -> None:
    """Every undo is proven or says why there was none; the copy of all keys stays."""
    outcomes = undone(finished)
    assert set(outcomes.values()) <= {"restored, proven", "not needed", "not undoable"}, outcomes
    assert all(body["reason"] for body in finished.of("undo_ended", outcome="not undoable"))
    assert truth.data().count == ALL_KEYS
    if outcomes.get("copy-aside"):
        (copy,) = machine.check(["sh", "-c", f"ls {BACKUPS}/*.rdb"]).split()
        assert truth.rdb_keys(copy) == ALL_KEYS


@pytest.mark.parametrize("phase", LAST_STEPS)
def test_a_failure_in_any_phase_is_undone_and_proven(
    machine: Machine, truth: Truth, project: Project, tmp_path: Path, phase: str
) -> None:
    before = Everything.of(truth, project)
    checklist = made_to_fail(LAST_STEPS[phase]).write(tmp_path)
    finished = Operator(machine, tmp_path, project).run(checklist, "--on-fail", "rollback", **SHORT)
    assert finished.blocked[-1] == (LAST_STEPS[phase], ["injected failure"]), finished.why
    assert finished.exit_status == 1, finished.why
    check_nothing_is_left(finished, machine, truth)
    assert Everything.of(truth, project) == before
    assert project.git("status", "--porcelain") == ""


def test_after_success_all_of_it_can_still_be_undone(
    machine: Machine, truth: Truth, project: Project, tmp_path: Path
) -> None:
    before = Everything.of(truth, project)
    operator = Operator(machine, tmp_path, project)
    assert operator.run("redis-ownership", **SHORT).exit_status == 0
    finished = operator.again("rollback")
    assert finished.exit_status == 1, finished.why
    check_nothing_is_left(finished, machine, truth)
    assert Everything.of(truth, project) == before
    report = (operator.run_dir / "report.md").read_text()
    assert "not undoable" in report
