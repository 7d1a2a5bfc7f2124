"""Before-states on disk: what each step captured ahead of changing anything, 0600, written before the act."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from wizard.actions.base import Before
from wizard.errors import JournalUnwritable
from wizard.jsontext import parse
from wizard.run import kept

FOLDER = "before"


def save(directory: Path, step: str, before: Before) -> tuple[str, str]:
    """Write a step's before-state once; returns its file name and SHA-256.

    Raises:
        JournalUnwritable: It is not on disk, so the step must not start.
    """
    data = json.dumps(before, ensure_ascii=True, sort_keys=True).encode()
    name = f"{step}.json"
    try:
        _write_durably(directory / FOLDER, name, data)
    except OSError as problem:
        raise JournalUnwritable(
            f"the state before step {step} cannot be kept: {problem.strerror}",
            where=str(directory / FOLDER),
            mend="Nothing is changed that could not be undone; make room and go on",
        ) from problem
    return name, hashlib.sha256(data).hexdigest()


def _write_durably(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    whole = folder / name
    # A new name needs no detour: nobody reads it before the event that tells of it, which comes later.
    half = folder / f".{name}" if whole.exists() else whole
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if half != whole:
        half.rename(whole)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load(directory: Path, name: str, expected: str) -> Before:
    """A before-state as captured.

    Args:
        directory: The run directory.
        name: Of its file, from the journal.
        expected: The SHA-256 that went on record as it was captured.

    Raises:
        RecordChanged: It is missing or not what was written, so nothing may be put back from it.
    """
    data = kept.proven(directory, FOLDER, name, expected)
    try:
        read: Before = parse(data)
    except ValueError as problem:
        raise kept.changed(directory, FOLDER, name, "cannot be read") from problem
    return read
