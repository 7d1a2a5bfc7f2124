"""What a person may put on record: notes, what became of them, and sections of the report. Each is checked first."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from wizard.errors import UsageError
from wizard.run.events import NoteAdded, NoteSettled, SectionWritten
from wizard.run.items import NEEDS_REASON, OUTCOMES
from wizard.text import hidden, sanitise

Said = NoteAdded | NoteSettled | SectionWritten

TAGS = ("observation", "decision", "hypothesis", "todo", "comms", "lesson")

LONGEST = 4096
"""Bytes of a note in UTF-8."""

LONGEST_SECTION = 64 * 1024
"""Bytes of a section in UTF-8."""

_SECTION = re.compile(r"[a-z]{1,24}(\.[1-9]\d{0,3})?")
_SETTLED = frozenset(outcome for outcomes in OUTCOMES.values() for outcome in outcomes)


def sound(words: Said) -> Said:
    """The same words.

    Raises:
        UsageError: They are none for a record.
    """
    match words:
        case NoteAdded():
            _sound_note(words)
        case NoteSettled():
            _sound_settled(words)
        case SectionWritten():
            _sound_section(words)
    return words


def refuse(text: str, what: str = "note", longest: int = LONGEST) -> None:
    """Refuse what a terminal or an eye would overlook, and too much.

    Raises:
        UsageError: Says what is in the way.
    """
    if (found := hidden(text)) is not None:
        shown = sanitise(found[0]) or "a carriage return"
        raise UsageError(f"a {what} is plain text, and this one holds {shown}", mend="Take it out")
    if len(text.encode()) > longest:
        raise UsageError(f"the {what} is longer than {longest} bytes", mend=f"Say it shorter, or in several {what}s")


def _sound_note(note: NoteAdded) -> None:
    _are_texts(note.text, note.tag, note.about, note.when)
    for part in (note.text, note.tag, note.about, note.when):
        refuse(part)
    if not note.text or note.tag not in TAGS or (note.when and not _is_time(note.when)):
        raise UsageError("that is no note")


def _sound_settled(settled: NoteSettled) -> None:
    _are_texts(settled.outcome, settled.reason)
    refuse(settled.reason, "reason")
    if type(settled.note) is not int or settled.note < 1 or settled.outcome not in _SETTLED:
        raise UsageError("that settles no note")
    if settled.outcome in NEEDS_REASON and not settled.reason.strip():
        raise UsageError(f"nothing is {settled.outcome} without a reason", mend="Say why: because …")


def _sound_section(written: SectionWritten) -> None:
    _are_texts(written.section, written.text)
    refuse(written.text, "section", LONGEST_SECTION)
    if not _SECTION.fullmatch(written.section):
        raise UsageError("that is no section of a report")


def _are_texts(*values: Any) -> None:
    if not all(isinstance(value, str) for value in values):
        raise UsageError("words are text")


def _is_time(when: str) -> bool:
    try:
        return datetime.fromisoformat(when).tzinfo is not None
    except ValueError:
        return False
