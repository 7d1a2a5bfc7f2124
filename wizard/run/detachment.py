"""A run handed over to an engine without a terminal: a process of its own, which takes it up once we have let go.

The successor is started first, and the run is let go of only when it is there: what cannot be started costs nothing.
Secrets go through a pipe, never in arguments or the environment. A successor that is handed nothing ends.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from wizard.errors import WizardError
from wizard.jsontext import parse
from wizard.run.preparation import Prepared, Request
from wizard.run.window import Window
from wizard.text import sanitise

READY, TAKEN_UP, FAILED = "ready", "taken up", "failed: "
"""What a successor says of itself, in a line each; a failure with its reason."""

PATIENCE = 60.0
"""Seconds in which a successor says its next line."""

LONGEST = 4096
"""Bytes of a line that are read."""

_PACKAGES = str(Path(__file__).parents[2])

_BOOT = """\
import sys
if sys.argv[1] not in sys.path: sys.path.insert(0, sys.argv[1])
from wizard.detached import program
program()
"""


@dataclass(frozen=True, slots=True)
class Handed:
    """What a successor needs beside the run directory, and what nobody may see.

    Args:
        secrets: By input.
        mode: ``run`` or ``check``.
        window: Start, end, and whether a person overrode it.
        accept: Fingerprints of host keys that a person accepted.
        rolling_back: What is under way is a rollback, so nothing but that may go on.
    """

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    mode: str = "run"
    window: tuple[str, str, bool] | None = None
    accept: tuple[str, ...] = ()
    rolling_back: bool = False

    def encode(self) -> bytes:
        """As it goes through the pipe."""
        names = ("secrets", "mode", "window", "accept", "rolling_back")
        return json.dumps({name: getattr(self, name) for name in names}).encode()

    def request(self) -> Request:
        """As the words of a person who goes on with the run."""
        return Request(
            checklist="",
            window=_window(self.window),
            accept=frozenset(self.accept),
            mode=self.mode,
            detached=True,
            typed=self.secrets,
        )


def handed(prepared: Prepared, *, rolling_back: bool) -> Handed:
    """What the successor of this run's engine is to be given."""
    request, window = prepared.request, prepared.request.window
    return Handed(
        secrets=dict(prepared.inputs.secrets),
        mode=request.mode,
        window=(window.start.isoformat(), window.end.isoformat(), window.overridden) if window else None,
        accept=tuple(sorted(request.accept)),
        rolling_back=rolling_back,
    )


def decode(data: bytes) -> Handed:
    """What came through the pipe.

    Raises:
        ValueError: Not all of it came.
    """
    read: dict[str, Any] = parse(data)
    window = read["window"]
    return Handed(
        read["secrets"], read["mode"], tuple(window) if window else None, tuple(read["accept"]), read["rolling_back"]
    )


def _window(told: tuple[str, str, bool] | None) -> Window | None:
    if told is None:
        return None
    start, end, overridden = told
    return Window(datetime.fromisoformat(start), datetime.fromisoformat(end), overridden)


class Successor:
    """A process that will take a run up.

    Args:
        directory: The run directory.

    Raises:
        WizardError: It cannot be started.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        words = [sys.executable, "-P", "-c", _BOOT, _PACKAGES, str(directory)]
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as problem:
            raise self._failed(f"no process can be started: {problem.strerror}") from problem
        self._heard = b""

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def wait_ready(self, patience: float = PATIENCE) -> None:
        """Wait until it could take over.

        Raises:
            WizardError: It is not there; nothing was let go of.
        """
        self._expect(READY, patience)

    def take_over(self, given: Handed, patience: float = PATIENCE) -> None:
        """Give it the run, which nobody holds now; returns when it has taken it up.

        Raises:
            WizardError: It has not; the run is paused.
        """
        stdin = self._process.stdin
        try:
            if stdin:
                stdin.write(given.encode())
                stdin.close()
        except OSError as problem:
            raise self._failed(f"it is gone: {problem.strerror}") from problem
        self._expect(TAKEN_UP, patience)

    def dismiss(self) -> None:
        """Nothing is handed over: it ends."""
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream:
                    stream.close()
            except OSError:
                continue

    def _expect(self, wanted: str, patience: float) -> None:
        line = self._line(patience)
        if line != wanted:
            self.dismiss()
            raise self._failed(line.removeprefix(FAILED) or "it ended at once; the debug log may say why")

    def _line(self, patience: float) -> str:
        until = time.monotonic() + patience
        while b"\n" not in self._heard and len(self._heard) < LONGEST:
            data = self._read(until - time.monotonic())
            if data is None:
                return f"{FAILED}it did not answer in {patience:.0f} s"
            if not data:
                return FAILED
            self._heard += data
        line, _, self._heard = self._heard.partition(b"\n")
        return sanitise(line.decode("utf-8", "backslashreplace"))

    def _read(self, seconds: float) -> bytes | None:
        """What it said; nothing where it ended, None where it says nothing in time."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        descriptor = self._process.stdout.fileno()
        if not select.select([descriptor], [], [], max(0.0, seconds))[0]:
            return None
        return os.read(descriptor, LONGEST)

    def _failed(self, why: str) -> WizardError:
        return WizardError(f"the run could not be detached: {why}", where=str(self._directory))
