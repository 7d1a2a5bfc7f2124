"""The contents of a report as a question: where to go."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from screens.modals.base import Modal
from screens.widgets.contents import Contents
from screens.widgets.pane import Frame
from screens.widgets.sheet import Place


class Headings(Modal[int]):
    """A list of headings; its result is the number of one.

    Args:
        places: The headings.
        here: The number of the one that is read.
    """

    AUTO_FOCUS = "Contents"

    def __init__(self, places: Sequence[Place], here: int) -> None:
        super().__init__()
        self._places = places
        self._here = here

    def compose(self) -> ComposeResult:
        """The list, and how to answer."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say("Contents")
            yield Contents()
            yield Static("↑ ↓ picks · enter goes there · esc goes back", id="hint", markup=False)

    def on_mount(self) -> None:
        """The heading that is read is picked."""
        self.query_one(Contents).show(self._places, self._here)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        self.dismiss(event.option_index)
