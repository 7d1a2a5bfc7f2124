"""Notes from a person's words: what they mean, and that they get on the record of a run."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from wizard.errors import UsageError
from wizard.run.events import NoteAdded, NoteSettled
from wizard.run.inbox import put_on_record
from wizard.run.items import CONFIRMED, DONE, ELIMINATED, OPEN, OUTCOMES, open_items
from wizard.run.journal import JOURNAL, read
from wizard.run.words import LONGEST, TAGS, refuse, sound

__all__ = ["LONGEST", "TAGS", "add_note", "parse_note", "parse_words", "time_told"]

_WHEN = re.compile(r"(?:(\d{4})-(\d{2})-(\d{2})[ T])?(\d{1,2}):(\d{2})Z?(?:\s+|$)")
_TAG = re.compile(rf"(?:#({'|'.join(TAGS)})(?=\s|$)|({'|'.join(TAGS)}):)\s*", re.IGNORECASE)
_SETTLES = re.compile(rf"#({DONE}|{OPEN}|{ELIMINATED}|{CONFIRMED})\s+#?(\d{{1,9}})(?=\s|$)\s*", re.IGNORECASE)


def parse_words(text: str, now: datetime) -> NoteAdded | NoteSettled:
    """A note, or what became of one: ``#done 12``, ``#eliminated 14 because the disk is half empty``.

    Raises:
        UsageError: As `parse_note`; or nothing is settled without a reason that must have one.
    """
    found = _SETTLES.match(text.strip())
    if found is None:
        return parse_note(text, now)
    settled = NoteSettled(int(found[2]), found[1].lower(), text.strip()[found.end() :].strip())
    sound(settled)
    return settled


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
    refuse(stripped)
    when, rest = _when(stripped, now)
    tag, rest = _tag(rest)
    if not rest.strip():
        raise UsageError("the note says nothing", mend="Write what was seen or decided")
    return NoteAdded(text=rest.strip(), tag=tag, when=when)


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
    here = (
        now.tzinfo is not UTC and isinstance(now.tzinfo, timezone) and now.utcoffset() == now.astimezone().utcoffset()
    )
    # A fixed offset knows no summer time; where it is this machine's own, the machine knows.
    return wall.astimezone() if here else wall.replace(tzinfo=now.tzinfo)


def _tag(text: str) -> tuple[str, str]:
    found = _TAG.match(text)
    if found is None:
        return TAGS[0], text
    return (found[1] or found[2]).lower(), text[found.end() :]


def time_told(when: str) -> str:
    """A back-dated time as a person reads it: ``2026-11-23 03:12 UTC``."""
    return f"{datetime.fromisoformat(when).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def add_note(directory: Path, text: str, who: str | None = None, now: datetime | None = None) -> str:
    """Put a note, or what became of one, on record, or leave it for the wizard that writes the run; says where it went.

    Args:
        directory: The run directory.
        text: As `parse_words` reads it. A time of day is UTC, as are all times of a run.
        who: By whom.
        now: When; the present where it is None.

    Masking is the journal's, and here it knows no secrets: a secret typed into a note stays readable in the journal
    where nobody writes the run. The engine masks those it takes from the inbox.

    Raises:
        UsageError: As `parse_words`, or this is no run, or it settles a note that is not there.
        JournalUnwritable: It could be put in neither place.
    """
    words = parse_words(text, now or datetime.now(UTC))
    if isinstance(words, NoteSettled) and (directory / JOURNAL).is_file():
        _refuse_stray(directory, words)
    told = put_on_record(directory, words, who).told
    when = words.when if isinstance(words, NoteAdded) else ""
    return f"{told}, for {time_told(when)}" if when else told


def _refuse_stray(directory: Path, settled: NoteSettled) -> None:
    item = open_items(read(directory).records).find(settled.note)
    if item is None:
        mend = "Its number is said when it is noted; the notes page (N) has them all"
        raise UsageError(f"event {settled.note} is no todo and no hypothesis", mend=mend)
    if settled.outcome not in OUTCOMES[item.tag]:
        fits = " or ".join(OUTCOMES[item.tag])
        raise UsageError(f"a {item.tag} is {fits}, not {settled.outcome}", mend=f"It says: {item.text}")
