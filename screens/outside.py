"""Programs that the terminal is lent to: a person's editor and pager. No shell reads what a person called them."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from textual.app import App, SuspendNotSupported

from wizard.errors import UsageError
from wizard.text import decode, sanitise

LONGEST = 1024 * 1024
"""Bytes taken back from an editor."""


def edited(app: App[int], text: str) -> str:
    """The text as a person left it in $VISUAL or $EDITOR, or vi.

    Raises:
        UsageError: There is no such program, it failed, or this terminal cannot be lent.
    """
    with _file(text) as path:
        _lend(app, [*_program(("VISUAL", "EDITOR"), "vi"), str(path)])
        try:
            with path.open("rb") as file:
                return sanitise(decode(file.read(LONGEST)))
        except OSError as problem:
            raise UsageError(f"what the editor left cannot be read: {problem.strerror}") from problem


def paged(app: App[int], text: str) -> None:
    """Show a text in $PAGER, or less.

    Raises:
        UsageError: As `edited`.
    """
    with _file(sanitise(text)) as path:
        _lend(app, [*_program(("PAGER",), "less"), str(path)])


def _program(names: Sequence[str], otherwise: str) -> list[str]:
    """Its words as a shell would part them, and nothing more of a shell."""
    called = next((value for name in names if (value := os.environ.get(name, "").strip())), otherwise)
    mend = f"Set ${names[-1]} to a program that is there"
    try:
        words = shlex.split(called)
    except ValueError as problem:
        raise UsageError(f"{called!r} cannot be understood: {problem}", mend=mend) from None
    if shutil.which(words[0]) is None:
        raise UsageError(f"there is no program {words[0]}", mend=mend)
    return words


@contextmanager
def _file(text: str) -> Iterator[Path]:
    """A file of mode 0600 in a directory that only its owner enters; an editor may put another one in its place."""
    with tempfile.TemporaryDirectory(prefix="wizard-") as folder:
        path = Path(folder) / "words.md"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        yield path


def _lend(app: App[int], words: Sequence[str]) -> None:
    """Give the terminal to a program until it ends. What runs meanwhile goes on: the engine has its own thread."""
    try:
        with app.suspend(), _its_interrupts():
            status = subprocess.run(words, check=False).returncode
    except SuspendNotSupported as problem:
        raise UsageError("this terminal cannot be lent to another program") from problem
    except OSError as problem:
        raise UsageError(f"{words[0]} cannot be started: {problem.strerror}") from problem
    if status:
        raise UsageError(f"{words[0]} ended with status {status}", mend="Nothing was taken from it")


@contextmanager
def _its_interrupts() -> Iterator[None]:
    """Control-C is meant for that program, and not for the run."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
