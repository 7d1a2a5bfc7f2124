"""What every modal keeps: a moment of deafness when it opens, and Escape to look around first."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.content import Content
from textual.screen import ModalScreen

from screens.clocks import clocks
from screens.closable import Closable
from screens.keys import BELOW, CLOSE, NOT_HERE, bindings
from screens.sizes import fold

DEAF = 0.5
"""Seconds after it opened in which keys, clicks and pastes do nothing: they were meant for what was there before."""

T = TypeVar("T")


class Modal(Closable[T | None], ModalScreen[T | None], Generic[T]):
    """Asks something; its result is None where a person would rather look around first."""

    BINDINGS = bindings([CLOSE, NOT_HERE, BELOW])
    DEAF: ClassVar[float] = DEAF
    _remark = ""

    def on_mount(self) -> None:
        """Note when it opened."""
        fold(self)
        self.opened_at = clocks(self).moment()

    def remark(self, word: str, style: str) -> None:
        """Keep a word in the lower edge of the frame, as long as that is so; an empty one takes it away."""
        for dialog in self.query("#dialog") if word != self._remark else ():
            dialog.border_subtitle = Content.styled(word, style)
            self._remark = word

    @property
    def deaf(self) -> bool:
        """It has only just opened."""
        return clocks(self).moment() - getattr(self, "opened_at", float("inf")) < self.DEAF

    def action_not_here(self) -> None:
        """Say how to suspend: over a question it would be a slip of the hand."""
        self.notify("Escape closes this; then Ctrl-Z says what it would stop.", markup=False)

    def action_below(self) -> None:
        """The footer below tells of help and of leaving: say how to come there."""
        self.notify("Escape closes this question, unanswered; then ? tells every key, and q leaves.", markup=False)

    def action_close(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)
