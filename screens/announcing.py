"""How a run stands, told outside the screen: in the terminal's title, and by a notice where it waits for a person."""

from __future__ import annotations

from typing import Protocol, cast

from textual.message_pump import MessagePump

from screens.notices import Attention
from screens.view import View
from screens.widgets.heading import standing
from screens.words import plain

NAME = "wizard"
"""The title while no run is in sight."""


class Announces(Protocol):
    """An application that can be heard of."""

    attention: Attention

    def entitle(self, title: str) -> None:
        """Set the terminal's title."""


def announce(pump: MessagePump, view: View, *, running: bool) -> None:
    """Tell how a run stands."""
    app = cast("Announces", pump.app)
    app.entitle(title_of(view, running=running))
    if running and view.waiting:
        app.attention.waits(view.waiting.seq)


def title_of(view: View, *, running: bool) -> str:
    """``wizard: redis-ownership - waiting for you``."""
    started = view.state.started
    if started is None:
        return NAME
    _, _, word = standing(view, running=running)[0].partition(" ")
    return f"{NAME}: {plain(started.checklist)} - {word.lower()}"
