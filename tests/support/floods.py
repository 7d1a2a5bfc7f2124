"""Floods of every shape and what memory they take; by hand: ``python -m tests.support.floods MIB``."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import terminal as terminals
from tests.support.terminal import Terminal, press_until

MIB = 1024 * 1024

SHAPES: Mapping[str, str] = {
    "one line": "head -c {size} /dev/zero | tr '\\0' a",
    "short lines": "yes y | head -c {size}",
    "carriage returns": "head -c {size} /dev/zero | tr '\\0' '\\r'",
    "escapes": "yes \"$(printf '\\033[31m\\033[1m\\033[0m\\033[2J')\" | head -c {size}",
    "escapes on one line": "yes \"$(printf '\\033[31m\\033[1m\\033[0m\\033[2J')\" | tr -d '\\n' | head -c {size}",
    "combining marks": "yes \"$(printf '\\314\\201%.0s' 1 2 3 4 5 6 7 8 9)\" | head -c {size}",
    "combining marks on one line": "yes \"$(printf '\\314\\201%.0s' 1 2 3 4 5)\" | tr -d '\\n' | head -c {size}",
    "bytes that are no text": "head -c {size} /dev/zero | tr '\\0' '\\377'",
    "long lines": "yes \"$(head -c 20000 /dev/zero | tr '\\0' '\\033')\" | head -c {size}",
}
"""Shell that prints ``{size}`` bytes."""

CHECKLIST = """\
checklist: flood
title: A flood
severity: low
phases:
  - id: one
    title: One
    steps:
      - id: pour
        title: Pour
        why: to see what it costs
        run:
          read_only: true
          command: |
            {command}
exit_criteria:
  - command: {{command: "test -d /"}}
"""

ENDLESS = "while [ -e {go} ]; do {command}; done"
"""A flood that goes on while a file is there; a step goes on although its wizard has ended."""


@dataclass(frozen=True)
class Place:
    """A home, a checklist that pours, and where its run goes."""

    home: Path
    checklist: Path
    run: Path
    environment: Mapping[str, str]

    @property
    def events(self) -> str:
        """The journal, as far as it has come."""
        journal = self.run / "events.jsonl"
        return journal.read_text() if journal.exists() else ""

    @property
    def words(self) -> list[str]:
        """The wizard, on this checklist."""
        return [sys.executable, "-m", "wizard.cli", "run", str(self.checklist), "--run-dir", str(self.run)]


def place(home: Path, shape: str, size: int, *, endless: bool = False) -> Place:
    """A home with a checklist whose step prints so many bytes; for 0 it prints nothing."""
    command = SHAPES[shape].format(size=size) if size else ":"
    path = home / "flood.yaml"
    if endless:
        go = home / "go"
        go.touch()
        command = ENDLESS.format(go=shlex.quote(str(go)), command=command)
    path.write_text(CHECKLIST.format(command=command))
    root = str(Path(__file__).parents[2])
    state = {"HOME": str(home), "WIZARD_STATE_DIR": str(home / "state"), "PYTHONPATH": root, "LANG": "C.UTF-8"}
    return Place(home, path, home / "run", {"PATH": os.environ["PATH"], **state})


def peak(process: int) -> int:
    """The most memory that a process had resident, in bytes."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


@contextmanager
def headless(there: Place, console: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The wizard without an interface, its console going into a file."""
    with console.open("wb") as file:
        process = subprocess.Popen([*there.words, "--headless"], env=there.environment, stderr=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def peak_headless(home: Path, shape: str, size: int) -> int:
    """The most that a whole run without an interface had resident; it ends resolved, with its report."""
    there, most = place(home, shape, size), 0
    with headless(there, home / "console") as process:
        while process.poll() is None:
            try:
                most = max(most, peak(process.pid))
            except OSError:
                break
            time.sleep(0.005)
        assert process.wait() == 0, (home / "console").read_bytes()[-1000:]
    assert (there.run / "report.md").read_text()
    return most


def peak_on_screen(home: Path, shape: str, size: int) -> tuple[int, float]:
    """The same with the interface in a terminal that is read, and how long TERM took to end it, in seconds."""
    there = place(home, shape, size)
    # Cold: the memory of a fork is not its own alone.
    with Terminal(there.words, there.environment, (120, 40), cold=True) as terminal:
        terminal.until(b"Begin the first step?")
        press_until(terminal, "1\r", lambda: '"attempt_claimed"' in there.events)
        terminal.until(lambda: '"run_ended"' in there.events, "the end of the run")
        terminal.read()
        most = peak(terminal.process.pid)
        began = time.monotonic()
        terminal.process.send_signal(signal.SIGTERM)
        terminal.end()
        took = time.monotonic() - began
    assert (there.run / "report.md").read_text()
    return most, took


def main(size: int) -> None:
    """Print the figures of each shape, headless and on screen."""
    terminals.PATIENCE = 3600.0
    for shape in SHAPES:
        for how, measured in (("headless", peak_headless), ("on screen", lambda *words: peak_on_screen(*words)[0])):
            most = []
            for bytes_ in (0, size):
                with tempfile.TemporaryDirectory(prefix="wz-") as home:
                    most.append(measured(Path(home), shape, bytes_) / MIB)
            print(f"{shape}, {how}: {most[0]:.0f} MiB without it, {most[1] - most[0]:+.0f} MiB in it", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) * MIB)
