"""What could be meant while somebody types a host or a path; Right or Tab takes it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from textual import events
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from wizard.text import sanitise

ENTRIES = 2000
"""Entries of a directory that are looked at."""

SHOWN = 5
"""Names that are shown beside the field."""

Find = Callable[[str], Sequence[str]]
"""Every whole value that begins with what was typed, the likeliest first."""


class Completer(Suggester):
    """Suggests the likeliest value, and remembers what else there was.

    Args:
        find: Finds what could be meant; called in a thread, as a directory may be on a slow disk.
    """

    def __init__(self, find: Find) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._find = find

    async def get_suggestion(self, value: str) -> str | None:
        """The likeliest value."""
        found = await self.all(value)
        return next((one for one in found if one != value), None)

    async def all(self, value: str) -> Sequence[str]:
        """Everything that could be meant."""
        return await asyncio.to_thread(self._find, value)


class CompletedInput(Input):
    """An input whose suggestion Tab takes too, as in a shell; where there is none, Tab goes on to the next field."""

    class Found(Message):
        """What could be meant by what stands there now."""

        def __init__(self, field: CompletedInput, values: Sequence[str]) -> None:
            super().__init__()
            self.field = field
            self.values = values

    async def on_key(self, event: events.Key) -> None:
        """Tab takes the suggestion."""
        suggested = self._suggestion
        if event.key == "tab" and suggested and suggested != self.value and self.cursor_at_end:
            event.stop()
            event.prevent_default()
            self.action_cursor_right()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what could be meant."""
        if event.input is self and self.has_focus and isinstance(self.suggester, Completer):
            self.run_worker(self._look(self.suggester, event.value), exclusive=True, group="completion")

    async def _look(self, completer: Completer, value: str) -> None:
        found = await completer.all(value) if value else ()
        if self.is_attached and self.value == value:
            self.post_message(self.Found(self, [one for one in found if one != value]))


def hosts_among(names: Callable[[], Sequence[str]]) -> Find:
    """Finds hosts by the beginning of their name, behind the user where one is typed."""

    def find(typed: str) -> Sequence[str]:
        user, at, name = typed.rpartition("@")
        return [f"{user}{at}{one}" for one in names() if name and one.startswith(name)]

    return find


def paths(typed: str) -> Sequence[str]:
    """Files and directories of this machine that begin so, directories with a slash; ``~`` stays as it is typed."""
    if not typed.startswith(("/", "~/")):
        return []
    folder, _, begun = typed.rpartition("/")
    try:
        with os.scandir(Path(f"{folder}/").expanduser()) as entries:
            found = [_entry(one) for one in islice(entries, ENTRIES) if _fits(one.name, begun)]
    except (OSError, RuntimeError, ValueError):
        return []
    return [f"{folder}/{name}" for name in sorted(found)]


def _fits(name: str, begun: str) -> bool:
    """It begins so, is hidden only where that is asked for, and is a name that can be shown as it is."""
    seen = not name.startswith(".") or begun.startswith(".")
    return name.startswith(begun) and seen and sanitise(name) == name and name.isprintable()


def _entry(entry: os.DirEntry[str]) -> str:
    return f"{entry.name}/" if entry.is_dir() else entry.name
