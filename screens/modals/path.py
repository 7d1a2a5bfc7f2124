"""Asks for a checklist by its path."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from screens.modals.base import Modal
from screens.widgets.pane import Frame


class AskPath(Modal[str]):
    """A line for a path."""

    AUTO_FOCUS = "#words"

    def compose(self) -> ComposeResult:
        """The line, and how to answer."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("A checklist of yours")
            yield Input(id="words", placeholder="path of a YAML file")
            yield Static("enter opens it · esc goes back", id="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it on."""
        self.dismiss(event.value.strip() or None)
