"""Where everything that happens goes through: into the journal first, then into the state, then to the readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wizard.run.events import Event, Record
from wizard.run.journal import Journal
from wizard.run.state import RunState, apply


@dataclass(frozen=True, slots=True)
class Output:
    """Bytes that a step printed, masked but not yet sanitised. Kept in ``output/``, not in the journal.

    Args:
        step: Its id.
        host: Where it ran.
        data: The bytes.
        file: The name of the output they are kept in; empty where they are kept nowhere.
        offset: Where in it they begin.
        at: When they came, as the journal writes a time; empty where that is now.
    """

    step: str
    host: str
    data: bytes
    file: str = ""
    offset: int = 0
    at: str = ""


Reader = Callable[[Record | Output], None]
"""Called in the engine's thread with everything that happens; must hand over and return at once."""


class Recorder:
    """The one way to say that something happened.

    Args:
        journal: Where it is written before anybody hears of it.
        readers: Who hears of it.
        state: What the journal holds already adds up to.
    """

    def __init__(self, journal: Journal, readers: Sequence[Reader] = (), state: RunState | None = None) -> None:
        self.journal = journal
        self.state = state or RunState()
        self._readers = tuple(readers)

    def record(self, event: Event, who: str = "") -> Record:
        """Write it, fold it, tell it.

        Args:
            event: What happened.
            who: Whose doing it is; the operator's where it is empty.

        Raises:
            JournalUnwritable: It is not written; what it announces must not be done.
        """
        record = self.journal.append(event, who)
        self.state = apply(self.state, record)
        self._tell(record)
        return record

    def output(self, output: Output) -> None:
        """Tell readers what a step printed."""
        self._tell(output)

    def _tell(self, message: Record | Output) -> None:
        for reader in self._readers:
            reader(message)
