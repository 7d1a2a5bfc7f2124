"""The keys as this person has them: a keymap over the declarations, obeyed by bindings, footer, palette and help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from textual.binding import Binding
from textual.message_pump import MessagePump
from textual.screen import Screen

from screens.keys import AREAS, Key

KEPT = {"leave": ("ctrl+c", "ctrl+q")}
"""Keys that stay where they are, whatever a keymap says: there is always a way out."""


class Keymap:
    """Where a person wants keys.

    Args:
        chosen: Keys by the key's area and id, as in ``run.note``.
    """

    def __init__(self, chosen: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._chosen = {name: _with_kept(name, keys) for name, keys in (chosen or {}).items()}

    @property
    def bound(self) -> Mapping[str, str]:
        """As Textual reads a keymap."""
        return {name: ",".join(keys) for name, keys in self._chosen.items()}

    def mapped(self, keys: Iterable[Key], area: str) -> tuple[Key, ...]:
        """The same keys as they are pressed here."""
        return tuple(self._mapped(key, area) for key in keys)

    def face(self, name: str) -> str:
        """What stands on the keyboard for a key named by area and id."""
        area, _, wanted = name.partition(".")
        return next((self._mapped(key, area).face for key in AREAS.get(area, ()) if key.id == wanted), "")

    def _mapped(self, key: Key, area: str) -> Key:
        chosen = self._chosen.get(f"{area}.{key.id}")
        return replace(key, key=",".join(chosen)) if chosen else key


def _with_kept(name: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    kept = KEPT.get(name.rpartition(".")[2], ())
    return (*keys, *(key for key in kept if key not in keys))


_USUAL = Keymap()


def keymap(pump: MessagePump) -> Keymap:
    """The keymap of the application that this screen or widget belongs to; the usual keys where it has none."""
    return getattr(pump.app, "keymap", _USUAL)


def area_of(screen: Screen[Any]) -> str:
    """The area of a screen's keys, from its bindings."""
    names = [binding.id or "" for binding in screen.BINDINGS if isinstance(binding, Binding)]
    return next((name.partition(".")[0] for name in names if "." in name), "")
