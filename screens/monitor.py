"""The monitor: a watch on a page of its own, as it goes on."""

from __future__ import annotations

from typing import Protocol

from textual.app import ComposeResult
from textual.content import Content

from screens import keys
from screens.clocks import clocks
from screens.closable import Closable
from screens.help import Help
from screens.sizes import fold
from screens.view import View
from screens.widgets.detail import FRAMED, standing_told, where
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Pane
from screens.widgets.watching import figures, matching, told
from screens.words import plain
from wizard.run import state as st

LOOKED_AT = 2
"""Times a second that it is brought up to date."""


class Steers(Protocol):
    """What the run's steering does for it."""

    def cancel(self) -> None:
        """Ask whether to end what runs."""

    def answer(self) -> None:
        """Open what waits."""


class Monitor(Closable[None]):
    """Shows one watch.

    Args:
        view: What is known of the run; somebody else keeps it current.
        step: The watch.
        steering: Asks whether to end it early, and why; opens what waits.
    """

    BINDINGS = keys.bindings(keys.MONITOR_KEYS, "monitor")

    def __init__(self, view: View, step: str, steering: Steers) -> None:
        super().__init__()
        self._view = view
        self._step = step
        self._steering = steering

    def compose(self) -> ComposeResult:
        """The watch, its numbers, and the lines that matched."""
        yield Pane("watch")
        yield Pane("figures")
        yield Pane("matching")
        yield KeyBar()

    def on_mount(self) -> None:
        """Keep up with the watch."""
        fold(self)
        self.query_one("#figures", Pane).frame.say("Numbers")
        self.query_one("#matching", Pane).frame.say("Matching lines, newest first")
        self.query_one("#matching", Pane).focus()
        self._show()
        self.set_interval(1 / LOOKED_AT, self._show)

    def on_resize(self) -> None:
        """Lines of marks are as long as there is room."""
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """What is over cannot be ended, and what does not wait cannot be answered."""
        if action == "answer":
            return self._view.waiting is not None
        return self._goes_on() if action == "end_early" else True

    def action_end_early(self) -> None:
        """End the watch, with a reason."""
        self._steering.cancel()

    def action_answer(self) -> None:
        """Open what waits."""
        self._steering.answer()

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.MONITOR_KEYS))

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    def _goes_on(self) -> bool:
        state = self._view.state
        return state.current == self._step and state.steps[self._step].status == st.RUNNING and not state.paused

    def _show(self) -> None:
        step = self._view.state.steps.get(self._step)
        if not self.is_mounted or step is None:
            return
        looks = self._view.looks.get(self._step, [])
        pane, numbers = self.query_one("#watch", Pane), self.query_one("#figures", Pane)
        pane.frame.say(Content.assemble((self._view.named(step.id), "bold")), standing_told(self._view, step))
        head = Content.assemble(("host     ", "dim"), where(self._view, step.host))
        body = told(looks, clocks(self).now(), _room(pane), over=not self._goes_on())
        ended = [Content.assemble(("came to  ", "dim"), plain(step.action.what))] if step.action else []
        pane.tell(Content("\n").join([head, *ended, body]))
        numbers.tell(figures(looks, _room(numbers)))
        self.query_one("#matching", Pane).tell(matching(looks))
        self.query_one(KeyBar).show([key for key in keys.MONITOR_KEYS if key.shown and self.check_action(key.id, ())])


def _room(pane: Pane) -> int:
    """Cells of a line within frame and padding, whether or not there is a scroll bar beside it."""
    return pane.outer_size.width - FRAMED
