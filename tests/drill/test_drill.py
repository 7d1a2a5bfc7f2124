"""`wizard drill` as a person has it: a process, an exit status, two streams - and nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.drill.rehearsal import until
from wizard.drill.host.sweep import MARK

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.timeout(600), pytest.mark.drill]


@dataclass
class Driller:
    """Somebody with an empty home and a place for temporary files of their own."""

    home: Path
    places: Path

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        env = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": str(self.places)}
        return subprocess.Popen(
            [sys.executable, "-m", "wizard.cli", "drill", *words],
            env={**env, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    def events(self) -> list[dict[str, Any]]:
        journal = self.run_dir / "events.jsonl"
        lines = journal.read_text().splitlines(keepends=True) if journal.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def left(self) -> list[str]:
        """What a drill must not leave: temporary files, its processes, host keys, anything in the home but its runs."""
        files = [str(path) for path in self.places.iterdir()]
        home = [path for path in self.home.iterdir() if path != self.run_dir]
        known = [line for path in self.home.rglob("known_hosts") for line in path.read_text().splitlines()]
        state = {".local"} if not known else set()
        return [
            *files,
            *_scratch(self.places),
            *processes(self.places),
            *known,
            *(str(path) for path in home if path.name not in state),
        ]


class Seen(list[str]):
    """True where there is nothing."""

    def __bool__(self) -> bool:
        return len(self) == 0


def _scratch(places: Path) -> list[str]:
    """What channels and Ansible's scripts keep elsewhere while they live, told by what is written in it."""
    inside = [*Path("/dev/shm").glob("wizard.*/hello"), *Path("/tmp").glob("wizard.*/hello")]
    inside += Path("/tmp").glob("wz.*/vars.yml")
    return [str(path) for path in inside if _holds(path, str(places))]


def _holds(path: Path, text: str) -> bool:
    try:
        return text in path.read_text()
    except OSError:
        return False


