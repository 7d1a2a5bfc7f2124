"""What runs leave on hosts goes in time, and never what a run that has not ended may still ask for."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist
from wizard.run.journal import read
from wizard.run.state import replay

HEAD = "inputs:\n  where: {type: path}\nhosts:\n  local: {local: true, spool: SPOOL}\n"
STEPS = """\
  - id: one
    title: One
    steps:
      - id: make
        title: Make it
        why: it must be there
        run: {command: "echo make >>{{ where }}/effects; mkdir {{ where }}/made", undo: "rmdir {{ where }}/made"}
        checks:
          - file: {path: "{{ where }}/made", kind: directory}
      - id: wait
        title: Wait for the gate
        why: a person opens it
        run: {command: "echo wait >>{{ where }}/effects", undo: "echo undone >>{{ where }}/effects"}
        checks:
          - file: {path: "{{ where }}/gate", kind: file}
"""


class Operator(Wizard):
    """Runs of one checklist on one machine, each with a folder and a run directory of its own."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.spool = home / "spool"

    def ran(self, name: str, *options: str, gate: bool = True) -> Done:
        self.directory = self.home / f"run-{name}"
        folder = self.home / name
        folder.mkdir()
        if gate:
            (folder / "gate").touch()
        return self.run(checklist(STEPS, HEAD.replace("SPOOL", str(self.spool))), "--set", f"where={folder}", *options)

    def again(self, command: str, name: str) -> Done:
        self.directory = self.home / f"run-{name}"
        return self(command, self.directory, "--headless")

    def attempts(self, name: str) -> set[str]:
        return set(replay(read(self.home / f"run-{name}").records).attempts)

    def effects(self, name: str) -> list[str]:
        return (self.home / name / "effects").read_text().split()

    def kept(self, kind: str) -> set[str]:
        return {path.name.removesuffix(f".{kind}") for path in self.spool.glob(f"*.{kind}")}

    def month_passes(self) -> None:
        then = time.time() - 30 * 86400
        for stamp in self.spool.glob("swept.*"):
            stamp.rename(stamp.with_name("swept.1"))
        for path in [self.spool, *self.spool.rglob("*")]:
            os.utime(path, (then, then), follow_symlinks=False)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_what_a_run_left_goes_a_month_after_its_end_and_it_can_be_rolled_back_still(operator: Operator) -> None:
    assert operator.ran("first").exit_status == 0
    first = operator.attempts("first")
    assert operator.kept("acked") == operator.kept("claim") == first
    operator.month_passes()
    later = operator.ran("later")
    assert later.exit_status == 0, later.stderr
    (swept,) = later.of("spool_swept")
    assert (swept["host"], swept["attempts"], swept["full"]) == ("local", len(first), False)
    assert swept["freed"] > 0
    assert operator.kept("claim") == operator.attempts("later")

    undone = operator.again("rollback", "first")
    assert undone.exit_status == 1, undone.stderr
    assert [one["outcome"] for one in undone.of("undo_ended")] == ["ran, unproven", "ran, unproven"]
    assert operator.effects("first") == ["make", "wait", "undone"]
    assert not (operator.home / "first" / "made").exists()
    assert operator.kept("acked") == operator.kept("claim")


def test_a_run_that_waits_for_a_month_goes_on_with_what_it_did(operator: Operator) -> None:
    assert operator.ran("first", gate=False).exit_status == 4
    assert operator.kept("acked") == set()
    operator.month_passes()
    assert operator.ran("later").exit_status == 0
    assert operator.attempts("first") <= operator.kept("claim")
    (operator.home / "first" / "gate").touch()
    done = operator.again("resume", "first")
    assert done.exit_status == 0, done.stderr
    assert operator.effects("first") == ["make", "wait"]
    assert operator.attempts("first") <= operator.kept("acked")


def test_a_run_that_changes_nothing_takes_nothing_away(operator: Operator) -> None:
    assert operator.ran("first").exit_status == 0
    operator.month_passes()
    assert operator.ran("check", "--check").exit_status == 0
    assert operator.attempts("first") <= operator.kept("claim")
