"""Picks another run of the same checklist, to be compared with."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.modals.base import Modal
from screens.shelved import run_line
from screens.widgets.listing import LineListing
from screens.widgets.pane import Frame
from screens.words import plain
from wizard.run.listing import RunSummary


class PickRun(Modal[RunSummary]):
    """A list of runs.

    Args:
        one: The run that is compared.
        others: What it can be compared with, newest first.
    """

    AUTO_FOCUS = "#others"

    def __init__(self, one: RunSummary, others: Sequence[RunSummary]) -> None:
        super().__init__()
        self._one = one
        self._others = tuple(others)

    def compose(self) -> ComposeResult:
        """The list, and how to answer."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say(f"Compare the run of {plain(self._one.began[:16].replace('T', ' '))} with")
            options = [Option(run_line(one)) for one in self._others]
            yield LineListing(*options, id="others", markup=False, classes="list")
            yield Static("enter compares · esc goes back", id="hint", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Hand it on."""
        self.dismiss(self._others[event.option_index])
