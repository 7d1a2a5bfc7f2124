"""The terminal's title: which run, and how it stands; what stood there before comes back at the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wizard.text import sanitise

if TYPE_CHECKING:
    from textual.driver import Driver

LONGEST = 100
"""Characters of a title."""

UNTITLED = frozenset({"", "dumb", "linux"})
"""Terminals that have no title, and may print what would set it."""

KEEP, SET, BACK = "\x1b[22;0t", "\x1b]2;{}\x1b\\", "\x1b]2;\x1b\\\x1b[23;0t"
"""Keep the title there is; set one; none, and then the one that was kept, where the terminal can."""


def has_title() -> bool:
    """The terminal has a title that can be set."""
    return os.environ.get("TERM", "") not in UNTITLED


def setting(title: str) -> str:
    """What sets the terminal's title; nothing in the text itself is obeyed."""
    harmless = "".join(one for one in " ".join(sanitise(title).split()) if one.isprintable())
    return SET.format(harmless[:LONGEST])


def titled(driver: type[Driver]) -> type[Driver]:
    """A driver that keeps the terminal's title while the application has the terminal, and gives it back."""

    class Titled(driver):  # type: ignore[misc, valid-type]  # whichever Textual has chosen
        kept = False

        def start_application_mode(self) -> None:
            """Take the terminal."""
            super().start_application_mode()
            if has_title():
                self.kept = True
                self.write(KEEP)

        def stop_application_mode(self) -> None:
            """Give it back."""
            if self.kept:
                self.kept = False
                self.write(BACK)
            super().stop_application_mode()

    return Titled
