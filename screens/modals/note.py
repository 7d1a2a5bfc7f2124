"""A note for the record."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from screens.clocks import clocks
from screens.modals.base import Modal
from screens.widgets.pane import Frame
from screens.words import plain
from wizard.errors import UsageError
from wizard.run.events import NoteAdded
from wizard.run.notes import TAGS, parse_note

HINT = "enter puts it on record · esc leaves it"


class TakeNote(Modal[NoteAdded]):
    """Asks for a line; its result is the note as it will be recorded.

    Args:
        about: The step that is looked at; it goes on record with the note.
        title: That step in words.
    """

    AUTO_FOCUS = "#words"

    def __init__(self, about: str, title: str) -> None:
        super().__init__()
        self._about = about
        self._about_told = title

    def compose(self) -> ComposeResult:
        """What it is about, the line, and what may stand at its beginning."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("Note", self._about_told)
            yield Input(id="words", placeholder="what was seen, decided, or is to be done")
            tags = " ".join(f"#{tag}" for tag in TAGS)
            yield Static(f"May begin with a time, as in 03:12, and with one of {tags}", id="effect", markup=False)
            yield Static(HINT, id="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Read it; what cannot be read is said."""
        try:
            note = parse_note(event.value, clocks(self).now().astimezone())
        except UsageError as problem:
            self.query_one("#hint", Static).update(Content.styled(plain(str(problem)), "bold $warning"))
            return
        self.dismiss(NoteAdded(note.text, note.tag, self._about, note.when))
