"""Who holds a run's lock, and how an engine without a terminal is asked to let go of it."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wizard.errors import RunDirectoryInUse
from wizard.run.journal import read
from wizard.run.listing import LOCK, writer
from wizard.run.state import replay

LET_GO = signal.SIGUSR1
"""What asks a detached engine to stop where its state is kept."""

PATIENCE = 30.0
"""Seconds in which a detached engine lets go: its hosts are given five to close, and its report is written."""

POLL = 0.05

_TOLD = re.compile(r"(?P<who>.*) on (?P<machine>.*), process (?P<pid>\d+), since (?P<since>\S+)", re.DOTALL)
_SECOND = timedelta(seconds=2)
"""What ``ps`` rounds away."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes a run, as the lock tells it."""

    who: str
    machine: str
    pid: int
    since: str


def holder(directory: Path) -> Holder | None:
    """Who writes this run right now; None where nobody does, or the lock does not tell."""
    told = _TOLD.fullmatch(writer(directory))
    return Holder(told["who"], told["machine"], int(told["pid"]), told["since"]) if told else None


def is_detached(directory: Path) -> bool:
    """The engine that last took this run up has no terminal.

    Raises:
        UsageError: There is no journal.
    """
    return replay(read(directory).records).detached


def let_go(directory: Path, patience: float = PATIENCE) -> None:
    """Where a detached engine of ours writes this run, have it stop with the state kept; returns when the run is free.

    What runs on a host goes on there, as at every pause.

    Raises:
        RunDirectoryInUse: Somebody else writes it, or it was not let go of in time.
    """
    told = writer(directory)
    if not told:
        return
    held = holder(directory)
    if held is None or not is_detached(directory):
        raise _in_use(directory, told, "It is open in a terminal: leave it there first. `wizard watch` shows it")
    if held.machine != platform.node():
        raise _in_use(directory, told, f"Take it over on {held.machine}")
    _ask(held, directory, told)
    _wait(directory, held, told, patience)


def _ask(held: Holder, directory: Path, told: str) -> None:
    try:
        with _very(held, directory) as send:
            send()
    except ProcessLookupError:
        return
    except OSError as problem:
        raise _in_use(directory, told, f"It cannot be asked to let go: {problem.strerror}") from problem


@contextmanager
def _very(held: Holder, directory: Path) -> Iterator[Callable[[], None]]:
    """Sends to the process that holds the lock, and to no other that has its number by now.

    Raises:
        ProcessLookupError: It is gone.
    """
    if not hasattr(os, "pidfd_open"):
        _make_sure(held, directory)
        yield lambda: os.kill(held.pid, LET_GO)
        return
    process = os.pidfd_open(held.pid)
    try:
        _make_sure(held, directory)
        yield lambda: signal.pidfd_send_signal(process, LET_GO)
    finally:
        os.close(process)


def _make_sure(held: Holder, directory: Path) -> None:
    proven = _has_open(held.pid, directory / LOCK) if Path("/proc/self/fd").is_dir() else _is_as_old(held)
    if not proven:
        raise ProcessLookupError(held.pid)


def _has_open(pid: int, lock: Path) -> bool:
    """The process has this very file open."""
    wanted = lock.stat()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            seen = link.stat()
        except OSError:
            continue
        if (seen.st_dev, seen.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False


def _is_as_old(held: Holder) -> bool:
    """The process was there when the lock was taken: a later one with its number was not."""
    told = subprocess.run(["ps", "-o", "etime=", "-p", str(held.pid)], capture_output=True, text=True, check=False)
    parts = [int(part) for part in re.findall(r"\d+", told.stdout)]
    if not parts:
        return False
    units = (1, 60, 3600, 86400)
    age = timedelta(seconds=sum(part * unit for part, unit in zip(reversed(parts), units, strict=False)))
    return datetime.now(UTC) - age <= datetime.fromisoformat(held.since) + _SECOND


def _wait(directory: Path, held: Holder, told: str, patience: float) -> None:
    until = time.monotonic() + patience
    while holder(directory) == held:
        if time.monotonic() > until:
            raise _in_use(directory, told, "It was asked to let go and has not yet; try again in a moment")
        time.sleep(POLL)


def _in_use(directory: Path, told: str, mend: str) -> RunDirectoryInUse:
    return RunDirectoryInUse(f"this run is being written by {told}", where=str(directory), mend=mend)
