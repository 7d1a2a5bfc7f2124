"""Where the run screen has its run from: a live engine, or a journal that was written before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from screens.bridge import Message
from screens.outputs import Outputs
from wizard.checklist.model import Checklist
from wizard.run import events as ev
from wizard.run.engine import Outcome
from wizard.run.events import Record
from wizard.run.intents import Intent
from wizard.run.recorder import Output
from wizard.run.window import Window
from wizard.running import Work


class Source(Protocol):
    """A run to be shown. Everything is called in the interface's thread."""

    @property
    def directory(self) -> Path:
        """The run directory."""

    @property
    def checklist(self) -> Checklist | None:
        """The document, where it is at hand."""

    @property
    def running(self) -> bool:
        """An engine works on it, so intents are heard."""

    @property
    def outcome(self) -> Outcome | None:
        """How the engine ended; None while it has not, or where there was none."""

    @property
    def window(self) -> Window | None:
        """When changing steps may start, where that is limited."""

    def begin(self) -> None:
        """Start the engine, where there is one."""

    def acknowledge(self) -> None:
        """Whoever sits here takes over a run that was handed over; the next engine puts that on record."""

    def packet(self) -> str:
        """What a successor needs, as Markdown.

        Raises:
            WizardError: It cannot be rendered.
        """

    def take(self) -> Sequence[Message]:
        """What happened since the last time; at first everything that is on record."""

    def submit(self, intent: Intent) -> None:
        """Hand a person's intent over."""

    def again(self, work: Work | None, accept: str = "") -> None:
        """Start another engine on the same run, once the last one has ended.

        Args:
            work: What it is to do; None for what the last one did.
            accept: The fingerprint of a host key that a person accepts.

        Raises:
            WizardError: The run cannot go on.
        """

    def report(self) -> str:
        """The report as Markdown, rendered from the journal.

        Raises:
            WizardError: It cannot be rendered.
        """


def replayed(records: Sequence[Record], outputs: Mapping[str, bytes] | Path) -> Iterator[Message]:
    """Records with what each attempt printed put before its end.

    Args:
        records: A journal's.
        outputs: Masked output by file name, or the directory that holds the files.
    """
    attempts: dict[str, ev.AttemptIntended] = {}
    for record in records:
        event = record.event
        if isinstance(event, ev.AttemptIntended):
            attempts[event.key] = event
        if isinstance(event, ev.AttemptEnded) and event.output and event.key in attempts:
            attempt = attempts[event.key]
            printed = Output(attempt.step, attempt.host, b"", event.output, at=record.at)
            yield from _printed(printed, outputs)
        yield record


def _printed(output: Output, outputs: Mapping[str, bytes] | Path) -> Iterator[Message]:
    if isinstance(outputs, Path):
        yield from Outputs(outputs).told(output)
    else:
        yield Output(output.step, output.host, outputs.get(output.file, b""), at=output.at)
