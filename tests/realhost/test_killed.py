"""The wizard killed in each phase of one run, and in its rollback: it goes on, and every effect is there once."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from .incident import ALL_KEYS
from .machine import Machine
from .operator import ANSWERS, Operator
from .project import Project
from .shipped import SHORT
from .standing import Everything
from .truth import Truth

STRUCK = ["create-template", "parse-error", "let-it-save", "deploy-unit", "chown-data", "watch"]
"""A step of each phase; the wizard is killed as soon as the journal says that it was taken up."""

STRUCK_UNDOING = ["take-access-back", "deploy-unit"]
SECONDS = 180.0


def kill_once(operator: Operator, process: subprocess.Popen[str], kind: str, step: str, seen: int) -> None:
    """Wait for one more event of this kind about the step, then kill the wizard without a warning."""
    deadline = time.monotonic() + SECONDS
    while _count(operator, kind, step) <= seen:
        assert process.poll() is None, process.communicate()[1][-3000:]
        assert time.monotonic() < deadline, f"{kind} of {step} never came"
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def _count(operator: Operator, kind: str, step: str) -> int:
    return sum(event["kind"] == kind and event["body"].get("step") == step for event in operator.events())


def test_killed_in_every_phase_the_run_ends_resolved_with_each_effect_once(
    machine: Machine, truth: Truth, project: Project, tmp_path: Path
) -> None:
    before = Everything.of(truth, project)
    operator = Operator(machine, tmp_path, project)
    answers = ["--answers", str(operator.answers(ANSWERS))]
    process = operator.start("redis-ownership", *answers, **SHORT)
    for step in STRUCK:
        kill_once(operator, process, "step_rendered", step, 0)
        process = operator.spawn_again("resume", *answers)
    finished = operator.wait(process)

    assert finished.exit_status == 0, finished.why
    assert truth.data().count == ALL_KEYS
    assert [server.user for server in truth.servers()] == ["redis"]
    assert project.git("rev-list", "--count", "HEAD") == "3"
    assert once_each(machine)
    assert len(finished.of("run_resumed")) == len(STRUCK)

    process = operator.spawn_again("rollback")
    for step in STRUCK_UNDOING:
        kill_once(operator, process, "undo_started", step, _count(operator, "undo_ended", step))
        process = operator.spawn_again("resume")
    undone = operator.wait(process)
    assert undone.exit_status == 1, undone.why
    assert Everything.of(truth, project) == before


def once_each(machine: Machine) -> bool:
    """Every step has one claim on the host for each of its scripts, and all of them its first attempt."""
    claims = machine.check(["sh", "-c", "ls /var/lib/incident-wizard/spool | grep 'claim$'"]).split()
    counted = Counter(name.split(".do")[0] for name in claims)
    return bool(counted) and max(counted.values()) == 1 and all(".do1." in name for name in claims)
