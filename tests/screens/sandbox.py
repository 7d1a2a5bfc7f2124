"""A home, a harbour and a run directory for one test, and wizards in a terminal that work there."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.integration.commandline import ROOT
from tests.support import warm
from tests.support.terminal import Terminal, press_until, python

HARBOUR = ROOT / "tests" / "fixtures" / "checklists" / "harbour.yaml"
WIZARD = [sys.executable, "-m", "wizard.cli"]
SCRIPT = [str(Path(sys.executable).with_name("wizard"))]


def build_harbour(home: Path) -> Path:
    """What the checklist of the harbour works on."""
    harbour = home / "harbour"
    harbour.mkdir()
    (harbour / "board").write_text("yesterday\n")
    (harbour / "table").write_text("today\n")
    return harbour


class Sandbox:
    """A home, a harbour, and a run directory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.harbour = build_harbour(home)
        self.run = home / "run"

    @property
    def environment(self) -> dict[str, str]:
        """What a wizard needs to start, and its places."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        state = {"HOME": str(self.home), "WIZARD_STATE_DIR": str(self.home / "state")}
        return {**state, "PATH": path, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}

    @property
    def words(self) -> list[str]:
        """A run of the harbour's checklist."""
        return ["run", str(HARBOUR), "--set", f"where={self.harbour}", "--set", "pace=0", "--run-dir", str(self.run)]

    def terminal(self, *words: str, program: str = "", cold: bool = False, **environment: str) -> Terminal:
        """The wizard in a terminal; cold, it is the console script, as a user has it."""
        before = python(program) if program else SCRIPT if cold else WIZARD
        return Terminal([*before, *(words or self.words)], {**self.environment, **environment}, cold=cold)

    def headless(self, *words: str) -> None:
        """Run it without an interface to its end."""
        warm.run([*WIZARD, *(words or self.words), "--headless"], env=self.environment)

    def kinds(self) -> list[str]:
        """What the whole lines of the journal tell, by kind."""
        journal = self.run / "events.jsonl"
        whole = journal.read_text().rpartition("\n")[0] if journal.exists() else ""
        return [json.loads(line)["kind"] for line in whole.splitlines()]

    def waits(self) -> bool:
        """The run waits for a person."""
        return "question_asked" in self.kinds()


def come_to_a_change(sandbox: Sandbox, terminal: Terminal) -> None:
    """Begin, and come to the first changing step."""
    terminal.until(b"Begin the first step?")
    press_until(terminal, "1\r", lambda: "question_answered" in sandbox.kinds())
    terminal.until(b"Approve this change")
