"""Answers to choose from, named by effect. Nothing is chosen beforehand, so Enter alone answers nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets.option_list import Option

from screens.widgets.listing import Listing

DIGITS = 10
"""Answers that a figure picks; 0 picks the tenth."""


class Words(Enum):
    """Whether an answer wants words."""

    NONE = "none"
    OPTIONAL = "optional"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer.

    Args:
        answer: What is handed on.
        label: What it is called.
        effect: What it does, in a sentence.
        words: Whether it wants a reason.
        grave: It changes or ends something that is not easily brought back.
        types: What has to be typed before it is taken, as what it changes cannot be told from a slip of the hand.
        stands_for: What that name means, where it is not what it says.
    """

    answer: str
    label: str
    effect: str
    words: Words = Words.NONE
    grave: bool = False
    types: str = ""
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose, with their words."""

    answer: str
    note: str = ""


class Choices(Listing):
    """A list in which a figure or an arrow picks, and only then Enter, or a second click, answers."""

    class NothingPicked(Message):
        """Enter, before an answer was picked."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(
            *(Option(_prompt(n, one)) for n, one in enumerate(choices, start=1)), id="choices", markup=False
        )
        self.choices = tuple(choices)
        self.highlighted = None

    def on_key(self, event: events.Key) -> None:
        """A figure picks."""
        figure = event.character or ""
        place = (int(figure) or DIGITS) if figure.isascii() and figure.isdigit() else 0
        if 1 <= place <= min(DIGITS, len(self.choices)):
            self.highlighted = place - 1
            event.stop()

    def action_select(self) -> None:
        """What is picked is the answer; where nothing is, it is said."""
        if self.highlighted is None:
            self.post_message(self.NothingPicked())
        else:
            super().action_select()

    async def _on_click(self, event: events.Click) -> None:
        """The first click picks, a click on what is picked answers."""
        clicked = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            event.prevent_default()
            event.stop()
            self.highlighted = clicked


def _prompt(number: int, choice: Choice) -> Content:
    figure = f"{number % DIGITS} " if number <= DIGITS else "  "
    more = " …" if choice.words is not Words.NONE or choice.types else ""
    return Content.assemble((figure, "dim"), (f"{choice.label}{more}", "$error" if choice.grave else ""))
