"""The application: its themes and clocks, deaf moments of modals, and an end without a word of its insides."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen

from screens.ascii import Ascii
from screens.clocks import Clocks
from screens.colourless import Colourless
from screens.keymap import Keymap
from screens.keys import EVERYWHERE, bindings
from screens.modals.base import Modal
from screens.modals.palette import Palette, offers, run
from screens.notices import Attention
from screens.outlet import outliving
from screens.settings import Loaded, Settings
from screens.sizes import COLUMNS, LINES
from screens.theme import ASCII, THEMES, colourless
from screens.titles import has_title, setting, titled
from screens.words import plain

log = logging.getLogger(__name__)

FAILED = 1
"""Exit status after an error of our own."""

USUAL = "dark"
"""The theme of an interface that is told of no settings."""

_ASCII, _COLOURLESS = Ascii(), Colourless()


@runtime_checkable
class AsksAlone(Protocol):
    """A screen that asks by itself, and must not do so over something else that is asked."""

    def ask_alone(self, modal: Modal[Any], then: Callable[[Any], None]) -> None:
        """Ask this, and nothing else until it is answered."""


class Interface(App[int]):
    """Shows a first screen and ends with an exit status.

    Args:
        first: Makes that screen.
        clocks: What the time is.
        loaded: What the person has chosen, and what is wrong with their file.
    """

    TITLE = "wizard"
    CSS_PATH = "interface.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = COLUMNS
    VERTICAL_BREAKPOINTS = LINES
    BINDINGS = bindings(EVERYWHERE, "everywhere")

    def __init__(
        self, first: Callable[[], Screen[Any]], clocks: Clocks | None = None, loaded: Loaded | None = None
    ) -> None:
        super().__init__()
        self.clocks = clocks or Clocks()
        self.loaded = loaded or Loaded(Settings(theme=USUAL))
        self.attention = Attention(self.loaded.settings.notices, self._moment, self._say_outside)
        self._entitled = ""
        self.crashed: Exception | None = None
        self._first = first
        self.keymap = Keymap(self.loaded.settings.keymap)
        self.set_keymap(self.keymap.bound)
        for theme in THEMES.values():
            self.register_theme(colourless(theme) if self.no_color else theme)
        self.theme = THEMES[self.loaded.settings.theme_shown].name
        self.set_class(self.no_color, "-no-colour")
        self.animation_level = "none"

    def on_mount(self) -> None:
        """Show the first screen."""
        self.entitle(self.TITLE)
        self.push_screen(self._first())
        if self.loaded.complaint:
            self.notify(plain(self.loaded.complaint), severity="warning", markup=False, timeout=15)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is done to each line before it is painted: its colours are taken away, its signs put in ASCII."""
        filters = [_COLOURLESS] if self.no_color else super().get_line_filters()
        return [*filters, _ASCII] if self.theme == ASCII.name else filters

    def action_theme(self) -> None:
        """The next theme, for this sitting."""
        names = [theme.name for theme in THEMES.values()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_palette(self) -> None:
        """What can be done now, to choose from."""
        opened_from = self.screen
        found = offers(opened_from)
        ask = next((one.ask_alone for one in self.screen_stack if isinstance(one, AsksAlone)), self.push_screen)
        ask(Palette(found), lambda chosen: run(found, chosen))

    async def on_event(self, event: events.Event) -> None:
        """Hand events on, but for what was pressed before a modal could be read."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown | events.MouseUp) and not event.is_forwarded:
            screen = self.screen if self.screen_stack else None
            self.attention.pressed()
            if getattr(screen, "deaf", False):
                return
        await super().on_event(event)

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, which also gives the terminal's title back, and stands the terminal's loss."""
        return titled(outliving(super().get_driver_class()))

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
