"""Handing a run over: to whom, what they should do next; and, for who goes on, the packet and their word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from screens.modals.base import Modal
from screens.modals.choosing import Choosing
from screens.widgets.choices import Choice
from screens.widgets.pane import Frame
from screens.words import lines

TAKE_OVER, NOT_NOW = "take over", "not now"
LABEL = 12
"""Cells of a label, where a row is a label and what is on record."""

_MARKS = str.maketrans("", "", "`\\\\")
"""What Markdown has around a word that is shown as it is."""

HINT = "enter hands over: the run stops, and what runs on a host goes on there · esc goes back"


@dataclass(frozen=True, slots=True)
class Given:
    """To whom a run is handed, and what is next."""

    to: str
    words: str


class HandOver(Modal[Given]):
    """Asks for a name and for words.

    Args:
        about: How the run stands.
    """

    AUTO_FOCUS = "#to"

    def __init__(self, about: Content) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """What will happen, who takes over, and what they should do next."""
        with Vertical(id="dialog", classes="warning") as dialog:
            Frame(dialog).say("Hand over")
            yield Static(self._about, id="effect", markup=False)
            yield Input(id="to", placeholder="who takes over? a name, or nothing")
            yield Input(id="words", placeholder="what should they do next?")
            yield Static(HINT, id="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the words; then it is handed over."""
        words = self.query_one("#words", Input)
        if event.input.id == "to":
            words.focus()
        elif words.value.strip():
            self.dismiss(Given(self.query_one("#to", Input).value.strip(), words.value.strip()))
        else:
            hint = Content.styled("Say what they should do next: it is the first thing they read.", "bold $warning")
            self.query_one("#hint", Static).update(hint)


def take_over(packet: str) -> Choosing:
    """The packet, and whether somebody takes the run over."""
    choices = [
        Choice(TAKE_OVER, "I take over", "Goes on record with your name and machine; then the run goes on."),
        Choice(NOT_NOW, "not now", "Nothing happens; the run can be looked at, and goes on to wait."),
    ]
    return Choosing("This run was handed over", Content("\n").join(_told(packet)), choices, "warning")


def _told(packet: str) -> Iterator[Content]:
    """Markdown without its marks."""
    for line in lines(unescape(packet)):
        if line.startswith("#"):
            yield Content.styled(line.lstrip("# "), "bold $primary")
        elif line.strip() and not line.startswith(("| ---", "| What |", "```")):
            first, *rest = line.strip("|").strip().translate(_MARKS).replace("**", "").split(" | ")
            yield Content("   ".join([f"{first:{LABEL}}" if len(rest) == 1 else first, *rest]))
