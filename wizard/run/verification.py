"""Whether the record of a run is whole: its chain of hashes, its captured before-states, its output files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wizard.errors import HostError
from wizard.run import before as before_states
from wizard.run import events as ev
from wizard.run import kept
from wizard.run.journal import Broken, Reading, read
from wizard.run.testimony import UNKNOWN, WHOLE, Witness, verdict
from wizard.text import one_line

_WHOLE_BY_HOSTS = "the record is whole, and so say the hosts"
_WHOLE_HERE = "the record is whole as far as this directory can tell"
"""Whoever may write the directory can write a whole new chain, or cut the end off."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Args:
        events: Records up to where the chain holds.
        head: SHA-256 of the last of them, in hexadecimal: who keeps it elsewhere can tell whether any was changed.
        torn: Bytes of a last line that a crash cut off.
        broken: Where the chain does not hold.
        before: Before-states that are missing or not what was captured, each with the reason.
        output: The same of output files.
        unended: Keys of attempts without an end on record.
        witnesses: What hosts say; None where none was asked.
    """

    events: int
    head: str
    torn: int = 0
    broken: Broken | None = None
    before: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    unended: tuple[str, ...] = ()
    witnesses: Sequence[Witness] | None = None

    @property
    def ok(self) -> bool:
        """Nothing was changed or lost. A torn line or an attempt without an end is a crash's doing, and no fault."""
        return not (self.broken or self.before or self.output) and self._hosts in {"", WHOLE}

    @property
    def _hosts(self) -> str:
        """What the words of the hosts come to; empty where none was asked."""
        return "" if self.witnesses is None else verdict(self.witnesses)

    @property
    def exit_status(self) -> int:
        """0 where it is whole, 3 where that hangs on a host that could not be asked, 1 otherwise."""
        unheard = self.witnesses and not all(one.reached for one in self.witnesses)
        if unheard and self._hosts == UNKNOWN and replace(self, witnesses=None).ok:
            return HostError.exit_status
        return 0 if self.ok else 1

    def lines(self) -> list[str]:
        """What a person reads, harmless whatever the files hold."""
        return [one_line(line, 400) for line in self._told()]

    def _told(self) -> Iterator[str]:
        if self.broken:
            yield f"broken at line {self.broken.line} of the journal: {self.broken.why}"
            yield "what follows it proves nothing; keep the directory as evidence"
        yield f"{self.events} events, each naming the hash of the one before; the last is {self.head}"
        if self.torn:
            yield f"{self.torn} bytes of a last line were cut off by a crash; they announced nothing that was done"
        yield from (f"before-state {problem}" for problem in self.before)
        yield from (f"output {problem}" for problem in self.output)
        yield from (f"attempt {key} has no end on record: resume finds out" for key in self.unended)
        for witness in self.witnesses or ():
            yield from witness.lines
        yield self._verdict()

    def _verdict(self) -> str:
        if self._hosts == UNKNOWN and replace(self, witnesses=None).ok:
            return "the record is whole in itself; whether all of it is here, the hosts do not tell"
        if self.ok:
            return _WHOLE_BY_HOSTS if self._hosts else _WHOLE_HERE
        return "the record is not whole"


def verify(directory: Path) -> Verification:
    """Read the whole record of a run, changing nothing; a live run may be verified up to now.

    Raises:
        UsageError: There is no journal.
    """
    reading = _well_formed(read(directory))
    events = [record.event for record in reading.records]
    return Verification(
        events=len(events),
        head=reading.head,
        torn=reading.torn,
        broken=reading.broken,
        before=tuple(_before(directory, events)),
        output=tuple(_output(directory, events)),
        unended=tuple(_unended(events)),
    )


def _well_formed(reading: Reading) -> Reading:
    """What was read up to the first event whose texts are no texts: the chain holds for whoever wrote it anew."""
    for number, record in enumerate(reading.records, start=1):
        if wrong := _no_text(record.event):
            kept = reading.records[: number - 1]
            return replace(reading, records=kept, broken=Broken(number, f"{wrong} of {record.event.kind} is no text"))
    return reading


def _no_text(event: ev.Event) -> str:
    """The first field that should be text and is not."""
    fields = dataclasses.fields(event)
    return next((one.name for one in fields if one.type == "str" and not isinstance(getattr(event, one.name), str)), "")


def _unended(events: Sequence[ev.Event]) -> list[str]:
    ended = {event.key for event in events if isinstance(event, ev.AttemptEnded)}
    return [event.key for event in events if isinstance(event, ev.AttemptIntended) and event.key not in ended]


def _before(directory: Path, events: Iterable[ev.Event]) -> Iterator[str]:
    """A step that was undone and done again captured twice under one name: the last capture is the one on disk."""
    last = {event.file: event.sha256 for event in events if isinstance(event, ev.BeforeCaptured)}
    for name, expected in last.items():
        found = kept.found(directory / before_states.FOLDER, name)
        if found.problem or found.sha256 != expected:
            yield f"{name}: {found.problem or 'not what was captured'}"


def _output(directory: Path, events: Iterable[ev.Event]) -> Iterator[str]:
    """A key that was taken up again printed under one name: the last end is that of the file on disk."""
    last = {event.output: event for event in events if isinstance(event, ev.AttemptEnded) and event.output}
    for name, end in last.items():
        if problem := kept.output_problem(kept.found(directory / kept.OUTPUT, name), end):
            yield f"{name}: {problem}"
