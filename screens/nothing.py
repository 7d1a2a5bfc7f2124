"""What is said where a key has nothing to show: a key that is silent looks as if nobody listened."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events

from screens.closable import Closable
from screens.keymap import area_of, keymap
from screens.keys import Key

NOTHING = {
    "monitor": "No watch has begun, so there is nothing to monitor.",
    "undo_plan": "Nothing was begun that a rollback would undo.",
    "preflight": "The run has not begun: there is no plan yet.",
    "next_log": "There is no other log.",
    "jump": "No step has begun, so there is none to go to in the log.",
    "tell": "The checklist names nobody to be told.",
    "answer": "Nothing waits for you.",
}
"""By key: why it has nothing to do."""


class Silent(Closable[Any]):
    """A screen whose keys say so where they have nothing to do."""

    KEYS: ClassVar[tuple[Key, ...]] = ()

    def on_key(self, event: events.Key) -> None:
        """No binding took it."""
        for key in keymap(self).mapped(self.KEYS, area_of(self)):
            pressed = event.key in key.key.split(",")
            if pressed and key.id in NOTHING and not self.check_action(key.id, ()):
                self.say(NOTHING[key.id])

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Tell something in passing."""
        raise NotImplementedError
