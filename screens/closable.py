"""A screen that is closed once: what is pressed twice in a hurry reaches it a second time when it is gone already."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

T = TypeVar("T")


class Closable(Screen[T]):
    """What every screen of ours is made from.

    Textual takes away whatever is on top when a screen is dismissed. A second Enter, on its way while the first one was
    acted on, would take away the screen below, or end the interface where there is none.
    """

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Go away, with a result; nothing where it has gone."""
        return super().dismiss(result) if self in self.app.screen_stack else AwaitComplete()
