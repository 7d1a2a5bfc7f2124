"""A person's words on their way from a screen to the record of a run, whoever writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from screens.source import Source
from wizard.redact import Redactor
from wizard.report.build import build_from
from wizard.report.files import write_report
from wizard.report.model import Section
from wizard.run.events import NoteAdded, Record
from wizard.run.inbox import put_on_record
from wizard.run.intents import AddNote, Intent, PutOnRecord
from wizard.run.journal import read
from wizard.run.words import Said, sound

PUT = "Put on record."
"""What is said where words are in the journal, or with the engine that writes it."""


@runtime_checkable
class Masks(Protocol):
    """A run whose secrets are known here."""

    @property
    def redactor(self) -> Redactor:
        """Masks them."""


class Writing:
    """Puts words on the record of one run.

    Args:
        source: The run.
        heard: Hears of words that are on record without the source telling of them, as no engine works on it.
    """

    def __init__(self, source: Source, heard: Callable[[Record], None] = lambda _: None) -> None:
        self._source = source
        self._heard = heard

    @property
    def directory(self) -> Path:
        """The run directory."""
        return self._source.directory

    def put(self, words: Said) -> str:
        """Hand words to whoever writes the run; says where they went.

        Raises:
            WizardError: They cannot be kept.
        """
        sound(words)
        if self._source.running:
            self._source.submit(_intent(words))
            return PUT
        kept = put_on_record(self.directory, words, redactor=self._redactor)
        if kept.record:
            self._heard(kept.record)
            return PUT
        return kept.told.capitalize()

    def sections(self) -> Sequence[Section]:
        """What the report asks people for, with what is on record of it.

        Raises:
            WizardError: There is no journal.
        """
        return build_from(read(self.directory)).written

    def save(self) -> Path:
        """Write the report beside the journal.

        Raises:
            WizardError: It cannot be written.
        """
        return write_report(self.directory, self._redactor)

    @property
    def _redactor(self) -> Redactor | None:
        return self._source.redactor if isinstance(self._source, Masks) else None


def _intent(words: Said) -> Intent:
    if isinstance(words, NoteAdded):
        return AddNote(words.text, words.tag, words.about, words.when)
    return PutOnRecord(words)
