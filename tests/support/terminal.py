"""A terminal of its own for a program under test: what it shows, what it is told, and how it leaves the terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.support import warm

PATIENCE = 60.0
"""Seconds without what is waited for after which a test has failed; nothing is measured by it."""

ALTERNATE, BACK, CURSOR = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"
RESTORED = (BACK, CURSOR)


class Terminal:
    """A program in a pseudo-terminal, which is its controlling terminal.

    Args:
        words: Program and arguments.
        environment: Beside what a program needs to start.
        size: Columns and lines.
        told: It is the program's controlling terminal, so its loss is told by a hang-up.
        cold: It begins as a program of its own, not as a fork of what is loaded already.
    """

    def __init__(
        self,
        words: Sequence[str | Path],
        environment: Mapping[str, str],
        size: tuple[int, int] = (80, 24),
        *,
        told: bool = True,
        cold: bool = False,
    ) -> None:
        self.master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = self.settings()
        self.seen = b""
        self.process = warm.begin(
            words,
            env={**environment, "TERM": environment.get("TERM", "xterm-256color")},
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            controlling=told,
            cold=cold,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self.master, self._slave):
            try:
                os.close(descriptor)
            except OSError:
                continue

    def settings(self) -> list[Any]:
        """How the terminal is set."""
        return termios.tcgetattr(self._slave)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def read(self) -> None:
        """Take what it shows."""
        while select.select([self.master], [], [], 0.02)[0]:
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:
                return

    def until(self, shown: bytes | Callable[[], bool], what: str = "") -> None:
        """Read until something is shown, or is so."""
        deadline = time.monotonic() + PATIENCE
        met = shown if callable(shown) else lambda: shown in self.seen
        while not met():
            assert time.monotonic() < deadline, f"never: {what or shown!r}; seen: {self.seen[-2000:]!r}"
            self.read()

    def end(self) -> int:
        """Read until it ends; its exit status."""
        self.until(lambda: self.process.poll() is not None, "the end")
        self.read()
        return self.process.returncode

    def hang_up(self) -> None:
        """Close the terminal, as a window is closed."""
        os.close(self._slave)
        os.close(self.master)


def python(program: str) -> list[str]:
    """A Python program as words."""
    return [sys.executable, "-c", program]


def is_restored(terminal: Terminal) -> bool:
    """The screen as it was, the cursor in sight, and the terminal set as before."""
    shown = terminal.seen.rpartition(ALTERNATE)[2]
    return all(sign in shown for sign in RESTORED) and terminal.settings() == terminal.before


def press_until(terminal: Terminal, keys: str, met: Callable[[], bool]) -> None:
    """Press until it is so: a modal is deaf for a moment, which no test should have to know to the millisecond."""

    def pressed() -> bool:
        if not met():
            terminal.press(keys)
        return met()

    terminal.until(pressed, f"an effect of {keys!r}")
