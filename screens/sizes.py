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
    """Give a new screen its classes at once: Textual does so only when it hears of a size, which may be never.

    All of them in one go, as each change of a screen's classes styles everything on it anew.
    """
    width, height = screen.app.size
    classes: dict[str, bool] = {}
    for size, kinds in ((width, COLUMNS), (height, LINES)):
        chosen = [name for least, name in kinds if size >= least][-1]
        classes |= {name: name == chosen for _, name in kinds}
    screen.update_classes(classes)
