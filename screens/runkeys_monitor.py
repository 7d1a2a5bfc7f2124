"""The run screen's key for the monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screens.monitor import Monitor
from screens.view import View

if TYPE_CHECKING:
    from textual.app import App

    from screens.steering import Steering


def watch_in_sight(view: View, looking_at: str) -> str:
    """The watch that is looked at, else the one that goes on; empty where there is none."""
    for step in (looking_at, view.state.current):
        state = view.state.steps.get(step)
        if state and state.kind == "watch" and (state.attempts or step in view.looks):
            return step
    return ""


class Monitoring:
    """What a run screen does with a watch."""

    app: App[Any]
    view: View
    looking_at: str
    _steering: Steering

    def action_monitor(self) -> None:
        """Look at the watch on a page of its own."""
        step = watch_in_sight(self.view, self.looking_at)
        if step:
            self.app.push_screen(Monitor(self.view, step, self._steering))
