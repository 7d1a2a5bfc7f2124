"""Asks where in a log to go: its marks, fewer as one types."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens import keys
from screens.modals.base import Modal
from screens.widgets.listing import Listing
from screens.widgets.pane import Frame

HINT = "type to find · ↑ ↓ pick · enter goes there · esc goes back"


class Jump(Modal[int]):
    """Its result is the number of a line.

    Args:
        marks: Lines by number, and what stands there.
        at: The line in sight: the last mark up to it is picked.
    """

    BINDINGS = keys.bindings(keys.PICK_KEYS, "jump")
    AUTO_FOCUS = "#words"

    def __init__(self, marks: Sequence[tuple[int, str]], at: int) -> None:
        super().__init__()
        self._marks = tuple(marks)
        self._found = self._marks
        self._at = at

    def compose(self) -> ComposeResult:
        """The line, the marks, and how to answer."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("Jump to a step in the log")
            yield Input(id="words", placeholder="part of its number or title")
            yield Listing(id="marks", markup=False)
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        """All of them, with the one in sight picked."""
        self._list(self._marks)
        before = [place for place, (number, _) in enumerate(self._marks) if number <= self._at]
        self.query_one(Listing).highlighted = before[-1] if before else 0

    def on_input_changed(self, event: Input.Changed) -> None:
        """Fewer of them."""
        words = event.value.lower().split()
        self._list([mark for mark in self._marks if all(word in mark[1].lower() for word in words)])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the one that is picked."""
        event.stop()
        picked = self.query_one(Listing).highlighted
        if picked is not None and picked < len(self._found):
            self.dismiss(self._found[picked][0])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the one that was clicked."""
        event.stop()
        self.dismiss(self._found[event.option_index][0])

    def action_pick_next(self) -> None:
        """The next one."""
        self.query_one(Listing).action_cursor_down()

    def action_pick_previous(self) -> None:
        """The one before."""
        self.query_one(Listing).action_cursor_up()

    def _list(self, marks: Sequence[tuple[int, str]]) -> None:
        self._found = tuple(marks)
        listing = self.query_one(Listing)
        listing.set_options([Option(Content(text)) for _, text in self._found])
        listing.highlighted = 0 if self._found else None
