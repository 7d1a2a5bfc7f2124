"""A program of the person's in the terminal, while the interface steps aside and the engine goes on."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from wizard.errors import UsageError

PAGERS = ("PAGER",)
"""Where a person names a pager; ``less`` where nowhere."""

EDITORS = ("VISUAL", "EDITOR")
"""Where a person names an editor; ``vi`` where nowhere."""

_KEYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP)
"""What keys of a terminal send to every program in it."""


def named(variables: Sequence[str], otherwise: str, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The program that a person named, as words.

    Raises:
        UsageError: What is named are no words.
    """
    for variable in variables:
        if environment.get(variable, "").strip():
            try:
                return shlex.split(environment[variable])
            except ValueError as error:
                raise UsageError(
                    f"{variable} is not a command: {environment[variable]} ({error})",
                    mend=f"Set {variable} and open it again",
                ) from error
    return [otherwise]


def run(words: Sequence[str], file: Path) -> int:
    """Work on a file in a program until it ends, and say with what status; only where the terminal is lent.

    Raises:
        OSError: It cannot be started.
    """
    process = subprocess.Popen([*words, str(file)])
    _until_over(process)
    return process.returncode


def open_in(app: App[Any], words: Sequence[str], file: Path) -> int:
    """Give the terminal to a program until it ends, and say with what status.

    Raises:
        UsageError: It cannot be started, or this terminal cannot be lent.
    """
    try:
        with lent(app):
            return run(words, file)
    except SuspendNotSupported as error:
        raise UsageError("this terminal cannot be lent to another program") from error
    except OSError as error:
        mend = "Set PAGER or EDITOR to a program that is there"
        raise UsageError(f"{words[0]} cannot be started: {error.strerror}", mend=mend) from error


@contextmanager
def lent(app: App[Any]) -> Iterator[None]:
    """The terminal is another program's. What runs meanwhile goes on: the engine has its own thread.

    Raises:
        SuspendNotSupported: This terminal cannot be lent.
    """
    trouble = None
    with app.suspend(), _deaf_to_keys():
        try:
            yield
        except Exception as error:  # noqa: BLE001 - Textual takes the terminal back only where nothing is raised in here
            trouble = error
    if trouble:
        raise trouble


@contextmanager
def _deaf_to_keys() -> Iterator[None]:
    """A key meant for the other program does not stop the run. A handler, as who ignores a signal bequeaths that."""
    before = {number: signal.signal(number, lambda *_: None) for number in _KEYS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_over(process: subprocess.Popen[bytes]) -> None:
    """Wait. There is no shell here to bring back what stops itself, so it is told to go on."""
    while True:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            process.returncode = os.waitstatus_to_exitcode(status)
            return
        os.kill(process.pid, signal.SIGCONT)
