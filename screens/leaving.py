"""How the interface ends: by a signal, by an error of its own, or because a person leaves. The run's state is kept."""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from screens.interface import Interface
from wizard.run.intents import Stop
from wizard.signals import SIGNALS

PATIENCE = 10.0
"""Seconds after the engine's end that a terminal which is not read may hold up the process."""

RESTORE = "\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?25h\x1b[<u\x1b[0m"
"""What gives a terminal back to the shell, where the application could not do it itself."""


class Leaving:
    """Ends an interface on TERM, HUP or INT: the engine first, then the application, with the signal as exit status.

    The handlers run between two instructions of the interface's thread, even while that thread waits for a terminal
    that is not read any more, in which the application's own loop could not hear of a signal.

    Args:
        app: The interface.
        submit: Hands an intent to the engine.
        wait: Waits for the engine's end, with its report written.
    """

    def __init__(self, app: Interface, submit: Callable[[Stop], None], wait: Callable[[], object]) -> None:
        self._app = app
        self._submit = submit
        self._wait = wait
        self._gone = threading.Event()
        self.caught = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While the application runs, signals end it in order."""
        before = {number: signal.signal(number, self._stop) for number in SIGNALS}
        settings = _settings()
        try:
            yield
        finally:
            self._gone.set()
            for number, handler in before.items():
                signal.signal(number, handler)
            _give_back(settings)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        if self.caught:
            return
        self.caught = number
        self._submit(Stop(SIGNALS[signal.Signals(number)]))
        threading.Thread(target=self._end, args=(number,), name="leaving", daemon=True).start()

    def _end(self, number: int) -> None:
        loop = self._app._loop  # noqa: SLF001 - Textual has no public way in from another thread
        if loop:
            loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))
        self._wait()
        if not self._gone.wait(PATIENCE):
            # The state is kept and nobody reads the terminal; to stay would only keep a process that does nothing.
            os._exit(128 + number)


def spare_what_is_gone() -> None:
    """Where the terminal was closed, what is still to be said goes nowhere: writing to it would only fail."""
    if _settings() is not None:
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def say_crashed(directory: Path) -> None:
    """Say that the interface broke down, and where the details are; none of them is for the screen."""
    sys.stderr.write(f"wizard: the interface met an error of its own; {directory}/debug.log has the details\n")


def _settings() -> list[object] | None:
    try:
        return termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, OSError, ValueError):
        return None


def _give_back(settings: list[object] | None) -> None:
    """The terminal as it was, also where the application broke down before it could see to that."""
    if settings is None:
        return
    try:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, settings)  # type: ignore[arg-type]  # as tcgetattr gave them
    except (termios.error, OSError):
        return
