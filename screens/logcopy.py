"""A whole log as a file: harmless text, for nobody else to read."""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from screens.logblocks import OVERLAP
from screens.search import Searched
from wizard import owned
from wizard.errors import UsageError
from wizard.text import sanitise


class Copied(Searched, Protocol):
    """A log that is copied."""

    @property
    def marks(self) -> Sequence[int]:
        """The numbers of the lines that are ours."""


class InTheWayError(UsageError):
    """There is a file already."""


def told(log: Copied) -> Iterator[str]:
    """Every whole line there is now, as it is shown, in parts."""
    at, end, ours = 0, log.complete, frozenset(log.marks)
    while at < end:
        lines, parts = log.piece(at)
        text = _shown(parts, min(lines, end - at))
        yield from (f"── {''.join(text).rstrip()} ──\n",) if at in ours else text
        at += lines


def _shown(parts: Iterator[bytes], lines: int) -> Iterator[str]:
    """The parts of a long line overlap, and a character may lie across the cut."""
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    for number, part in enumerate(parts):
        yield sanitise(decoder.decode(_first(part, lines) if number == 0 else part[OVERLAP:]))
    yield sanitise(decoder.decode(b"", final=True))


def _first(data: bytes, lines: int) -> bytes:
    """So many lines of what may be more."""
    if data.count(b"\n") <= lines:
        return data
    return b"\n".join(data.split(b"\n", lines)[:lines]) + b"\n"


def save(log: Copied, path: Path, *, over: bool = False) -> None:
    """Write a log to a file of mode 0600.

    Args:
        log: The log.
        path: Where.
        over: In the place of the file that is there.

    Raises:
        InTheWayError: There is a file, and nobody said that it may be replaced.
        UsageError: It cannot be written.
    """
    try:
        path = owned.place(path)
    except OSError as error:
        raise UsageError(f"the log cannot be saved: {error.strerror}", where=str(path)) from error
    if path.is_dir():
        raise UsageError("that is a directory", where=str(path), mend="Name a file in it")
    if not over and os.path.lexists(path):
        raise InTheWayError("there is a file already", where=str(path), mend="Name another, or replace it")
    try:
        _put(log, path, over=over)
    except OSError as error:
        raise UsageError(f"the log cannot be saved: {error.strerror}", where=str(path)) from error


def _put(log: Copied, path: Path, *, over: bool) -> None:
    """A file is in place once it is whole, so that a full disk leaves what was there."""
    copy = copied(log, path.parent, path.name)
    try:
        if over:
            copy.replace(path)
        else:
            os.link(copy, path, follow_symlinks=False)
    finally:
        with suppress(FileNotFoundError):
            copy.unlink()


def copied(log: Copied, folder: Path | None = None, name: str = "") -> Path:
    """A copy of a log under a name of its own, of mode 0600; whoever asks for it removes it."""
    descriptor, path = tempfile.mkstemp(prefix=f".{name}." if name else "wizard-", suffix=".log", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(told(log))
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return Path(path)
