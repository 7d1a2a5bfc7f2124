"""The line at the bottom: what can be done right now, as many keys as there is room for, help always among them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from screens.keymap import area_of, keymap
from screens.keys import Key

GAP = "  "

META = "key"
"""What a click finds below it."""


class KeyBar(Widget):
    """Keys with their labels; a click does what the key does.

    Args:
        kept: How many of the last keys are never left out.
    """

    def __init__(self, kept: int = 2) -> None:
        super().__init__(id="keys")
        self._kept = kept
        self._keys: tuple[Key, ...] = ()

    def show(self, keys: Sequence[Key]) -> None:
        """What can be done now."""
        mapped = keymap(self).mapped(keys, area_of(self.screen))
        if mapped != self._keys:
            self._keys = mapped
            self.refresh()

    async def on_click(self, event: events.Click) -> None:
        """A click does what the key does."""
        wanted = event.style.meta.get(META)
        for key in self._keys:
            if key.id == wanted:
                await self.screen.run_action(key.action)

    def render(self) -> Content:
        """The line."""
        return Content(GAP).join(
            [Content(""), *(_told(key) for key in fitting(self._keys, self.size.width, self._kept))]
        )


def fitting(keys: Sequence[Key], width: int, kept: int) -> list[Key]:
    """The keys there is room for, in order: the last ones always, of the others as many as fit from the left."""
    last = list(keys[len(keys) - kept :]) if kept else []
    room = width - sum(_width(key) for key in last)
    shown: list[Key] = []
    for key in keys[: len(keys) - kept]:
        room -= _width(key)
        if room < 0:
            break
        shown.append(key)
    return [*shown, *last]


def _width(key: Key) -> int:
    return len(GAP) + cell_len(f"{key.face} {key.label}")


def _told(key: Key) -> Content:
    told = Content.assemble((key.face, "bold $accent"), " ", (key.label, "$text-muted"))
    return told.stylize(Style.from_meta({META: key.id}))
