"""The application: its themes and clocks, deaf moments of modals, and an end without a word of its insides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from screens.clocks import Clocks
from screens.modals.base import Modal
from screens.notices import Attention, Notices
from screens.preflight.page import PreflightPage
from screens.sizes import COLUMNS, LINES
from screens.theme import DARK, THEMES
from screens.titles import has_title, setting, titled

log = logging.getLogger(__name__)

FAILED = 1
"""Exit status after an error of our own."""


class Interface(App[int]):
    """Shows a first screen and ends with an exit status.

    Args:
        first: Makes that screen.
        clocks: What the time is.
        notices: How a person is told that a run waits for them.
    """

    TITLE = "wizard"
    CSS_PATH = "interface.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = LINES
    BINDINGS = []  # noqa: RUF012 - what Textual binds by itself, quitting above all, is ours to bind

    def __init__(
        self, first: Callable[[], Screen[Any]], clocks: Clocks | None = None, notices: Notices | None = None
    ) -> None:
        super().__init__()
        self.clocks = clocks or Clocks()
        self.attention = Attention(notices or Notices(), self._moment, self._say_outside)
        self._entitled = ""
        self.crashed: Exception | None = None
        self._first = first
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.animation_level = "none"

    def on_mount(self) -> None:
        """Show the first screen."""
        self.entitle(self.TITLE)
        self.push_screen(self._first())

    async def on_event(self, event: events.Event) -> None:
        """Hand events on, but for what was pressed before a modal could be read."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown | events.MouseUp) and not event.is_forwarded:
            screen = self.screen if self.screen_stack else None
            self.attention.pressed()
            if isinstance(screen, Modal | PreflightPage) and screen.deaf:
                return
        await super().on_event(event)

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, which also gives the terminal's title back."""
        return titled(super().get_driver_class())

    def entitle(self, title: str) -> None:
        """Set the terminal's title; it is written only where it changes."""
        if title != self._entitled and has_title():
            self._entitled = title
            self._say_outside(setting(title))

    def _moment(self) -> float:
        return self.clocks.moment()

    def _say_outside(self, sequence: str) -> None:
        if self._driver and self._running:
            self._driver.write(sequence)

    def action_help_quit(self) -> None:
        """Control-C is a key of the screens."""

    def _handle_exception(self, error: Exception) -> None:
        # Textual renders what an exception brings along; nothing of it may reach the screen.
        if self._exit:
            log.warning("the interface met an error while it ended", exc_info=error)
            return
        if self.crashed is None:
            self.crashed = error
            log.error("the interface met an error of its own", exc_info=error)
        self._return_code = FAILED
        self._exception = self._exception or error
        self._exception_event.set()
        self._fatal_error()

    def _fatal_error(self) -> None:
        # Textual's own prints every local variable, secrets too.
        self._close_messages_no_wait()
