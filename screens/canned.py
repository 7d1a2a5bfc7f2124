"""A run that is only looked at: its journal, with no engine behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from screens.bridge import Message
from screens.source import replayed
from wizard.checklist.document import read_document
from wizard.checklist.loading import Source as Text
from wizard.checklist.model import Checklist
from wizard.errors import UsageError, WizardError
from wizard.kinds import registry
from wizard.report.files import render
from wizard.report.packet import packet
from wizard.report.packet_text import packet_text
from wizard.run import events as ev
from wizard.run.engine import Outcome
from wizard.run.events import Record
from wizard.run.intents import Intent
from wizard.run.journal import read
from wizard.run.recorder import Output
from wizard.run.window import Window
from wizard.running import Work


class CannedRun:
    """A journal's records, shown at once.

    Args:
        records: The journal's.
        directory: The run directory; outputs are read from it unless they are given.
        outputs: Masked output by file name.
        running: Pretend that an engine listens; what it is told is kept in ``submitted``.
        outcome: Pretend that an engine ended so.
    """

    def __init__(
        self,
        records: Sequence[Record],
        directory: Path = Path(),
        outputs: Mapping[str, bytes] | None = None,
        *,
        running: bool = False,
        outcome: Outcome | None = None,
    ) -> None:
        self.directory = directory
        self.running = running
        self.outcome = outcome
        self.submitted: list[Intent] = []
        self.acknowledged = False
        self._records = tuple(records)
        self.window: Window | None = None
        self._outputs = directory / "output" if outputs is None else outputs
        self._untold: list[Message] = []
        self.checklist = checklist_of(records)
        self.tell(records)

    def tell(self, records: Sequence[Record]) -> None:
        """More happened."""
        self._untold += replayed(records, self._outputs)

    def output(self, output: Output) -> None:
        """A host printed more."""
        self._untold.append(output)

    def begin(self) -> None:
        """Nothing begins."""

    def acknowledge(self) -> None:
        """Keep that somebody did."""
        self.acknowledged = True

    def packet(self) -> str:
        """What a successor needs."""
        return packet_text(packet(self._records))

    def take(self) -> Sequence[Message]:
        """Everything, once."""
        told, self._untold = self._untold, []
        return told

    def submit(self, intent: Intent) -> None:
        """Keep it."""
        self.submitted.append(intent)

    def again(self, work: Work | None, accept: str = "") -> None:  # noqa: ARG002 - nothing can go on
        """Refuse.

        Raises:
            UsageError: Always.
        """
        raise UsageError("this run is only looked at", mend="Go on with it by: wizard resume RUN")

    def report(self) -> str:
        """The report as Markdown."""
        return render(self.directory)


def past_run(directory: Path) -> CannedRun:
    """A run that was, from its directory.

    Raises:
        UsageError: There is no journal.
    """
    return CannedRun(read(directory).records, directory)


def checklist_of(records: Sequence[Record]) -> Checklist | None:
    """The checklist whose text is in the first event; None where this version cannot read it."""
    started = records[0].event if records else None
    if not isinstance(started, ev.RunStarted):
        return None
    try:
        text = Text(Path(started.path), started.source, started.sha256)
        return read_document(text, registry()).checklist
    except WizardError:
        return None
