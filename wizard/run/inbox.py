"""How a person's words get into a run's journal, whoever writes it.

Whoever writes the run holds its lock, so a second process leaves words in the ``inbox`` of the run directory.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import secrets
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.account import account_name, is_of, operator
from wizard.errors import JournalUnwritable, RunDirectoryInUse, UsageError
from wizard.jsontext import parse
from wizard.paths import INBOX, private_directory
from wizard.redact import Redactor
from wizard.run.events import NoteAdded, NoteSettled, Record, SectionWritten
from wizard.run.journal import JOURNAL, Journal
from wizard.run.words import LONGEST_SECTION, Said, sound

ASIDE = "inbox-unreadable"

_LONGEST_FILE = 8 * LONGEST_SECTION
"""Bytes; JSON may take six for one character."""

_NAME = re.compile(r"\d{20}-[0-9a-f]{8}\.json")
_KIND = "kind"
_WHO = "who"
_KINDS: dict[str, type[Said]] = {one.kind: one for one in (NoteAdded, NoteSettled, SectionWritten)}


@dataclass(frozen=True, slots=True)
class Left:
    """Words that waited in the inbox. ``who`` begins with the account that the file belongs to."""

    words: Said
    who: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where words went: in a sentence, and as a record where they are in the journal already."""

    told: str
    record: Record | None = None


def put_on_record(directory: Path, words: Said, who: str | None = None, redactor: Redactor | None = None) -> Kept:
    """Put words on record, or leave them for the wizard that writes the run.

    Args:
        directory: The run directory.
        words: What was said.
        who: By whom; the user of this process where it is None.
        redactor: Masks the secrets that are known here; the engine masks those it knows in what it takes up.

    Raises:
        UsageError: This is no run, or the words are none for a record.
        JournalUnwritable: They could be put in neither place.
    """
    sound(words)
    if not (directory / JOURNAL).is_file():
        raise UsageError("no run is there", where=str(directory), mend="See: wizard runs")
    try:
        journal = Journal(directory, redactor or Redactor([]), who)
    except RunDirectoryInUse:
        return Kept(f"left for the wizard that writes this run, in {_leave(directory, words, who)}")
    try:
        # Left for a wizard that was gone before it could take them.
        for left in take_words(directory):
            journal.append(left.words, left.who)
        record = journal.append(words)
    finally:
        journal.close()
    return Kept(f"written to the journal as event {record.seq}", record)


def _leave(directory: Path, words: Said, who: str | None) -> Path:
    """Whole or not at all: written beside its place, then renamed."""
    folder = private_directory(directory / INBOX)
    path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.json"
    half = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(json.dumps(_spelt(words, who or operator())).encode())
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    except OSError as problem:
        raise JournalUnwritable(f"the words cannot be kept: {problem.strerror}", where=str(folder)) from problem
    return path


def _spelt(words: Said, who: str) -> dict[str, Any]:
    """A note says no kind, and nobody whom the file's owner tells, so that a wizard of before takes it up too."""
    kind = {} if isinstance(words, NoteAdded) else {_KIND: words.kind}
    return {**dataclasses.asdict(words), **kind, **({} if who == account_name() else {_WHO: who})}


def take_words(directory: Path) -> list[Left]:
    """What was left for this run, oldest first; it is taken out of the inbox.

    What are no words for a record are moved to ``inbox-unreadable`` and hold up nothing. What could not be taken out is
    not returned, as it would be returned for ever.
    """
    return [left for path in _waiting(directory / INBOX) if (left := _taken(directory, path)) is not None]


def _waiting(folder: Path) -> list[Path]:
    try:
        if stat.S_ISLNK(folder.lstat().st_mode):
            return []
        return sorted(path for path in folder.iterdir() if path.suffix != ".part")
    except OSError:
        return []


def _taken(directory: Path, path: Path) -> Left | None:
    try:
        left = _read(path)
    except (OSError, TypeError, ValueError, UsageError):
        _set_aside(directory, path)
        return None
    try:
        path.unlink()
    except OSError:
        return None
    return left


def _read(path: Path) -> Left:
    if not _NAME.fullmatch(path.name):
        raise ValueError(path.name)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        seen = os.fstat(file.fileno())
        if not stat.S_ISREG(seen.st_mode) or seen.st_uid != os.geteuid() or seen.st_size > _LONGEST_FILE:
            raise ValueError("not words of ours")
        return _left(parse(file.read(_LONGEST_FILE + 1)), account_name(seen.st_uid))


def _left(read: Any, owner: str) -> Left:
    """Who left it may say what stands beside the account; the account itself is the file's owner."""
    if not isinstance(read, dict):
        raise TypeError("not words")
    who = str(read.pop(_WHO, owner))
    return Left(_said(read), who if is_of(who, owner) else owner)


def _said(read: dict[str, Any]) -> Said:
    kind = _KINDS.get(read.pop(_KIND, NoteAdded.kind))
    if kind is None or set(read) != {field.name for field in dataclasses.fields(kind)}:
        raise ValueError("not the fields of words")
    return sound(kind(**read))


def _set_aside(directory: Path, path: Path) -> None:
    try:
        folder = private_directory(directory / ASIDE)
        path.rename(folder / secrets.token_hex(8))
    except (OSError, UsageError):
        return
