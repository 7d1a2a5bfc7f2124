"""Files of the run directory, as they are, beside what the journal says was written.

Whoever acts on such a file reads it here, so that nothing is done on the strength of one that was changed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from wizard.errors import RecordChanged
from wizard.frozen import frozen
from wizard.output import tail
from wizard.redact import MARKER
from wizard.run.events import AttemptEnded

OUTPUT = "output"
_CHUNK = 1024 * 1024


@frozen
class Found:
    """A file as it is, or what is wrong with it. ``masked`` where a secret was taken out of it; ``size`` in bytes."""

    problem: str = ""
    sha256: str = ""
    size: int = 0
    masked: bool = False


def found(folder: Path, name: str) -> Found:
    """The file of this name in a folder of the run; a name that leads elsewhere is never followed."""
    try:
        with _opened(folder, name) as file:
            return _sum(file)
    except (OSError, ValueError) as problem:
        return Found(_told(problem))


def proven(directory: Path, folder: str, name: str, expected: str) -> bytes:
    """All bytes of a file, which has the SHA-256 that is on record.

    Raises:
        RecordChanged: It is missing, or another one.
    """
    try:
        with _opened(directory / folder, name) as file:
            data = file.read()
    except (OSError, ValueError) as problem:
        raise changed(directory, folder, name, f"cannot be read: {_told(problem)}") from problem
    if hashlib.sha256(data).hexdigest() != expected:
        raise changed(directory, folder, name, "is not what was captured: its SHA-256 is not the one on record")
    return data


def proven_output(directory: Path, ended: AttemptEnded, limit: int) -> bytes:
    """The end of what an attempt printed, ``limit`` bytes at most, as it was kept.

    Raises:
        RecordChanged: It is missing, or not what was kept then.
        JournalUnwritable: It cannot be read.
    """
    now = found(directory / OUTPUT, ended.output)
    if why := output_problem(now, ended):
        raise changed(directory, OUTPUT, ended.output, f"is not what was printed: {why}")
    return tail(directory / OUTPUT / ended.output, limit)


def output_problem(now: Found, ended: AttemptEnded) -> str:
    """What is wrong with an output file; empty where it is what the journal says, as far as that tells.

    A journal of earlier wizards has the sum of the bytes before masking alone, which proves no file in which a secret
    was masked.
    """
    if now.problem:
        return now.problem
    expected = ended.kept_sha256 or ("" if now.masked else ended.sha256)
    return f"not what was printed ({now.size} bytes)" if expected and now.sha256 != expected else ""


def changed(directory: Path, folder: str, name: str, why: str) -> RecordChanged:
    """The error that names such a file, relative to its run, and what can be done."""
    mend = f"Nothing is done on the strength of it; see: wizard verify {directory}"
    return RecordChanged(f"{folder}/{name} {why}", where=str(directory), mend=mend)


def _told(problem: Exception) -> str:
    return getattr(problem, "strerror", "") or str(problem)


def _opened(folder: Path, name: str) -> BinaryIO:
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise ValueError("not a file name")
    file = os.fdopen(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError("not a file")
    return file


def _sum(file: BinaryIO) -> Found:
    digest, size, masked, rest = hashlib.sha256(), 0, False, b""
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        masked = masked or MARKER in rest + chunk
        rest = chunk[-len(MARKER) :]
    return Found("", digest.hexdigest(), size, masked)
