"""The wizard as a user has it: a process with arguments, an exit status, two streams and a run directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import warm
from tests.support.warm import ROOT

HEAD = """\
checklist: trial
title: A trial
severity: low
"""
TAIL = """
exit_criteria:
  - name: the trial is over
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""


def wait_until(seen: Callable[[], bool], what: str) -> None:
    """Look until it is seen; a minute without it is a failure, not a stuck test."""
    deadline = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < deadline, f"never seen: {what}"
        time.sleep(0.005)


def checklist(phases: str, head: str = "", tail: str = TAIL) -> str:
    """A whole document around these phases."""
    return f"{HEAD}{head}phases:\n{phases}{tail}"


def phase(*steps: str) -> str:
    """The one phase of a checklist."""
    return "".join(["  - id: one\n    title: One\n    steps:\n", *steps])


def step(name: str, run: str, *checks: str, on: str = "local", requires: str = "") -> str:
    """A step that runs something.

    Args:
        name: Its id.
        run: The mapping behind ``run``, in YAML.
        checks: Each in YAML, in one line.
        on: Its host.
        requires: What it requires, in the same way.
    """
    lines = [f"- id: {name}", f"  title: {name.title()}", f"  why: to {name}", f"  on: {on}", f"  run: {{{run}}}"]
    lines += ["  requires:", f"    - {requires}"] if requires else []
    lines += ["  checks:", *(f"    - {check}" for check in checks)] if checks else []
    return "".join(f"      {line}\n" for line in lines)


@dataclass(frozen=True)
class Done:
    """A wizard that ended."""

    exit_status: int
    stdout: str
    stderr: str
    directory: Path

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        """What the journal holds."""
        return [json.loads(line) for line in (self.directory / "events.jsonl").read_text().splitlines()]

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """Bodies of the events of this kind."""
        return [event["body"] for event in self.events if event["kind"] == kind]


class Wizard:
    """Starts wizards with a home of their own below ``home``."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.directory = home / "run"
        self.largest_file = 0

    def write(self, text: str, name: str = "trial.yaml") -> Path:
        """A file in the home."""
        path = self.home / name
        path.write_text(text)
        return path

    def start(
        self, *arguments: str | Path, before: str = "", cold: bool = False, **environment: str
    ) -> subprocess.Popen[str]:
        """Start one and leave it running.

        Args:
            arguments: Of the command line.
            before: Sh that comes first, as ``ulimit -c 0``; what comes after it begins cold.
            cold: It begins as a program of its own: the console script, as a user has it.
            environment: Beside what a wizard needs to start.
        """
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        env = {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", "WIZARD_STATE_DIR": str(self.home / "state")}
        limit = f"ulimit -f {self.largest_file // 512}; " if self.largest_file else ""
        program = [Path(sys.executable).with_name("wizard")] if cold else [sys.executable, "-m", "wizard.cli"]
        first = ["/bin/sh", "-c", f'{limit}{before}\nexec "$@"', "sh"] if limit or before else []
        return warm.begin(
            [*first, *program, *arguments],
            env={**env, "PYTHONPATH": str(ROOT), **environment},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str | Path, cold: bool = False, **environment: str) -> Done:
        """Run one to its end."""
        with self.start(*arguments, cold=cold, **environment) as process:
            stdout, stderr = process.communicate(timeout=180)
        return Done(process.returncode, stdout, stderr, self.directory)

    def run(self, text: str, *options: str | Path, answers: str = "", cold: bool = False, **environment: str) -> Done:
        """Run a checklist headless."""
        given = ["--answers", self.write(answers, "answers.yaml")] if answers else []
        file = self.write(text)
        words = ["run", file, "--headless", "--run-dir", self.directory, *given, *options]
        return self(*words, cold=cold, **environment)
