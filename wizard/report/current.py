"""The report kept current beside the journal: written again at each turn of a run, in a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from wizard.errors import WizardError
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.recorder import Output

log = logging.getLogger(__name__)

TURNS = (
    ev.RunStarted,
    ev.RunResumed,
    ev.PhaseEnded,
    ev.GateBlocked,
    ev.QuestionAsked,
    ev.RollbackEnded,
    ev.RunPaused,
    ev.RunEnded,
)
"""Events after which a person may want to read the report."""


ENDS = (ev.RunPaused, ev.RunEnded)
"""Turns after which nothing follows but that hosts have the head of the journal."""

TURN, END, OVER, LAST = "turn", "end", "over", "last"

SETTLES = {TURN: 1.0, END: 0.2}
"""Seconds without another turn after which the report is written; once it is over it is written at once."""


class KeepsReport:
    """A reader that has the report written after each turn; many turns in a row make one report.

    Args:
        write: Writes the report from the journal, atomically.
    """

    def __init__(self, write: Callable[[], object]) -> None:
        self._write = write
        self._turns: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._behind = True
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="report", daemon=True)
        self._thread.start()

    def __call__(self, message: Record | Output) -> None:
        """Note a turn."""
        if isinstance(message, Record):
            self._behind = True
            if isinstance(message.event, TURNS):
                self._ended = isinstance(message.event, ENDS)
                self._turns.put(END if self._ended else TURN)
            elif self._ended and isinstance(message.event, ev.ChainAnchored):
                self._turns.put(OVER)

    def close(self) -> None:
        """Write what is still to be written; returns when it is on disk."""
        self._turns.put(LAST)
        self._thread.join()

    def _work(self) -> None:
        turn = TURN
        while turn != LAST:
            turn = self._last_of_many(self._turns.get())
            if not self._behind:
                continue
            self._behind = False
            try:
                self._write()
            except WizardError:
                # The journal is the record; a report that cannot be written now can be rendered from it later.
                log.exception("the report could not be written")

    def _last_of_many(self, turn: str) -> str:
        """Wait a moment for what follows at once, so that a quick run is not slowed by being written up again."""
        while turn in SETTLES:
            try:
                turn = self._turns.get(timeout=SETTLES[turn])
            except queue.Empty:
                break
        return turn
