"""A run that is watched, read-only: the run screen with nothing to answer, and a line that says who holds the run."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens import keys
from screens.keys import Key
from screens.modals import takeover
from screens.modals.detach import Busy
from screens.run import RunScreen
from screens.sizes import opened_from_another
from screens.steering import Steering
from screens.watched import WatchedRun
from screens.widgets.choices import Chosen
from screens.words import ENDS, plain
from wizard.errors import WizardError
from wizard.run.holder import let_go
from wizard.run.listing import BROKEN, CRASHED, LIVE, PAUSED
from wizard.run.session import MITIGATED

log = logging.getLogger(__name__)

SOMEBODY = "SOMEBODY ELSE"

_SINCE = re.compile(r", since \d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d+Z$")
"""The end of what a lock tells of its holder."""

GOES_ON = frozenset({PAUSED, CRASHED, MITIGATED})
"""How a run stands that nobody holds and that can go on."""


class Onlooking(Steering):
    """Asks nothing and answers nothing."""

    def attend(self) -> None:
        """What waits does not wait for whoever watches."""


class WatchScreen(RunScreen, inherit_bindings=False):
    """Shows a run that somebody else holds.

    Args:
        source: The run.
        take_over: Goes on with it here, once nobody holds it; raises a ``WizardError`` where it cannot.
        asks: Ask at once whether to take it over.
    """

    KEYS: ClassVar[tuple[Key, ...]] = keys.WATCH_KEYS
    BINDINGS = keys.bindings(KEYS, "watch")

    def __init__(self, source: WatchedRun, take_over: Callable[[Path], None], *, asks: bool = False) -> None:
        super().__init__(source)
        self._watched = source
        self._take_over = take_over
        self._asks = asks
        self._steering = Onlooking(source, self.view, self)
        self.view.waits_for = SOMEBODY

    def compose(self) -> ComposeResult:
        """The parts of the run screen, and how the run is held."""
        for place, part in enumerate(super().compose()):
            yield part
            if place == 0:
                yield Static("", id="watching", markup=False)

    def on_mount(self) -> None:
        """Where that was chosen, ask at once."""
        if self._asks:
            self.action_take_over()

    def on_unmount(self) -> None:
        """Follow it no longer."""
        self._watched.close()

    def leave(self) -> None:
        """Watch it no longer; whoever holds it is not disturbed."""
        if opened_from_another(self):
            self.dismiss(None)
        else:
            self.app.exit(return_code=0)

    def action_leave(self) -> None:
        """Watch it no longer."""
        self.leave()

    def action_take_over(self) -> None:
        """Go on with the run here."""
        modal = takeover.take_over(self.view, self._watched.standing, detached=self._watched.detached)
        self._steering.ask(modal, self._chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A run that is over cannot be taken over."""
        if action == "take_over":
            return self._watched.running or self._watched.standing[0] in GOES_ON
        return super().check_action(action, parameters)

    def _show(self) -> None:
        super()._show()
        for line in self.query("#watching").results(Static):
            line.update(Content.assemble(*_told(self._watched)))

    def _chosen(self, chosen: Chosen | None) -> None:
        if chosen and chosen.answer == takeover.TAKE:
            busy = Busy("Taking over", "The engine that has the run is asked to stop; its state is kept.")
            self._steering.ask(busy, lambda _: None)
            self._free(busy)

    @work(thread=True, exclusive=True, group="taking over", exit_on_error=False)
    def _free(self, busy: Busy) -> None:
        try:
            let_go(self._watched.directory)
        except WizardError as problem:
            self.app.call_from_thread(self._freed, busy, str(problem))
        except Exception:
            log.exception("taking over met an error of its own")
            self.app.call_from_thread(self._freed, busy, "it could not be taken over; see the debug log")
        else:
            self.app.call_from_thread(self._freed, busy, "")

    def _freed(self, busy: Busy, wrong: str) -> None:
        busy.dismiss(None)
        if wrong:
            self.say(wrong, wrong=True)
            return
        try:
            self._take_over(self._watched.directory)
        except WizardError as problem:
            self.say(str(problem), wrong=True)


def _told(run: WatchedRun) -> Iterator[tuple[str, str]]:
    """Who holds the run, or how it ended."""
    word, detail = run.standing
    yield " READ-ONLY ", "bold reverse"
    if word == LIVE:
        yield "  without a terminal: " if run.detached else "  held by ", "dim"
        yield plain(_SINCE.sub(r", since \1Z", detail)), ""
        return
    glyph, style = ENDS.get(word, ("‖", "bold $warning") if word == PAUSED else ("✘", "bold $error"))
    yield f"  {glyph} {plain(word)}", style
    yield f": {plain(detail)}" if detail else "", ""
    yield "  g goes on here" if word in GOES_ON else "", "dim"
    yield "  nothing more can be read" if word == BROKEN else "", "dim"
