"""A flood through the whole of it: the interface as a program in a terminal of its own, typed at while a step pours."""

from __future__ import annotations

import json
import os
import re
import select
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.terminal import Terminal

LETTERS = "".join(chr(code) for code in range(0x1400, 0x1660))
"""Letters that nothing else shows (Canadian syllabics): one that is seen was typed, and was answered just now."""

PATIENCE = 90.0
"""Seconds after which a flood has failed."""

CLEAR = b"\x15"
"""Control-U empties the line."""

FEW = 40
"""Letters after which it is emptied."""

BETWEEN = 0.025
"""Seconds between two keys."""

IDLE, NEVER = 1.0, 30.0
"""Seconds of a measurement without a flood, and after which a key was not answered."""

CHECKLIST = """\
checklist: flood
title: A flood
severity: low
{hosts}phases:
  - id: one
    title: One
    steps:
      - id: pour
        title: Pour
        why: to see what it costs
        {on}run: {{command: {command}, read_only: true}}
        checks:
          - command: {{command: "true", stdout_is: ""}}
exit_criteria:
  - name: it is over
    command: {{command: "true", exit_status: 0, stdout_is: ""}}
"""


@dataclass
class Seen:
    """What was measured.

    Args:
        answers: Seconds from a key to its answer on the terminal, each.
        before: Resident memory in MiB ahead of the flood.
        most: The most there was of it.
        seconds: From the flood's first byte kept here to its last.
        found: What the search says of how much it found.
        searching: Seconds until it says so, after the flood.
    """

    answers: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    before: float = 0.0
    most: float = 0.0
    seconds: float = 0.0
    found: str = ""
    searching: float = 0.0


class Flood:
    """One run, watched from outside.

    Args:
        terminal: The wizard in it.
        run: The run directory.
        size: Bytes that the step prints.
    """

    def __init__(self, terminal: Terminal, run: Path, size: int) -> None:
        self._terminal = terminal
        self._run = run
        self._size = size
        self._letters = iter(LETTERS)
        self._shown = b""

    def measure(self, gate: Path, needle: str, wanted: str) -> Seen:
        """Type ahead of the flood, through it, and search it afterwards.

        Args:
            gate: A file that the step waits for.
            needle: What every line has.
            wanted: What the search has to say of it.
        """
        seen = Seen()
        self._begin()
        self._until(lambda: b"LIVE" in self._shown and self._events("attempt_claimed"))
        self._settle(0.5)
        os.write(self._terminal.master, b"/")
        self._settle(0.5)
        began = time.monotonic()
        seen.idle = list(self._typed(lambda: time.monotonic() - began > IDLE))
        seen.before = self._memory()
        gate.touch()
        self._until(lambda: self._stored() > 0)
        began = time.monotonic()
        seen.answers = list(self._typed(lambda: self._stored() >= self._size))
        seen.seconds = time.monotonic() - began
        seen.most = self._memory("VmHWM")
        self._search(seen, needle, wanted)
        return seen

    def _begin(self) -> None:
        """Let the first step begin; a question that has just opened is deaf for half a second."""
        self._until(lambda: b"Begin the first step?" in self._shown)
        self._settle(0.8)
        os.write(self._terminal.master, b"1\r")

    def _search(self, seen: Seen, needle: str, wanted: str) -> None:
        self._escape_modal()
        os.write(self._terminal.master, CLEAR)
        self._settle(0.5)
        began, self._shown = time.monotonic(), b""
        os.write(self._terminal.master, needle.encode())
        self._until(lambda: wanted in _text(self._shown))
        seen.found, seen.searching = wanted, time.monotonic() - began

    def _escape_modal(self) -> None:
        """The run's end asks what now; that is closed, and the line of the search is there again."""
        self._until(lambda: self._events("run_ended") or self._events("gate_blocked"))
        self._settle(1.5)
        os.write(self._terminal.master, b"\x1b")
        self._settle(0.5)

    def _typed(self, over: object) -> Iterator[float]:
        """Type letter after letter; how long each took to be seen."""
        assert callable(over)
        while not over():
            letter = next(self._letters).encode()
            at = time.perf_counter()
            os.write(self._terminal.master, letter)
            while letter not in self._shown:
                assert time.perf_counter() - at < NEVER, self._trouble(letter)
                self._read(0.1)
                if over() and time.perf_counter() - at > IDLE:
                    # The run has ended as well, and a question took the key.
                    return
            yield time.perf_counter() - at
            if ord(letter.decode()) % FEW == 0:
                os.write(self._terminal.master, CLEAR)
            self._shown = b""
            self._settle(BETWEEN)

    def _trouble(self, letter: bytes) -> str:
        journal = (self._run / "events.jsonl").read_text().splitlines()
        kinds = [json.loads(line)["kind"] for line in journal]
        return f"{letter!r} was never answered; {self._stored():,} bytes came; {kinds}; {_text(self._shown)[-2000:]}"

    def _read(self, wait: float) -> None:
        if select.select([self._terminal.master], [], [], wait)[0]:
            self._shown += os.read(self._terminal.master, 1 << 16)

    def _settle(self, seconds: float) -> None:
        """Read on for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def _until(self, met: object) -> None:
        assert callable(met)
        deadline = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < deadline, _text(self._shown)[-3000:]
            self._read(0.05)

    def _stored(self) -> int:
        return sum(path.stat().st_size for path in (self._run / "output").glob("*.log"))

    def _events(self, kind: str) -> bool:
        journal = self._run / "events.jsonl"
        return journal.exists() and f'"{kind}"' in journal.read_text()

    def _memory(self, what: str = "VmRSS") -> float:
        status = Path(f"/proc/{self._terminal.process.pid}/status").read_text()
        found = re.search(rf"{what}:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


def _text(shown: bytes) -> str:
    """What was written to a terminal, without what moves about in it."""
    return re.sub(r"\x1b\[[0-9;?<>=]*[A-Za-z]", "", shown.decode("utf-8", "replace"))


def environment(home: Path) -> Mapping[str, str]:
    """Where the wizard lives."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "WIZARD_STATE_DIR": str(home / "state"),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
