"""Texts that go out into a person's editor or pager, and what comes back from there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from textual.app import App

from screens.elsewhere import EDITORS, PAGERS, named, open_in
from wizard.errors import UsageError
from wizard.text import decode, sanitise

LONGEST = 1024 * 1024
"""Bytes taken back from an editor."""


def edited(app: App[Any], text: str) -> str:
    """The text as a person left it in $VISUAL or $EDITOR, or vi.

    Raises:
        UsageError: There is no such program, it failed, or this terminal cannot be lent.
    """
    with _file(text) as path:
        _open(app, named(EDITORS, "vi"), path)
        try:
            with path.open("rb") as file:
                return sanitise(decode(file.read(LONGEST)))
        except OSError as problem:
            raise UsageError(f"what the editor left cannot be read: {problem.strerror}") from problem


def paged(app: App[Any], text: str) -> None:
    """Show a text in $PAGER, or less.

    Raises:
        UsageError: As `edited`.
    """
    with _file(sanitise(text)) as path:
        _open(app, named(PAGERS, "less"), path)


def _open(app: App[Any], words: Sequence[str], path: Path) -> None:
    if status := open_in(app, words, path):
        raise UsageError(f"{words[0]} ended with status {status}", mend="Nothing was taken from it")


@contextmanager
def _file(text: str) -> Iterator[Path]:
    """A file of mode 0600 in a directory that only its owner enters; an editor may put another one in its place."""
    with tempfile.TemporaryDirectory(prefix="wizard-") as folder:
        path = Path(folder) / "words.md"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        yield path