def processes(places: Path) -> list[str]:
    """Processes that carry a drill's mark, or a path of it in their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                words, env = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"{places}/wizard-drill-".encode() in words or f"{MARK}={places}/".encode() in env:
                found.append(f"{entry.name} {words!r}")
    return found


@pytest.fixture
def driller(tmp_path: Path) -> Iterator[Driller]:
    places = Path(tempfile.mkdtemp(prefix="drill-", dir="/tmp"))
    # Where we are root, Redis runs as another account and must get there.
    places.chmod(0o711)
    yield Driller(tmp_path, places)
    shutil.rmtree(places)


def test_the_whole_incident_is_resolved_and_nothing_is_left_behind(driller: Driller) -> None:
    with driller.start("--headless", "--run-dir", str(driller.run_dir)) as process:
        _, told = process.communicate()
    assert process.returncode == 0, told[-4000:]
    events = driller.events()
    assert [event["body"]["outcome"] for event in events if event["kind"] == "run_ended"] == ["resolved"]
    ended = {event["body"]["step"]: event["body"]["outcome"] for event in events if event["kind"] == "step_ended"}
    assert set(ended.values()) == {"verified", "not needed"}, ended
    assert "1 scheduled saves due, 1 saves seen, 0 missed" in told
    assert "not modelled" not in told
    report = (driller.run_dir / "report.md").read_text()
    assert "10,001" in report or "10001" in report
    assert driller.left() == []


def test_a_rehearsal_ends_rolled_back_and_says_where_its_record_is(driller: Driller) -> None:
    with driller.start("--headless", "--fail", "commit-template", "--run-dir", str(driller.run_dir)) as process:
        _, told = process.communicate()
    assert process.returncode == 1, told[-4000:]
    assert "rolled back" in told
    assert told.splitlines()[-1].endswith(f"its report: {driller.run_dir}/report.md")
    assert "pre-commit: no ticket number" in (driller.run_dir / "report.md").read_text()
    assert driller.left() == []


def _reached(driller: Driller, step: str) -> bool:
    """The step has started something, or is over."""
    kinds = {"attempt_intended", "step_ended"}
    return any(event["kind"] in kinds and event["body"].get("step") == step for event in driller.events())


@pytest.mark.parametrize(
    ("number", "status", "last"),
    [(signal.SIGINT, 130, "identify"), (signal.SIGTERM, 143, "save"), (signal.SIGKILL, -9, "rehearse")],
    ids=["interrupted", "terminated", "killed"],
)
def test_stopped_in_the_middle_it_leaves_nothing_behind(driller: Driller, number: int, status: int, last: str) -> None:
    with driller.start("--headless", "--run-dir", str(driller.run_dir)) as process:
        until(lambda: _reached(driller, last), f"{last} in its stride")
        assert processes(driller.places)
        process.send_signal(number)
        process.communicate()
    assert process.returncode == status
    until(lambda: Seen(driller.left()), "nothing left behind")


def test_when_nobody_reads_what_it_says_any_more_it_leaves_nothing_behind(driller: Driller) -> None:
    process = driller.start("--headless", "--run-dir", str(driller.run_dir))
    until(lambda: _reached(driller, "unit-task"), "a step in its stride")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stderr.close()
    assert process.wait() != 0
    until(lambda: Seen(driller.left()), "nothing left behind")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)], ids=str)
def test_stopped_while_the_practice_host_starts_it_leaves_nothing_behind(
    driller: Driller, number: int, status: int
) -> None:
    with driller.start("--headless", "--run-dir", str(driller.run_dir)) as process:
        until(lambda: processes(driller.places), "the practice host's processes")
        process.send_signal(number)
        _, told = process.communicate()
    assert process.returncode == status
    assert "Traceback" not in told
    until(lambda: Seen(driller.left()), "nothing left behind")


def test_a_machine_without_the_programs_is_told_what_to_install(driller: Driller) -> None:
    with driller.start("--headless", PATH=str(driller.home / "none")) as process:
        _, told = process.communicate()
    assert process.returncode == 2
    assert "apt-get install git" in told
    assert "ansible-core: pip install" in told or (Path(sys.executable).parent / "ansible-playbook").exists()
    assert driller.left() == []


OWN = """\
checklist: own
title: One of our own
severity: low
inputs:
  vm: {type: host}
  identity: {type: path}
  spool: {type: text}
  log_dir: {type: path}
hosts:
  redis: {ssh: "{{ vm }}", identity: "{{ identity }}", sudo: true, spool: "{{ spool }}"}
phases:
  - id: look
    title: Look
    steps:
      - id: ask
        title: Ask for something that is not modelled
        why: it must be told
        on: redis
        run: {command: "ls -la -- {{ log_dir }}; loginctl list-users || true", read_only: true}
exit_criteria:
  - on: redis
    tree: {path: "{{ log_dir }}", owner: redis, min_entries: 0}
"""


def test_a_checklist_of_ones_own_is_tried_and_told_what_is_not_modelled_but_not_as_root(driller: Driller) -> None:
    own = driller.home / "own.yaml"
    own.write_text(OWN)
    with driller.start(str(own), "--headless", "--run-dir", str(driller.run_dir)) as process:
        _, told = process.communicate()
    own.unlink()
    if os.geteuid() == 0:
        assert process.returncode == 2
        assert "Start it as an ordinary user" in told
    else:
        assert "the practice host is no sandbox" in told
        assert process.returncode == 0, told
        assert "not modelled, so it proves nothing: loginctl list-users" in told
    assert driller.left() == []


def test_the_rehearsals_are_listed(driller: Driller) -> None:
    with driller.start("--fail", "list") as process:
        told, _ = process.communicate()
    assert process.returncode == 0
    assert "chown-data" in told


def test_a_step_that_no_rehearsal_fails_is_refused_with_those_there_are(driller: Driller) -> None:
    with driller.start("--headless", "--fail", "identify") as process:
        _, told = process.communicate()
    assert process.returncode == 2
    assert "Choose one of: commit-template" in told
