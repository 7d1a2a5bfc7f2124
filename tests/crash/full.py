"""A disk on the operator's side that is full, or broken, from one append to the journal on."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash import life
from tests.crash.life import FORKS, Life
from wizard.run import journal
from wizard.run.journal import JOURNAL, Journal

FULL, BROKEN, UNSYNCED = "full, after half a line", "an input/output error", "an error of its fsync"
MANNERS = (FULL, BROKEN, UNSYNCED)
ERRORS: Mapping[str, int] = {FULL: errno.ENOSPC, BROKEN: errno.EIO, UNSYNCED: errno.EIO}


@dataclass(frozen=True, slots=True)
class Disk:
    """It takes so many appends; what it does then is one of `MANNERS`, and it does so for good."""

    appends: int
    manner: str


def _is_record(descriptor: int) -> bool:
    """The journal or an output; a report that cannot be written is rendered again later, and stops nothing."""
    return Path(f"/proc/self/fd/{descriptor}").readlink().name.endswith((JOURNAL, ".log"))


def _spoil(disk: Disk, home: Path) -> None:
    plain, write_all, fsync, taken = Journal.append, journal._write_all, os.fsync, [0]

    def fails() -> OSError:
        (home / "struck").write_text(f"append {taken[0]}")
        return OSError(ERRORS[disk.manner], os.strerror(ERRORS[disk.manner]))

    def append(self: Journal, event: Any, who: str = "") -> Any:
        record = plain(self, event, who)
        taken[0] += 1
        return record

    def write(descriptor: int, data: bytes) -> None:
        if taken[0] < disk.appends or disk.manner == UNSYNCED:
            return write_all(descriptor, data)
        if disk.manner == FULL:
            write_all(descriptor, data[: len(data) // 2])
        raise fails()

    def sync(descriptor: int) -> None:
        if taken[0] >= disk.appends and disk.manner == UNSYNCED and _is_record(descriptor):
            raise fails()
        fsync(descriptor)

    Journal.append = append  # type: ignore[method-assign]  # in a child process of its own, where the disk is to fail
    journal._write_all = write
    os.fsync = sync


def _live(one: Life, disk: Disk) -> None:
    _spoil(disk, one.home)
    life.live(one)


def lived_with(one: Life, disk: Disk, seconds: float = 60.0) -> int:
    """One wizard on such a disk, to its end; its exit status."""
    process = FORKS.Process(target=_live, args=(one, disk))
    process.start()
    return life.ended(process, one, seconds)
