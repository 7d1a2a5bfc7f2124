"""The run screen: phases and steps, the step that is looked at, its log, its checks, and what could be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList

from screens import keys
from screens.announcing import NAME, Announces, announce
from screens.clocks import clocks
from screens.collector import keep_short
from screens.detaching import Detaching
from screens.estimating import remember
from screens.handing import Handing
from screens.help import Help
from screens.keys import Key
from screens.logkeys import LogKeys
from screens.modals.base import Modal
from screens.modals.steering import can_go_on
from screens.nothing import Silent
from screens.noting import Noting
from screens.outputs import Outputs
from screens.preflight.opening import Foresight
from screens.runkeys_monitor import Monitoring, watch_in_sight
from screens.sizes import fold, opened_from_another
from screens.source import Source
from screens.steering import Steering
from screens.view import END, EVIDENCE, PHASE, View
from screens.widgets.checking import Checks
from screens.widgets.detail import Detail
from screens.widgets.heading import Heading, link_told
from screens.widgets.keybar import KeyBar
from screens.widgets.logs import Logs
from screens.widgets.outline import Outline
from screens.widgets.undo import RollbackPane, UndoStack
from screens.words import plain
from wizard.run.events import Record

NOTHING_BEGUN = 1
"""Exit status where a person saw what would be done, and left."""

FRAMES = 30
"""Frames a second at most: what happens between two of them is shown at once."""


class RunScreen(Silent, Noting, Monitoring, Detaching, Handing, Foresight, LogKeys):
    """Shows a run and steers it.

    Args:
        source: The run.
        plan: A rollback from the command line goes back to this step, or to the beginning where it is empty: it is
            shown before anything begins. None where the run begins by itself.
    """

    KEYS: ClassVar[tuple[Key, ...]] = keys.RUN_KEYS
    BINDINGS = keys.bindings(KEYS, "run")

    def __init__(self, source: Source, plan: str | None = None) -> None:
        super().__init__()
        self.source = source
        self.view = View(source.checklist, Outputs(source.directory / "output").read)
        self.looking_at = ""
        self.following = True
        self._plan = plan
        self._steering = Steering(source, self.view, self)
        self._log_of = ""
        self._beat = (False, 0)

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Heading()
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield Outline()
                yield UndoStack()
            with Vertical(id="right"):
                yield Detail()
                yield Logs()
                yield Checks()
                yield RollbackPane()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin, and keep up with what happens."""
        fold(self)
        self.take_in()
        if self._plan is None:
            self._steering.begin()
            self.foresee()
        else:
            self._steering.begin_rollback(self._plan)
        (self.logs.pane if self.has_class("-narrow") else self.query_one(Outline)).focus()
        remember(self.source, self.view)
        self.set_interval(1 / FRAMES, self.take_in)
        if not self.app.is_headless:
            self.call_after_refresh(keep_short)

    def take_in(self) -> None:
        """Take in what happened since the last frame, and show it. Costs next to nothing where nothing happened."""
        messages = self.source.take()
        for message in messages:
            if isinstance(message, Record):
                self._steering.hear(message.event)
        self.view.take(messages, clocks(self).now())
        beat = (self.source.running, int(clocks(self).now().timestamp()))
        if beat != self._beat or any(isinstance(message, Record) for message in messages):
            self._beat = beat
            self._show()
        elif messages or self.logs.behind:
            self.show_logs()
        self._steering.attend()

    def on_unmount(self) -> None:
        """The title is no longer this run's."""
        cast("Announces", self.app).entitle(NAME)

    def on_resize(self) -> None:
        """What is cut to fit is cut again."""
        self._show()

    def ask(self, modal: Modal[Any], then: Callable[[Any], None]) -> None:
        """Show a modal, and hand its result on."""
        self.app.push_screen(modal, then)

    def ask_alone(self, modal: Modal[Any], then: Callable[[Any], None]) -> None:
        """Ask this, and nothing else until it is answered."""
        self._steering.ask(modal, then)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Tell something in passing."""
        self.notify(plain(text), severity="error" if wrong else "information", markup=False)

    def leave(self) -> None:
        """End the interface, whoever started it sees to the engine; or back to where a run was only looked at from."""
        outcome = self.source.outcome
        if outcome is None and not self.source.running and opened_from_another(self):
            self.dismiss(None)
        else:
            self.app.exit(return_code=outcome.exit_status if outcome else NOTHING_BEGUN)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """A key that would do nothing is not offered."""
        allowed = _ALLOWED.get(action)
        return allowed(self) if allowed else True

    def action_answer(self) -> None:
        """Open what waits."""
        self._steering.answer()

    def action_go_on(self) -> None:
        """Take the run up again."""
        self._steering.go_on()

    def action_cancel(self) -> None:
        """End what the step is running."""
        self._steering.cancel()

    def action_pause(self) -> None:
        """Stop with the state kept."""
        self._steering.pause()

    def action_roll_back(self) -> None:
        """Undo."""
        self._steering.roll_back(self.looking_at)

    def action_leave(self) -> None:
        """Leave the wizard."""
        self._steering.leave()

    def action_report(self) -> None:
        """Read the report."""
        self.show_report()

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(self.KEYS))

    def action_switch(self) -> None:
        """In a narrow terminal, the steps or the step."""
        self.action_unzoom()
        steps = self.toggle_class("steps-page").has_class("steps-page")
        (self.query_one(Outline) if steps else self.logs.pane).focus()

    def action_follow(self) -> None:
        """Look where the run is, and at the end of its log."""
        self.following = True
        self._log_of = ""
        self.logs.follow()
        self._show()

    def action_next_log(self) -> None:
        """The log of the next host."""
        hosts = list(self.view.logs)
        if hosts:
            shown = self.log_wanted()
            self._log_of = hosts[(hosts.index(shown) + 1) % len(hosts)] if shown in hosts else hosts[0]
            self._show()

    def action_zoom(self) -> None:
        """Give the focused part the whole screen, or take it back."""
        if not self.has_class("zoom") and self.focused:
            self.add_class("zoom")
            self.focused.add_class("zoomed")
            for part in self.query("#left, #right, #logs, #streams"):
                part.set_class(part in self.focused.ancestors, "zoomed")
        else:
            self.action_unzoom()

    def action_unzoom(self) -> None:
        """Every part has its room again."""
        self.remove_class("zoom")
        self.query(".zoomed").remove_class("zoomed")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Somebody looks at another step."""
        scope = self.query_one(Outline).scope_at(event.option_index)
        if scope and scope != self.looking_at:
            self.looking_at = scope
            self.following = False
            self._show()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A phase is folded or opened; a step is gone to, where only the list was in sight."""
        outline = self.query_one(Outline)
        scope = outline.scope_at(event.option_index)
        if scope.startswith(PHASE):
            outline.toggle(scope)
            self._show()
        elif self.has_class("steps-page"):
            self.action_switch()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        if self.following:
            self.looking_at = _current(self.view) or self.looking_at
        now = clocks(self).now()
        window = self.source.window if self.source.running else None
        self.query_one(Heading).show(self.view, running=self.source.running, now=now, window=window)
        self.query_one(Outline).show(self.view, self.looking_at)
        self.query_one(Detail).show(self.view, self.looking_at)
        self.query_one(UndoStack).show(self.view)
        rolling = self.query_one(RollbackPane).show(self.view)
        self.query_one(Checks).set_class(rolling and self.following, "hidden")
        self.query_one(Checks).show(self.view, self.looking_at)
        announce(self, self.view, running=self.source.running)
        # A tall question covers the line at the top.
        for question in self.app.screen_stack:
            if isinstance(question, Modal):
                question.remark(*link_told(self.view, running=self.source.running))
        self.show_logs()
        self.query_one(KeyBar).show([key for key in self.KEYS if key.shown and self.check_action(key.id, ())])

    def log_wanted(self) -> str:
        """The log a person chose, else the one of the step that is looked at, else the one that spoke last."""
        step = self.view.state.steps.get(self.looking_at)
        if self._log_of in self.view.logs:
            return self._log_of
        if step and not self.following and step.host in self.view.logs:
            return step.host
        return self.view.speaking


def _current(view: View) -> str:
    """Where the run is: what waits, what is undone, the step at work, or its end."""
    if view.waiting and _listed(view, view.waiting.scope):
        return view.waiting.scope
    if view.undoing and view.undoing.now:
        return view.undoing.now
    return view.state.current or (END if view.state.ended else "")


def _listed(view: View, scope: str) -> bool:
    """It stands in the list of steps."""
    return scope in view.state.steps or scope in {END, EVIDENCE} or scope.startswith(PHASE)


_ALLOWED: dict[str, Callable[[RunScreen], bool]] = {
    "answer": lambda screen: screen.source.running and screen.view.waiting is not None,
    "go_on": lambda screen: not screen.source.running and can_go_on(screen.view.state),
    "cancel": lambda screen: screen.source.running and screen.view.at_work(),
    "detach": lambda screen: screen.source.running,
    "pause": lambda screen: screen.source.running and screen.view.waiting is None,
    "roll_back": lambda screen: bool(screen.view.state.undo_stack) and not screen.view.state.rolling,
    "report": lambda screen: screen.view.state.started is not None,
    "preflight": lambda screen: screen.view.state.started is not None,
    "note": lambda screen: screen.view.state.started is not None,
    "notes": lambda screen: screen.view.state.started is not None,
    "monitor": lambda screen: bool(watch_in_sight(screen.view, screen.looking_at)),
    "hand_over": lambda screen: screen.source.running,
    "tell": lambda screen: bool(screen.view.due("")),
    "undo_plan": lambda screen: bool(screen.view.state.undo_stack or screen.view.undoing),
    "switch": lambda screen: screen.has_class("-narrow"),
    "jump": lambda screen: bool(screen.logs.pane.log_shown.marks),
    "streams": lambda screen: len(screen.view.logs) > 1,
    "next_log": lambda screen: len(screen.view.logs) > 1,
}
"""When a key does something."""
