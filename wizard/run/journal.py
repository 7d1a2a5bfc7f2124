"""The journal: one JSON line an event, on disk before the act it announces, chained by hash, one writer at a time."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from wizard.account import operator
from wizard.errors import JournalUnwritable, RunDirectoryInUse, UsageError
from wizard.frozen import frozen
from wizard.jsontext import UnfitJson, parse
from wizard.paths import own_directory
from wizard.redact import Redactor
from wizard.run.events import VERSION, Event, Record, body_of, event_of

JOURNAL = "events.jsonl"
GENESIS = "0" * 64

TRIES, LOOKS, PAUSE = 20, 3000, 0.01
"""How often the lock is tried while somebody writes, how often while others only look, and how many seconds apart."""


def utc_now() -> str:
    """Now, as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(record: Record, previous: str, body: Mapping[str, Any] | None = None) -> bytes:
    """The record's line.

    Args:
        record: What happened.
        previous: The SHA-256 of the line before, without its newline.
        body: The event's fields as JSON values, where they are at hand.
    """
    line = {
        "v": VERSION,
        "seq": record.seq,
        "at": record.at,
        "kind": record.event.kind,
        "who": record.who,
        "body": body_of(record.event) if body is None else body,
        "prev": previous,
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def decode(line: bytes) -> tuple[Record, str]:
    """A line's record and the hash it claims for the line before.

    Raises:
        ValueError: The line is not a journal line.
    """
    read = parse(line)
    try:
        record = Record(read["seq"], read["at"], read["who"], event_of(read["kind"], read["body"]))
        return record, read["prev"]
    except (AttributeError, KeyError, TypeError) as problem:
        raise ValueError(str(problem)) from problem


@frozen
class Broken:
    """Where the chain does not hold: the one-based line, and why."""

    line: int
    why: str


@frozen
class Reading:
    """A journal as read. ``torn`` is the length in bytes of a last line that was cut off by a crash."""

    records: tuple[Record, ...]
    head: str
    torn: int = 0
    broken: Broken | None = None


@frozen
class Head:
    """Where a chain has come to: how many events there are, and the SHA-256 of the last one's line."""

    number: int
    digest: str


def heads(directory: Path) -> tuple[str, ...]:
    """The SHA-256 of every whole line, as far as the chain holds.

    Raises:
        UsageError: There is no journal.
    """
    reading, lines = _read(directory)
    return tuple(hashlib.sha256(line).hexdigest() for line in lines[: len(reading.records)])


def _complete_lines(data: bytes) -> tuple[list[bytes], int]:
    *lines, rest = data.split(b"\n")
    return lines, len(rest)


def read(directory: Path) -> Reading:
    """Every record, as far as the chain holds.

    Raises:
        UsageError: There is no journal.
    """
    return _read(directory)[0]


def _read(directory: Path) -> tuple[Reading, list[bytes]]:
    try:
        data = (directory / JOURNAL).read_bytes()
    except OSError as problem:
        raise UsageError(f"no run can be read in {directory}: {problem.strerror}") from problem
    lines, torn = _complete_lines(data)
    return _checked(lines, torn), lines


def _checked(lines: list[bytes], torn: int) -> Reading:
    records: list[Record] = []
    head = GENESIS
    for number, line in enumerate(lines, start=1):
        record, why = read_line(line, number, head)
        if record is None:
            return Reading(tuple(records), head, torn, Broken(number, why))
        records.append(record)
        head = hashlib.sha256(line).hexdigest()
    return Reading(tuple(records), head, torn)


def read_line(line: bytes, number: int, head: str) -> tuple[Record | None, str]:
    """The record of the line with this number, behind one with this hash; or none, and why not."""
    try:
        record, previous = decode(line)
    except UnfitJson as problem:
        return None, f"not a journal line: {problem}"
    except ValueError:
        return None, "not a journal line"
    if previous != head:
        return None, "the line before it was changed"
    return (record, "") if record.seq == number else (None, f"numbered {record.seq}")


class Journal:
    """The writer of one run's journal.

    Args:
        directory: The run directory; made with mode 0700 where it is missing, and ours alone to write.
        redactor: Masks known secrets in every string before it is written.
        who: The operator, for each record; whoever this process acts for where it is None.

    Raises:
        RunDirectoryInUse: Another wizard holds it; says who, where and since when.
        JournalUnwritable: It cannot be written.
        UsageError: The directory is not ours, or others can write it.
    """

    def __init__(self, directory: Path, redactor: Redactor, who: str | None = None) -> None:
        self.directory = directory
        self.who = who or operator()
        self._redactor = redactor
        self._lock: TextIO | None = None
        self._disk = ThreadPoolExecutor(1, "disk")
        self._under_way: list[Future[None]] = []
        self._durable = 0
        try:
            own_directory(directory)
            self._lock = _locked(directory / "lock", self.who)
            self._seq, self._head = self._mend_tail()
            self._file = os.open(directory / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            self._size = os.fstat(self._file).st_size
        except OSError as problem:
            self._release()
            raise _unwritable(directory, problem) from problem

    def _mend_tail(self) -> tuple[int, str]:
        path = self.directory / JOURNAL
        if not path.exists():
            return 0, GENESIS
        reading = read(self.directory)
        if reading.broken:
            raise JournalUnwritable(
                f"the journal is broken: {reading.broken.why}",
                where=f"{path}:{reading.broken.line}",
                mend="It was changed after it was written; keep it as evidence and start a new run",
            )
        if reading.torn:
            os.truncate(path, path.stat().st_size - reading.torn)
        return len(reading.records), reading.head

    @property
    def length(self) -> int:
        """Events that it holds."""
        return self._seq

    @property
    def head(self) -> Head:
        """Where its chain has come to."""
        return Head(self._seq, self._head)

    async def on_disk(self, number: int) -> None:
        """Wait, in a thread, until that many events are safe from a loss of power.

        Raises:
            OSError: The disk does not take them.
        """
        if number > self._durable:
            await asyncio.wrap_future(self._disk.submit(os.fsync, self._file))

    def after(self, make_durable: Callable[[], None]) -> None:
        """Begin to force something else to disk, in a thread: what is done next must come after it.

        The next event that something is done on the strength of waits for it, and raises what it raised.
        """
        self._under_way.append(self._disk.submit(make_durable))

    def _catch_up(self) -> None:
        while self._under_way:
            self._under_way.pop(0).result()

    def append(self, event: Event, who: str = "") -> Record:
        """Write an event; where something is done on the strength of it, it is on disk when this returns.

        Args:
            event: What happened.
            who: Whose doing it is; the operator's where it is empty.

        Raises:
            JournalUnwritable: It is not written, so what it announces must not be done.
        """
        if event.awaited:
            self._catch_up()
        body = body_of(event)
        if not self._redactor.idle:
            body = _mask(body, self._redactor)
            event = event_of(event.kind, body)
        record = Record(self._seq + 1, utc_now(), who or self.who, event)
        line = encode(record, self._head, body)
        try:
            _write_all(self._file, line + b"\n")
            if event.awaited:
                os.fsync(self._file)
        except OSError as problem:
            # Half a line would join with the next one and break the chain for good.
            os.ftruncate(self._file, self._size)
            raise _unwritable(self.directory, problem) from problem
        self._size += len(line) + 1
        self._seq, self._head = record.seq, hashlib.sha256(line).hexdigest()
        if event.awaited:
            self._durable = self._seq
        return record

    def close(self) -> None:
        """Let go of the run directory."""
        self._disk.shutdown()
        os.close(self._file)
        self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.close()


def _mask(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.mask(value)
    if isinstance(value, dict):
        return {redactor.mask(str(key)): _mask(item, redactor) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(item, redactor) for item in value]
    return value


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _locked(path: Path, who: str) -> TextIO:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    lock = os.fdopen(descriptor, "r+")
    if not _taken(lock):
        holder = lock.read().strip() or "another wizard"
        lock.close()
        raise RunDirectoryInUse(
            f"this run is being written by {holder}",
            where=str(path.parent),
            mend="Wait for it to end; `wizard watch` shows it",
        )
    lock.truncate(0)
    lock.write(f"{who} on {platform.node()}, process {os.getpid()}, since {utc_now()}")
    lock.flush()
    return lock


def _taken(lock: TextIO) -> bool:
    """Whoever looks whether it is free shares it for a moment, which on a busy machine may be a long one."""
    tries = looks = 0
    while tries < TRIES and looks < LOOKS:
        if _locks(lock, fcntl.LOCK_EX):
            return True
        if _locks(lock, fcntl.LOCK_SH):
            fcntl.flock(lock, fcntl.LOCK_UN)
            looks += 1
        else:
            tries += 1
        time.sleep(PAUSE)
    return False


def _locks(lock: TextIO, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unwritable(directory: Path, problem: OSError) -> JournalUnwritable:
    return JournalUnwritable(
        f"the journal cannot be written: {problem.strerror}",
        where=str(directory),
        mend="Nothing is done that cannot be recorded; make room or choose another --run-dir",
    )
