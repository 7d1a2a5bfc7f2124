"""Asks what to look for."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from screens.modals.base import Modal
from screens.widgets.pane import Frame


class Find(Modal[str]):
    """A line for words; its result is empty where nothing is to be looked for any more."""

    AUTO_FOCUS = "#words"

    def compose(self) -> ComposeResult:
        """The line, and how to answer."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("Find")
            yield Input(id="words", placeholder="words in the report; large and small letters are one")
            yield Static("enter finds them · n the next, N the one before · esc goes back", id="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it on."""
        self.dismiss(event.value.strip())
