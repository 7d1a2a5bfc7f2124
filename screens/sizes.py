"""Where a screen stands: how big the terminal is, below which sizes parts are folded, and what lies below it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

COLUMNS = [(0, "-narrow"), (100, "-wide")]
"""Classes of a screen by its width in cells."""

LINES = [(0, "-short"), (30, "-tall")]
"""Classes of a screen by its height in cells."""


FIRST = 2
"""Screens of an application that shows only one: Textual's own empty one lies below it."""


def opened_from_another(screen: Screen[Any]) -> bool:
    """Closing it leads back somewhere."""
    return len([one for one in screen.app.screen_stack if not one.is_modal]) > FIRST


def fold(screen: Screen[Any]) -> None:
    """Give a new screen its classes at once: Textual does so only when it hears of a size, which may be never."""
    width, height = screen.app.size
    for size, classes in ((width, COLUMNS), (height, LINES)):
        chosen = [name for least, name in classes if size >= least][-1]
        for _, name in classes:
            screen.set_class(name == chosen, name)
