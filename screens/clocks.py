"""The clocks of the interface, handed in so that a test can hold them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, cast

from textual.message_pump import MessagePump


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the time is.

    Args:
        now: In UTC, for people.
        moment: In seconds, never going back, for the interface itself.
    """

    now: Callable[[], datetime] = _now
    moment: Callable[[], float] = time.monotonic


class HasClocks(Protocol):
    """An application with clocks."""

    clocks: Clocks


def clocks(pump: MessagePump) -> Clocks:
    """The clocks of the application that this screen or widget belongs to."""
    return cast("HasClocks", pump.app).clocks
