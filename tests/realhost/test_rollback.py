"""Rolled back from every phase, and after success: the host and the project stand as they stood, and no key is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest

from .incident import ALL_KEYS, DATA_DIR
from .machine import Machine
from .operator import Finished, Operator
from .project import Project
from .shipped import Copy
from .standing import Standing
from .truth import Truth

SHORT: dict[str, Any] = {
    "monitor_for": "2s",
    "monitor_every": "1s",
    "stop_timeout": 30,
    "second_restart": "false",
}
LAST_STEPS = {
    "template": "commit-template",
    "configuration": "commit-configuration",
    "ownership": "copy-aside",
    "deploy": "access",
    "switch": "save-as-account",
    "monitor": "watch",
}
"""The step of each phase that is made to fail: late enough that everything the phase changes is to be undone."""

OF_THE_MOMENT = {"MainPID", "ExecMainStatus", "Result", "NRestarts", "SubState"}
"""What says how a process came to run, not how it is configured."""

BACKUPS = "/var/backups/incident-wizard"


@dataclass(frozen=True)
class Everything:
    """The host and the project, without what only tells one process from the next."""

    host: Standing
    project: dict[str, tuple[bytes, int]]

    @classmethod
    def of(cls, truth: Truth, project: Project) -> Self:
        """Read it now."""
        standing = Standing.of(truth)
        snapshot = f"{DATA_DIR}/dump.rdb"
        paths = {
            path: replace(state, size=0) if path in {snapshot, DATA_DIR} else state
            for path, state in standing.paths.items()
        }
        service = {name: value for name, value in standing.service.items() if name not in OF_THE_MOMENT}
        servers = [(0, user) for _, user in standing.servers]
        return cls(replace(standing, paths=paths, service=service, servers=servers), _files(project.root))


def _files(root: Path) -> dict[str, tuple[bytes, int]]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode) for path in found}


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
