"""The line below a log in which one says what to search for, and how much of it there is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from screens import keys
from screens.search import Needle
from screens.widgets.line import Line

LONGEST = 200
"""Letters of what is searched for."""


ROOM = 12
"""Letters of the count for which there always is room, so that it moves nothing."""


class FindBar(Horizontal):
    """One line. It says what is wanted of a search, and does none of it."""

    BINDINGS = keys.bindings(keys.FIND_KEYS, "find")

    class Changed(Message):
        """Something else is searched for; None where nothing is typed."""

        def __init__(self, needle: Needle | None) -> None:
            super().__init__()
            self.needle = needle

    class Wanted(Message):
        """1 the next, -1 the one before, 0 no more of it."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__(id="find")
        self._said = ""

    def compose(self) -> ComposeResult:
        """The sign, the line, the count."""
        yield Static("/", id="find-sign", markup=False)
        yield Line(id="find-words", placeholder="search the log · enter next · ↑ last · esc close", max_length=LONGEST)
        yield Static("", id="find-count", markup=False)

    def say(self, text: str) -> None:
        """How much was found."""
        if text != self._said:
            wider = max(len(text), ROOM) != max(len(self._said), ROOM)
            self._said = text
            self.query_one("#find-count", Static).update(text, layout=wider)

    def open(self) -> None:
        """Somebody wants to type."""
        self.display = True
        line = self.query_one(Input)
        line.focus()
        line.select_all()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        event.stop()
        self.post_message(self.Changed(Needle(event.value) if event.value else None))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next."""
        event.stop()
        self.post_message(self.Wanted(1))

    def action_find_next(self) -> None:
        """On to the next."""
        self.post_message(self.Wanted(1))

    def action_find_previous(self) -> None:
        """Back to the one before."""
        self.post_message(self.Wanted(-1))

    def action_find_close(self) -> None:
        """No more of it."""
        self.post_message(self.Wanted(0))
