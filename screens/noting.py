"""What a person says of a run at any moment: notes, what became of them, and the report they end up in."""

from __future__ import annotations

from abc import abstractmethod

from screens.closable import Closable
from screens.modals.note import TakeNote
from screens.notes import Notes
from screens.report import report_of
from screens.source import Source
from screens.steering import Steering
from screens.view import View
from screens.writing import PUT, Writing
from wizard.errors import WizardError
from wizard.run.events import NoteSettled, Record
from wizard.run.items import OUTCOMES, open_items
from wizard.run.words import Said

LISTED = "Put on record; N lists every note."


class Noting(Closable[None]):
    """A run's screen, as far as it takes words."""

    source: Source
    view: View
    looking_at: str
    _steering: Steering

    @abstractmethod
    def say(self, text: str, *, wrong: bool = False) -> None:
        """Tell something in passing."""

    def show_report(self) -> None:
        """Read the report, and write in it."""
        self.app.push_screen(report_of(self.source, self._steering.ask, self._heard))

    def action_note(self) -> None:
        """Put words on the record."""
        about = self.looking_at if self.looking_at in self.view.state.steps else ""
        self._steering.ask(TakeNote(about, self.view.named(about) if about else ""), self.take_note)

    def action_notes(self) -> None:
        """Every note there is."""
        self.app.push_screen(Notes(self.view, self._steering.ask, self.action_note, self._settled))

    def _settled(self, words: Said) -> None:
        """What became of a note is seen in the list, so it is not told besides."""
        self.take_note(words, told=False)

    def take_note(self, words: Said | None, *, told: bool = True) -> None:
        """Put them on record, through the engine where one works."""
        if words is None:
            return
        try:
            said = _stray(self.view, words) or Writing(self.source, self._heard).put(words)
            if told or said != PUT:
                self.say(LISTED if said == PUT else said)
        except WizardError as problem:
            self.say(str(problem), wrong=True)

    def _heard(self, record: Record) -> None:
        """No engine tells of what was put on record here."""
        self.view.take([record])


def _stray(view: View, words: Said) -> str:
    """Why these words settle nothing; empty where they do, or are a note."""
    if not isinstance(words, NoteSettled):
        return ""
    item = open_items(view.noted).find(words.note)
    if item is None:
        return f"Event {words.note} is no todo and no hypothesis; N lists them with their numbers."
    return "" if words.outcome in OUTCOMES[item.tag] else f"A {item.tag} is {' or '.join(OUTCOMES[item.tag])}."
