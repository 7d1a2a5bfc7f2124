"""What is on show while a command is still being loaded, so that the first thing a person sees is there at once.

Whatever is imported here is waited for before anything is painted: only Textual and what is ours and small.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from screens import keys
from screens.closable import Closable
from screens.interface import Interface
from screens.leaving import Leaving, say_crashed, spare_what_is_gone
from screens.settings import said
from screens.terminal import need_terminal
from screens.widgets.keybar import KeyBar
from wizard.debuglog import debug_log
from wizard.errors import WizardError
from wizard.paths import state_directory
from wizard.run.intents import Stop
from wizard.text import sanitise

if TYPE_CHECKING:
    from wizard.run.preparation import Request

Make = Callable[[], Screen[Any]]
"""Makes a screen; called in the interface's thread."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened behind the first screen.

    Args:
        first: Makes its own first screen.
        submit: Stops its run.
        wait: Waits until that has stopped.
        end: After the interface's end, given the signal that ended it or 0; returns the exit status.
    """

    first: Make
    submit: Callable[[Stop], None]
    wait: Callable[[], object]
    end: Callable[[int], int]


class Opening(Closable[None]):
    """Says what is opened; what a thread brings takes its place.

    Args:
        what: What is opened.
        load: Brings the next screen; called in a thread once this one is in sight.
        refused: Told why there is none; the interface ends.
    """

    BINDINGS = keys.bindings([keys.LEAVE], "opening")

    class Loaded(Message):
        """What was to be loaded is."""

        def __init__(self, make: Make) -> None:
            super().__init__()
            self.make = make

    class Refused(Message):
        """It cannot be opened."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self, what: str, load: Callable[[], Make], refused: Callable[[WizardError], None]) -> None:
        super().__init__()
        self._what = what
        self._load = load
        self._refused = refused

    def compose(self) -> ComposeResult:
        """The line at the top, and the one at the bottom."""
        yield _Line(self._what)
        yield Horizontal(id="panes")
        yield KeyBar()

    def on_mount(self) -> None:
        """First be seen, then load."""
        self.query_one(KeyBar).show([keys.LEAVE])
        self.call_after_refresh(self._begin)

    def on_opening_loaded(self, message: Loaded) -> None:
        """Make room for what comes."""
        self.app.switch_screen(message.make())

    def on_opening_refused(self, message: Refused) -> None:
        """End, with the reason told once the terminal is given back."""
        if not isinstance(message.error, WizardError):
            raise message.error
        self._refused(message.error)
        self.app.exit(return_code=message.error.exit_status)

    def action_leave(self) -> None:
        """Leave; nothing was begun."""
        self.app.exit(return_code=1)

    def _begin(self) -> None:
        threading.Thread(target=self._bring, name="opening", daemon=True).start()

    def _bring(self) -> None:
        try:
            self.post_message(self.Loaded(self._load()))
        except Exception as error:  # noqa: BLE001 - raised again in the interface's thread
            self.post_message(self.Refused(error))


class _Line(Widget):
    """The line at the top, as long as nothing is known of the run."""

    def __init__(self, what: str) -> None:
        super().__init__(id="heading")
        self._what = what

    def render(self) -> Content:
        """What is opened."""
        what = " ".join(sanitise(self._what).split())
        line = Content.assemble((" wizard", "bold"), "   ", (f"opening {what} …", "dim"))
        return line.truncate(self.size.width, ellipsis=True)


def open_checklist(name: str, request: Callable[[], Request]) -> int:
    """Run a checklist with a person at the screen, who is asked for inputs that are missing; returns the exit status.

    Args:
        name: The checklist as it was asked for.
        request: Makes the request; called in a thread, behind the first screen.

    Raises:
        WizardError: It cannot be run.
    """

    def load(app: Interface) -> Opened:
        from screens.app import opened  # noqa: PLC0415 - takes longer than anything that is to be seen at first

        return opened(app, request())

    need_terminal()
    debug_log(state_directory())
    return _Door(name, load).hold()


class _Door:
    """One application from its first screen to its exit status; what it opens on comes later.

    Args:
        what: What is opened.
        load: Brings it; called in a thread.
    """

    def __init__(self, what: str, load: Callable[[Interface], Opened]) -> None:
        self._load = load
        self._app = Interface(lambda: Opening(what, self._bring, self._refuse), loaded=said())
        self._opened: Opened | None = None
        self._error: WizardError | None = None

    def hold(self) -> int:
        """Run the application, and see to what it opened."""
        leaving = Leaving(self._app, self._submit, self._wait)
        with leaving.watching():
            self._app.run()
        spare_what_is_gone()
        if self._error:
            raise self._error
        return self._opened.end(leaving.caught) if self._opened else self._left(leaving.caught)

    def _bring(self) -> Make:
        self._opened = self._load(self._app)
        return self._opened.first

    def _refuse(self, error: WizardError) -> None:
        self._error = error

    def _left(self, caught: int) -> int:
        """It ended before there was anything to leave."""
        if self._app.crashed:
            say_crashed(state_directory())
        return 128 + caught if caught else self._app.return_code or 0

    def _submit(self, stop: Stop) -> None:
        if self._opened:
            self._opened.submit(stop)

    def _wait(self) -> object:
        return self._opened.wait() if self._opened else None
