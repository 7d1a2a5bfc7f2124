"""A run followed from outside: its journal and its outputs, read as they grow."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.journal import GENESIS, JOURNAL, read_line
from wizard.run.listing import BROKEN, CRASHED, EMPTY, LIVE, PAUSED, writer
from wizard.run.recorder import Output
from wizard.run.state import RunState, apply

POLL = 0.1
"""Seconds between two looks, for whoever follows a run."""

MOST = 1024 * 1024
"""Bytes of one output that are taken at once; of one that is further ahead, its end is."""

HANDED_OVER = timedelta(seconds=15)
"""The time in which an engine without a terminal takes up a run that was detached; after them it is paused."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Follower:
    """Reads what came since the last time. It disturbs nobody, and a line that is half written is waited for.

    Args:
        directory: The run directory.

    ``state`` is what the events so far add up to, ``holder`` who writes the run, ``broken`` why nothing more can be
    read.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.state = RunState()
        self.holder = ""
        self.broken = ""
        self._offset = 0
        self._head = GENESIS
        self._printing: dict[str, _Printed] = {}

    def take(self) -> list[Record | Output]:
        """Everything since the last time, in order: what an attempt printed comes before its end."""
        # Asked first: a run that ends between the two looks is then called live, not crashed.
        self.holder = writer(self.directory)
        taken: list[Record | Output] = []
        for line in self._lines():
            record = self._record(line)
            if record is None:
                break
            taken += self._heard(record)
        for printed in self._printing.values():
            taken += printed.take()
        return taken

    @property
    def standing(self) -> tuple[str, str]:
        """How the run stands, in the words of the list of runs, and the detail of it."""
        state = self.state
        if self.broken:
            return BROKEN, self.broken
        if self.holder or self._between_two_engines():
            return LIVE, self.holder or "being handed over"
        if state.ended:
            return state.ended.outcome, ""
        if state.paused:
            return PAUSED, state.paused.reason
        return (CRASHED, "no end on record, and nobody writes it") if state.started else (EMPTY, "it never began")

    def _between_two_engines(self) -> bool:
        """It was detached a moment ago, and who takes it up is only starting."""
        paused = self.state.paused
        if paused is None or not paused.detached:
            return False
        return _now() - datetime.fromisoformat(self.state.last_at) < HANDED_OVER

    def _lines(self) -> list[bytes]:
        """Whole lines that are new."""
        data = _from(self.directory / JOURNAL, self._offset)
        if data is None:
            self.broken = self.broken or "the journal is gone, or shorter than it was"
            return []
        whole, newline, _half = data.rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        return whole.split(b"\n") if newline else []

    def _record(self, line: bytes) -> Record | None:
        if self.broken:
            return None
        record, why = read_line(line, self.state.seq + 1, self._head)
        if record is None:
            self.broken = f"line {self.state.seq + 1}: {why}"
            return None
        self._head = hashlib.sha256(line).hexdigest()
        self.state = apply(self.state, record)
        return record

    def _heard(self, record: Record) -> Iterator[Record | Output]:
        event = record.event
        if isinstance(event, ev.AttemptIntended):
            self._printing[event.key] = _Printed(event, self.directory / "output")
        elif isinstance(event, ev.AttemptEnded) and event.key in self._printing:
            yield from self._printing.pop(event.key).take()
        yield record


@dataclass(slots=True)
class _Printed:
    """What one attempt prints. An output that is pulled again from its beginning is the same, so it is told on."""

    attempt: ev.AttemptIntended
    folder: Path
    told: int = 0

    def take(self) -> Iterator[Output]:
        """What is new; of very much, the end."""
        name = f"{self.attempt.key}.log"
        if "/" in name or "\0" in name:
            return
        path = self.folder / name
        passed = _size(path) - self.told - MOST
        if passed > 0:
            self.told += passed
            yield self._output(f"… {passed:,} bytes went by unseen; output/{name} has them\n".encode())
        data = _from(path, self.told, MOST)
        if data:
            yield self._output(data, name, self.told)
            self.told += len(data)

    def _output(self, data: bytes, name: str = "", offset: int = 0) -> Output:
        return Output(self.attempt.step, self.attempt.host, data, name, offset)


def _now() -> datetime:
    return datetime.now(UTC)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _from(path: Path, offset: int, limit: int = -1) -> bytes | None:
    """The bytes of a file from an offset on; None where it is no file of ours, or shorter."""
    try:
        with os.fdopen(os.open(path, _READ), "rb") as file:
            seen = os.fstat(file.fileno())
            if not stat.S_ISREG(seen.st_mode) or seen.st_size < offset:
                return None
            file.seek(offset)
            return file.read(limit)
    except OSError:
        return None
