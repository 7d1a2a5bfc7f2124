"""A note for the record."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from screens.clocks import clocks
from screens.keys import TAG_BEFORE, TAG_NEXT, bindings
from screens.modals.base import Modal
from screens.widgets.pane import Frame
from screens.words import elapsed, plain
from wizard.errors import UsageError
from wizard.run.events import NoteAdded, NoteSettled
from wizard.run.notes import TAGS, parse_words, time_told

HINT = "enter puts it on record · ↑ ↓ another tag · esc leaves it"
MAY = "May begin with a UTC time, as in 03:12, and with #tag; #done 12 ticks the todo of event 12."


class TakeNote(Modal[NoteAdded | NoteSettled]):
    """Asks for a line; its result is what will be recorded.

    Args:
        about: The step that is looked at; it goes on record with the note.
        title: That step in words.
    """

    AUTO_FOCUS = "#words"
    DEAF: ClassVar[float] = 0.0
    """It opens for nobody who did not ask for it, and its first letters are part of the note."""
    BINDINGS = bindings([TAG_NEXT, TAG_BEFORE])

    def __init__(self, about: str, title: str) -> None:
        super().__init__()
        self._about = about
        self._about_told = title
        self._tag = TAGS[0]

    def compose(self) -> ComposeResult:
        """What it is about, the line, its tag, what will be recorded, and what may stand at its beginning."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("Note", self._about_told)
            yield Input(id="words", placeholder="what was seen, decided, or is to be done")
            yield Static("", id="tags", markup=False)
            yield Static(MAY, id="effect", markup=False)
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        """The first tag is the one of a note without one."""
        self._tell()

    def on_input_changed(self) -> None:
        """Say what it would be on record as."""
        self._tell()

    def action_tag_next(self) -> None:
        """Another tag."""
        self._turn(1)

    def action_tag_before(self) -> None:
        """The tag before."""
        self._turn(-1)

    def on_input_submitted(self) -> None:
        """Read it; what cannot be read is said."""
        try:
            self.dismiss(self._read())
        except UsageError as problem:
            self._say(self.query_one("#hint", Static), str(problem))

    def _turn(self, step: int) -> None:
        self._tag = TAGS[(TAGS.index(self._tag) + step) % len(TAGS)]
        self._tell()

    def _read(self) -> NoteAdded | NoteSettled:
        """A tag that was typed counts more than one that was picked."""
        read = parse_words(self.query_one("#words", Input).value, self._now())
        if isinstance(read, NoteSettled):
            return read
        picked = self._tag if read.tag == TAGS[0] else read.tag
        return NoteAdded(read.text, picked, self._about, read.when)

    def _now(self) -> datetime:
        return clocks(self).now()

    def _tell(self) -> None:
        try:
            read: NoteAdded | NoteSettled | None = self._read()
        except UsageError as problem:
            read = None
            if self.query_one("#words", Input).value.strip():
                self.query_one("#effect", Static).update(Content.styled(plain(str(problem)), "italic"))
        tag = read.tag if isinstance(read, NoteAdded) else self._tag
        self.query_one("#tags", Static).update(Content(" ").join([_tag(one, chosen=one == tag) for one in TAGS]))
        if read is not None or not self.query_one("#words", Input).value.strip():
            self.query_one("#effect", Static).update(self._told(read) if read else Content(MAY))

    def _told(self, read: NoteAdded | NoteSettled) -> Content:
        if isinstance(read, NoteSettled):
            return Content(f"Event {read.note}: {read.outcome}.")
        about = f", about {plain(self._about_told)}" if self._about else ""
        if not read.when:
            return Content(f"Goes on record as of now{about}.")
        ago = elapsed((self._now() - datetime.fromisoformat(read.when)).total_seconds())
        return Content(f"Goes on record for {time_told(read.when)}, {ago} ago{about}.")

    def _say(self, where: Static, text: str) -> None:
        where.update(Content.styled(plain(text), "bold $warning"))


def _tag(tag: str, *, chosen: bool) -> Content:
    return Content.styled(f"#{tag}", "bold reverse" if chosen else "dim")
