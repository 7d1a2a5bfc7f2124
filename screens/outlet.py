"""Where the interface writes to: a terminal that may be gone without anybody having been told."""

from __future__ import annotations

import os
import signal
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


class Outlet:
    """Writes to a terminal as long as it is there, then nowhere.

    A process whose terminal is taken away without a hang-up (the leader of its session went first) would otherwise wait
    for ever: Textual's writer ends on the error, nobody empties its queue, and the interface's loop stands still at it.

    Args:
        terminal: Where to write.
    """

    def __init__(self, terminal: IO[str]) -> None:
        self._terminal = terminal
        self._gone = False

    def write(self, text: str) -> None:
        """Write, where somebody could see it."""
        if self._gone:
            return
        try:
            self._terminal.write(text)
        except OSError:
            self._hang_up()

    def flush(self) -> None:
        """Have everything written."""
        if self._gone:
            return
        try:
            self._terminal.flush()
        except OSError:
            self._hang_up()

    def fileno(self) -> int:
        """The terminal's number."""
        return self._terminal.fileno()

    def _hang_up(self) -> None:
        """End as where the hang-up had been told: in order, with the state kept."""
        self._gone = True
        os.kill(os.getpid(), signal.SIGHUP)


def outliving(driver: type[Driver]) -> type[Driver]:
    """A driver that outlives its terminal, so that the run's end is in order."""

    class Outliving(driver):  # type: ignore[misc, valid-type]  # whichever Textual has chosen
        def start_application_mode(self) -> None:
            """Take the terminal."""
            terminal = getattr(self, "_file", None)
            if terminal is not None and not isinstance(terminal, Outlet):
                self._file = Outlet(terminal)
            super().start_application_mode()

    return Outliving
