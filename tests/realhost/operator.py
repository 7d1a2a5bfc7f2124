"""The operator's side: the wizard, as a process of its own in the operator's network, with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .machine import Machine
from .project import Project

REPOSITORY = Path(__file__).parents[2]
ANSWERS = {"review-template": "complete"}


@dataclass(frozen=True)
class Finished:
    """A wizard that ended: its exit status, its events, and what it told a person."""

    exit_status: int
    events: Sequence[Mapping[str, Any]]
    narration: str

    def of(self, kind: str, **fields: Any) -> list[Mapping[str, Any]]:
        """Bodies of the events of this kind that have these fields."""
        bodies = [event["body"] for event in self.events if event["kind"] == kind]
        return [body for body in bodies if all(body.get(name) == value for name, value in fields.items())]

    @property
    def blocked(self) -> list[tuple[str, list[str]]]:
        """Every gate that was shut: its scope, and what kept it shut."""
        return [(body["scope"], list(body["blocked_by"])) for body in self.of("gate_blocked")]

    @property
    def why(self) -> str:
        """What stood in the way, in few lines, for a test that did not end as it should."""
        wanted = {"trouble_met", "link_changed"}
        met = [f"{event['kind']}: {event['body']}" for event in self.events if event["kind"] in wanted]
        shut = [
            f"{body['scope']}: {body['title']}: {body['outcome']}: {body['observed']}: {body['evidence']}"
            for body in self.of("check_observed", final=True)
            if body["outcome"] not in {"pass", "skip"}
        ]
        return "\n".join([*met, *shut, f"exit status {self.exit_status}", self.narration[-2000:]])

    @property
    def outcomes(self) -> dict[str, str]:
        """How each step that ended did."""
        return {body["step"]: body["outcome"] for body in self.of("step_ended")}


@dataclass
class Operator:
    """Runs the wizard against a machine."""

    machine: Machine
    home: Path
    project: Project | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    accepts: bool = True
    sudo_password: str | None = None

    def argv(self, checklist: str | Path, *options: str, **inputs: Any) -> list[str]:
        """The whole command line, in the operator's network."""
        wizard = [sys.executable, "-m", "wizard.cli", "run", str(checklist), "--headless"]
        key = ["--accept-host-key", self.machine.host_key_fingerprint] if self.accepts else []
        sets = [word for name, value in self._sets(inputs).items() for word in ("--set", f"{name}={value}")]
        return self.machine.operator_argv([*wizard, *key, "--run-dir", str(self.run_dir), *sets, *options])

    def _sets(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        project = {"project": self.project.root} if self.project else {}
        return {"identity": self.machine.key_file, **project, **self.inputs, **inputs}

    def again(self, command: str, *options: str) -> Finished:
        """Take the run up again: resume, or rollback."""
        process = self.spawn_again(command, *options)
        try:
            return self.wait(process)
        finally:
            process.kill()
            process.communicate()

    def spawn_again(self, command: str, *options: str) -> subprocess.Popen[str]:
        """Start to take the run up again and leave it running."""
        wizard = [sys.executable, "-m", "wizard.cli", command, str(self.run_dir), "--headless", *options]
        return self._spawn(self.machine.operator_argv(wizard))

    @property
    def run_dir(self) -> Path:
        """Where the run is kept."""
        return self.home / "run"

    @property
    def environment(self) -> dict[str, str]:
        """An environment with nothing of this machine's user in it but what the tests need."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return {
            "HOME": str(self.home),
            "PATH": path,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(REPOSITORY),
            "USER": "operator",
            "GIT_AUTHOR_NAME": "Operator",
            "GIT_AUTHOR_EMAIL": "operator@example.org",
            "GIT_COMMITTER_NAME": "Operator",
            "GIT_COMMITTER_EMAIL": "operator@example.org",
            "WIZARD_SUDO_PASSWORD": (self.machine.sudo_password or "")
            if self.sudo_password is None
            else self.sudo_password,
            "WIZARD_STATE_DIR": str(self.home / "state"),
        }

    def answers(self, given: Mapping[str, Any]) -> Path:
        """An answers file."""
        path = self.home / "answers.yaml"
        path.write_text(json.dumps(dict(given)))
        return path

    @contextmanager
    def started(self, checklist: str | Path, *options: str, **inputs: Any) -> Iterator[subprocess.Popen[str]]:
        """A wizard that runs; it is killed where it has not ended by itself."""
        process = self.start(checklist, *options, **inputs)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def start(self, checklist: str | Path, *options: str, **inputs: Any) -> subprocess.Popen[str]:
        """Start the wizard and leave it running."""
        return self._spawn(self.argv(checklist, *options, **inputs))

    def _spawn(self, argv: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            argv,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, checklist: str | Path, *options: str, answers: Mapping[str, Any] | None = None, **inputs: Any
    ) -> Finished:
        """Run a checklist to its end."""
        given = ["--answers", str(self.answers(ANSWERS if answers is None else answers))]
        with self.started(checklist, *given, *options, **inputs) as process:
            return self.wait(process)

    def wait(self, process: subprocess.Popen[str], seconds: float = 540) -> Finished:
        """Wait until a wizard has ended."""
        _, narration = process.communicate(timeout=seconds)
        return Finished(process.returncode, self.events(), narration)

    def events(self) -> list[dict[str, Any]]:
        """What the journal holds so far."""
        journal = self.run_dir / "events.jsonl"
        if not journal.exists():
            return []
        whole = journal.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in whole if line.endswith("\n")]
