"""Before-states on disk: what each step captured ahead of changing anything, 0600, written before the act.

What a step shall write is captured with it, but an undo needs no more of it than its checksum. So it is kept apart, and
goes once the run has ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.actions.base import Before
from wizard.errors import JournalUnwritable, RecordChanged
from wizard.jsontext import parse
from wizard.paths import CONTENT
from wizard.run import kept

FOLDER = "before"

WANTED = "wanted"
"""The key of what a path shall become (`wizard.actions.writing.Wanted`), wherever it stands in a before-state."""


def save(directory: Path, step: str, before: Before) -> tuple[str, str]:
    """Write a step's before-state once; returns its file name and SHA-256.

    Raises:
        JournalUnwritable: It is not on disk, so the step must not start.
    """
    contents: dict[str, bytes] = {}
    apart = _mapped(before, lambda wanted: _parted(wanted, contents))
    data = json.dumps(apart, ensure_ascii=True, sort_keys=True).encode()
    name = f"{step}.json"
    try:
        for digest, content in contents.items():
            _write_durably(directory / CONTENT, digest, content)
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
    """A before-state as captured; what was to be written is in it for as long as that is kept.

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
    return {key: _mapped(value, lambda wanted: _joined(directory, wanted), key) for key, value in read.items()}


def forget_contents(directory: Path) -> None:
    """Remove what steps were to write, and what Ansible told of its tasks: nothing of this run is done any more."""
    shutil.rmtree(directory / CONTENT, ignore_errors=True)


def _mapped(value: Any, change: Callable[[Mapping[str, Any]], Any], key: str = "") -> Any:
    """The same with every ``wanted`` in it changed."""
    if isinstance(value, Mapping):
        if key == WANTED:
            return change(value)
        return {name: _mapped(item, change, name) for name, item in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, list | tuple) else value


def _parted(wanted: Mapping[str, Any], contents: dict[str, bytes]) -> Mapping[str, Any]:
    if wanted["content"] is None:
        return wanted
    content = b64decode(wanted["content"])
    digest = hashlib.sha256(content).hexdigest()
    contents[digest] = content
    return {**wanted, "content": None, "digest": digest, "size": len(content)}


def _joined(directory: Path, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    digest = wanted.get("digest")
    if not digest:
        return wanted
    whole = {key: value for key, value in wanted.items() if key != "size"}
    try:
        content = kept.proven(directory, CONTENT, digest, digest)
    except RecordChanged:
        # What was changed meanwhile is not what was captured: it counts as lost, like what is gone.
        return whole
    return {**whole, "content": b64encode(content).decode()}
