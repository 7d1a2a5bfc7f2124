"""Every note of a run by its time: todos are ticked here, hypotheses settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens import keys
from screens.closable import Closable
from screens.help import Help
from screens.modals.base import Modal
from screens.modals.settle import settle
from screens.sizes import fold
from screens.view import View
from screens.widgets.choices import Chosen
from screens.widgets.keybar import KeyBar
from screens.widgets.listing import Listing
from screens.widgets.pane import Frame
from screens.words import many, plain
from wizard.report.times import meant, shown
from wizard.run.events import NoteAdded, NoteSettled, Record
from wizard.run.items import CONFIRMED, DONE, ELIMINATED, OPEN, TODO, Item, open_items
from wizard.run.words import TAGS, Said

EVERY = 0.5
"""Seconds between two looks for new notes."""

FATES = {
    (TODO, OPEN): ("☐", "bold $warning"),
    (TODO, DONE): ("☑", "$success"),
    ("hypothesis", OPEN): ("?", "bold $warning"),
    ("hypothesis", ELIMINATED): ("✘", "dim"),
    ("hypothesis", CONFIRMED): ("✔", "$success"),
}
"""Glyph and style of what became of a note."""


@dataclass(frozen=True, slots=True)
class Line:
    """A note, and what became of it where that is asked."""

    record: Record
    note: NoteAdded
    at: str
    item: Item | None


class Rows(Listing):
    """A list in which the first click picks, and only a click on what is picked does something."""

    async def _on_click(self, event: events.Click) -> None:
        clicked = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            event.prevent_default()
            event.stop()
            self.highlighted = clicked


class Notes(Closable[None]):
    """The list.

    Args:
        view: What is known of the run.
        ask: Shows a modal so that nothing else is asked meanwhile.
        take: Asks for another note.
        put: Puts words on record.
    """

    BINDINGS = keys.bindings(keys.NOTES_KEYS, "notes")
    AUTO_FOCUS = "#notes"

    def __init__(
        self,
        view: View,
        ask: Callable[[Modal[Any], Callable[[Any], None]], None],
        take: Callable[[], None],
        put: Callable[[Said], None],
    ) -> None:
        super().__init__()
        self._view = view
        self._ask = ask
        self._take = take
        self._put = put
        self._tag = ""
        self._seen = -1
        self._lines: Sequence[Line] = ()

    def compose(self) -> ComposeResult:
        """The list, and all of the note that is picked."""
        yield Rows(id="notes", markup=False, classes="list")
        yield Static("", id="about", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what there is, and keep up with it."""
        fold(self)
        self.query_one(KeyBar).show(keys.NOTES_KEYS)
        self._look()
        self.set_interval(EVERY, self._look)

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.NOTES_KEYS))

    def action_note(self) -> None:
        """Another note."""
        self._take()

    def action_filter(self) -> None:
        """The notes of the next tag that there is, and after the last all of them."""
        there = {line.note.tag for line in lines_of(self._view.noted)}
        tags = ["", *(tag for tag in TAGS if tag in there)]
        place = tags.index(self._tag) if self._tag in tags else 0
        self._tag = tags[(place + 1) % len(tags)]
        self._show()

    def action_settle(self) -> None:
        """Tick a todo, or ask what became of a hypothesis."""
        self._look()
        line = self._picked()
        if line is None or line.item is None:
            self.notify("Todos are ticked and hypotheses settled; this note is neither.", markup=False)
        elif line.item.tag == TODO:
            self._put(NoteSettled(line.item.seq, OPEN if line.item.outcome == DONE else DONE))
            self._look()
        else:
            item = line.item
            self._ask(settle(item), lambda chosen: self._settled(item, chosen))

    def on_option_list_option_highlighted(self) -> None:
        """All of what is picked."""
        line = self._picked()
        self.query_one("#about", Static).update(_about(self._view, line) if line else Content(""))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click on what is picked, does what the space bar does."""
        event.stop()
        self.action_settle()

    def _settled(self, item: Item, chosen: Chosen | None) -> None:
        if chosen and chosen.answer:
            self._put(NoteSettled(item.seq, chosen.answer, chosen.note))
            self._look()

    def _picked(self) -> Line | None:
        place = self.query_one(Rows).highlighted
        return self._lines[place] if place is not None and place < len(self._lines) else None

    def _look(self) -> None:
        if len(self._view.noted) != self._seen:
            self._seen = len(self._view.noted)
            self._show()

    def _show(self) -> None:
        every = lines_of(self._view.noted)
        picked = self._picked()
        self._lines = [line for line in every if self._tag in {"", line.note.tag}]
        notes = self.query_one(Rows)
        notes.set_options([Option(_told(line)) for line in self._lines] or [Option(NONE, disabled=True)])
        kept = [n for n, line in enumerate(self._lines) if picked and line.record.seq == picked.record.seq]
        notes.highlighted = kept[0] if kept else (len(self._lines) - 1 if self._lines else None)
        count = f"#{self._tag}: {len(self._lines)} of {len(every)}" if self._tag else many(len(every), "note")
        Frame(notes).say("Notes", count)
        self.on_option_list_option_highlighted()


BRIEF = 160
"""Letters of a note that leave room for what became of it below them."""

NONE = Content.styled("Nothing is noted yet: n writes the first.", "dim")


def lines_of(noted: Sequence[Record]) -> list[Line]:
    """Every note with what became of it, by the time it speaks of."""
    items = open_items(noted)
    found = [
        Line(record, record.event, meant(record.event.when, record.at), items.find(record.seq))
        for record in noted
        if isinstance(record.event, NoteAdded)
    ]
    return sorted(found, key=lambda line: line.at)


def _told(line: Line) -> Content:
    item = line.item
    glyph, style = FATES[item.tag, item.outcome] if item else (" ", "")
    faded = "dim" if item and item.outcome in {DONE, ELIMINATED} else ""
    return Content.assemble(
        (f"{plain(shown(line.at))[5:16]}  ", "dim"),
        (f"{glyph} ", style),
        (f"{plain(line.note.tag)[:11]:11}  ", "$primary"),
        (plain(line.note.text), faded),
    )


def _about(view: View, line: Line) -> Content:
    note, record = line.note, line.record
    about = f" about {view.named(note.about)}" if note.about else ""
    noted = f", noted {plain(shown(record.at))}" if line.at != record.at else ""
    told = [Content.styled(f"event {record.seq} by {plain(record.who)}, {plain(shown(line.at))}{noted}{about}", "dim")]
    if line.item and line.item.settled_by:
        because = f": {plain(line.item.reason)}" if line.item.reason else ""
        by = f"{line.item.outcome} by {plain(line.item.settled_by)}, {plain(shown(line.item.settled_at))}{because}"
        told.append(Content.styled(by, "italic"))
    text = Content(plain(note.text))
    return Content("\n").join([text, *told] if len(note.text) < BRIEF else [*told, text])
