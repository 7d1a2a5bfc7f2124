"""Which frames of a flood are painted: nobody reads along, and a key that waits for a long paint is felt."""

from __future__ import annotations

from typing import Protocol, cast

from textual.message_pump import MessagePump

from screens.notices import Attention

FLOOD = 100
"""Pages that came since the last frame beyond which nobody reads along."""

PASSED, PASSED_TYPING = 2, 11
"""Frames that are then passed over, and while somebody types."""

TYPING = 0.5
"""Seconds since the last key in which somebody is taken to type."""


class _Attended(Protocol):
    attention: Attention


class Flooding:
    """Counts the frames that are passed over."""

    def __init__(self) -> None:
        self._passed = PASSED_TYPING

    def forget(self) -> None:
        """The next frame is painted, whatever comes."""
        self._passed = PASSED_TYPING

    def passes(self, pump: MessagePump, pages: float) -> bool:
        """This frame is passed over; told for each frame, with the pages that came since the last painted one."""
        if pages <= FLOOD:
            self.forget()
            return False
        if self._passed < (PASSED_TYPING if _typed(pump) else PASSED):
            self._passed += 1
            return True
        self._passed = 0
        return False


def _typed(pump: MessagePump) -> bool:
    app = pump.app
    return hasattr(app, "attention") and cast("_Attended", app).attention.idle < TYPING
