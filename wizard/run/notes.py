"""Notes from outside a run: read from a person's words, and put where they end up in its journal.

Whoever writes the run holds its lock, so a second process leaves its note in the ``inbox`` of the run directory.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from wizard.errors import JournalUnwritable, RunDirectoryInUse, UsageError
from wizard.paths import private_directory
from wizard.redact import Redactor
from wizard.run.events import NoteAdded
from wizard.run.journal import JOURNAL, Journal
from wizard.text import hidden, sanitise

TAGS = ("observation", "decision", "hypothesis", "todo", "comms", "lesson")
INBOX, ASIDE = "inbox", "inbox-unreadable"

LONGEST = 4096
"""Bytes of a note in UTF-8."""
_LONGEST_FILE = 8 * LONGEST
"""Bytes; JSON may take six for one character."""

_WHEN = re.compile(r"(?:(\d{4})-(\d{2})-(\d{2})[ T])?(\d{1,2}):(\d{2})(?:\s+|$)")
_TAG = re.compile(rf"(?:#({'|'.join(TAGS)})(?=\s|$)|({'|'.join(TAGS)}):)\s*", re.IGNORECASE)
_NAME = re.compile(r"\d{20}-[0-9a-f]{8}\.json")
_FIELDS = frozenset(field.name for field in dataclasses.fields(NoteAdded))


def parse_note(text: str, now: datetime) -> NoteAdded:
    """A note from what a person typed: ``03:12 #decision we stop writers first``.

    Args:
        text: Perhaps with a leading ``HH:MM`` or ``YYYY-MM-DD HH:MM`` in the zone of ``now``, and a leading ``#tag`` or
            ``tag:``. A time of day means the last such time.
        now: With its time zone.

    Raises:
        UsageError: Nothing is said, too much, with a control character, or of a time that is not or is still to come.
    """
    stripped = text.strip()
    _refuse(stripped)
    when, rest = _when(stripped, now)
    tag, rest = _tag(rest)
    if not rest.strip():
        raise UsageError("the note says nothing", mend="Write what was seen or decided")
    return NoteAdded(text=rest.strip(), tag=tag, when=when)


def _refuse(text: str) -> None:
    if (found := hidden(text)) is not None:
        what = f"a note is plain text, and this one holds {sanitise(found[0]) or 'a carriage return'}"
        raise UsageError(what, mend="Take it out")
    if len(text.encode()) > LONGEST:
        raise UsageError(f"the note is longer than {LONGEST} bytes", mend="Say it shorter, or in several notes")


def _when(text: str, now: datetime) -> tuple[str, str]:
    found = _WHEN.match(text)
    if found is None:
        return "", text
    *date, hour, minute = found.groups()
    try:
        meant = _dated(now, [int(part) for part in date if part], int(hour), int(minute))
    except (ValueError, OverflowError):
        raise UsageError(f"there is no such time: {found[0].strip()}", mend="Write it as in 03:12") from None
    if meant > now:
        raise UsageError(f"{found[0].strip()} is still to come", mend="Give the time it happened")
    at = meant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return at, text[found.end() :]


def _dated(now: datetime, date: list[int], hour: int, minute: int) -> datetime:
    """On that day, or the last such time of day. Of the operator's local zone, which may have changed its clocks."""
    if date:
        year, month, day = date
        return _local(now, datetime(year, month, day, hour, minute))  # noqa: DTZ001 - its zone is found by its date
    today = _local(now, datetime(now.year, now.month, now.day, hour, minute))  # noqa: DTZ001 - as above
    return today if today <= now else _local(now, today.replace(tzinfo=None) - timedelta(days=1))


def _local(now: datetime, wall: datetime) -> datetime:
    here = isinstance(now.tzinfo, timezone) and now.utcoffset() == now.astimezone().utcoffset()
    # A fixed offset knows no summer time; where it is this machine's own, the machine knows.
    return wall.astimezone() if here else wall.replace(tzinfo=now.tzinfo)


def _tag(text: str) -> tuple[str, str]:
    found = _TAG.match(text)
    if found is None:
        return TAGS[0], text
    return (found[1] or found[2]).lower(), text[found.end() :]


def add_note(directory: Path, text: str, who: str | None = None, now: datetime | None = None) -> str:
    """Put a note on record, or leave it for the wizard that writes the run; returns where it went.

    Masking is the journal's, and here it knows no secrets: a secret typed into a note stays readable in the journal
    where nobody writes the run. The engine masks those it takes from the inbox.

    Raises:
        UsageError: As `parse_note`, or this is no run.
        JournalUnwritable: It could be put in neither place.
    """
    note = parse_note(text, now or _here())
    if not (directory / JOURNAL).is_file():
        raise UsageError("no run is there", where=str(directory), mend="See: wizard runs")
    try:
        journal = Journal(directory, Redactor([]), who)
    except RunDirectoryInUse:
        return f"left for the wizard that writes this run, in {_leave(directory, note)}"
    try:
        # Left for a wizard that was gone before it could take them.
        for left in take_notes(directory):
            journal.append(left)
        record = journal.append(note)
    finally:
        journal.close()
    return f"written to the journal as event {record.seq}"


def _here() -> datetime:
    return datetime.now().astimezone()


def _leave(directory: Path, note: NoteAdded) -> Path:
    """Whole or not at all: written beside its place, then renamed."""
    folder = private_directory(directory / INBOX)
    path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.json"
    half = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(json.dumps(dataclasses.asdict(note)).encode())
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    except OSError as problem:
        raise JournalUnwritable(f"the note cannot be kept: {problem.strerror}", where=str(folder)) from problem
    return path


def take_notes(directory: Path) -> list[NoteAdded]:
    """The notes left for this run, oldest first; they are taken out of the inbox.

    What is no note is moved to ``inbox-unreadable`` and holds up nothing. A note that could not be taken out is not
    returned, as it would be returned for ever.
    """
    return [note for path in _waiting(directory / INBOX) if (note := _taken(directory, path)) is not None]


def _waiting(folder: Path) -> list[Path]:
    try:
        if stat.S_ISLNK(folder.lstat().st_mode):
            return []
        return sorted(path for path in folder.iterdir() if path.suffix != ".part")
    except OSError:
        return []


def _taken(directory: Path, path: Path) -> NoteAdded | None:
    try:
        note = _note(path)
    except (OSError, ValueError, RecursionError, UsageError):
        _set_aside(directory, path)
        return None
    try:
        path.unlink()
    except OSError:
        return None
    return note


def _note(path: Path) -> NoteAdded:
    if not _NAME.fullmatch(path.name):
        raise ValueError(path.name)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        seen = os.fstat(file.fileno())
        if not stat.S_ISREG(seen.st_mode) or seen.st_uid != os.geteuid() or seen.st_size > _LONGEST_FILE:
            raise ValueError("not a note of ours")
        return _sound(json.loads(file.read(_LONGEST_FILE + 1)))


def _sound(read: Any) -> NoteAdded:
    if not isinstance(read, dict) or set(read) != _FIELDS or not all(isinstance(part, str) for part in read.values()):
        raise ValueError("not the fields of a note")
    for part in read.values():
        _refuse(part)
    if not read["text"] or read["tag"] not in TAGS or any(_is_no_time(read["when"])):
        raise ValueError("not a note")
    return NoteAdded(**read)


def _is_no_time(when: str) -> Iterator[bool]:
    if when:
        yield datetime.fromisoformat(when).tzinfo is None


def _set_aside(directory: Path, path: Path) -> None:
    try:
        folder = private_directory(directory / ASIDE)
        path.rename(folder / secrets.token_hex(8))
    except (OSError, UsageError):
        return
