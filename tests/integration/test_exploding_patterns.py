"""A pattern that explodes, in a run: the check is unknown with its reason, and a signal is heard meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.commandline import checklist, phase, step, wait_until
from tests.support import warm

COSTLY_ONCE = [
    r"""command: {command: "printf %047d! 0 | tr 0 a", stdout_lacks: "^(a+)+$"}""",
    r"""command: {command: "head -c 600000 /dev/zero | tr '\\0' a", stdout_lacks: ".*ERROR.*"}""",
    r"""command: {command: "printf %039d 0 | tr 0 x", stdout_lacks: "(x+x+)+y"}""",
]
"""Patterns that held the wizard up for minutes."""

ENDLESS = (
    r"""command: {command: "head -c 4000 /dev/zero | tr '\\0' a; echo '!'","""
    r""" stdout: "^(\\w|\\d|[a-z])*(\\w+\\s?)+$", stdout_lacks: "(?:(?:a{1,100}){1,100}){1,100}b"}"""
)
"""Two that no engine gets through."""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path."""
    with tempfile.TemporaryDirectory(prefix="wz-") as folder:
        yield Path(folder)


def started(home: Path, *checks: str) -> subprocess.Popen[bytes]:
    path = home / "c.yaml"
    path.write_text(checklist(phase(step("look", "command: echo, read_only: true", *checks))))
    words = [sys.executable, "-m", "wizard.cli", "run", path, "--headless", "--run-dir", home / "run"]
    places = {"HOME": str(home), "WIZARD_STATE_DIR": str(home / "state"), "PATH": os.environ["PATH"]}
    with (home / "console").open("wb") as console:
        return warm.begin(words, env={**warm.LIKE_ALL, **places}, stderr=console)


def events(home: Path) -> str:
    journal = home / "run" / "events.jsonl"
    return journal.read_text() if journal.exists() else ""


def test_past_the_bound_the_gate_stays_shut_with_the_reason(home: Path) -> None:
    assert started(home, ENDLESS).wait(100) == 4
    console = (home / "console").read_text()
    assert "? unknown" in console
    assert "took more than 2 s of computing over 4,00" in console
    assert "took more than 2 s" in (home / "run" / "report.md").read_text()


def test_what_held_the_wizard_up_is_told_at_once(home: Path) -> None:
    assert started(home, *COSTLY_ONCE).wait(100) == 0, (home / "console").read_text()


def test_a_signal_is_heard_while_a_pattern_is_looked_for(home: Path) -> None:
    process = started(home, ENDLESS)
    wait_until(lambda: '"action_ended"' in events(home), "the end of the action")
    process.send_signal(signal.SIGTERM)
    assert process.wait(100) == 128 + signal.SIGTERM
    assert '"check_observed"' not in events(home)
    assert '"run_paused"' in events(home)
