"""The report as a file of the run directory: masked once more, scanned, and put in place in one piece."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from wizard import owned
from wizard.errors import WizardError
from wizard.redact import Redactor
from wizard.report.build import build_from
from wizard.report.markdown import to_markdown
from wizard.run.events import Record, body_of
from wizard.run.journal import read

REPORT = "report.md"

HANDOVER, HANDOVER_DATA = "handover.md", "handover.json"

OUTPUT = "output"

LONGEST = 256 * 1024
"""Bytes at the end of an output that its excerpt is taken from."""


def write_report(directory: Path, redactor: Redactor | None = None) -> Path:
    """Write ``report.md``, mode 0600, from the journal and the outputs of a run directory.

    Raises:
        UsageError: There is no journal.
        WizardError: A secret could not be kept out, or the file cannot be written; an earlier report then stays.
    """
    path = directory / REPORT
    data = render(directory, redactor).encode("utf-8", "backslashreplace")
    try:
        owned.replace(owned.place(path), data)
    except OSError as problem:
        raise WizardError(
            f"the report cannot be written: {problem.strerror}",
            where=str(path),
            mend="The journal is complete without it; make room and render it again",
        ) from problem
    return path


def write_handover(directory: Path, redactor: Redactor | None = None) -> Path:
    """Write ``handover.md`` and ``handover.json``, mode 0600; returns the path of the first.

    Raises:
        UsageError: There is no journal.
        WizardError: As for the report.
    """
    for name, as_json in ((HANDOVER_DATA, True), (HANDOVER, False)):
        data = render_handover(directory, redactor, as_json=as_json).encode("utf-8", "backslashreplace")
        try:
            owned.replace(owned.place(directory / name), data)
        except OSError as problem:
            raise WizardError(
                f"the handover cannot be written: {problem.strerror}",
                where=str(directory / name),
                mend="Make room, then: wizard handover RUN",
            ) from problem
    return directory / HANDOVER


def render_handover(directory: Path, redactor: Redactor | None = None, *, as_json: bool = False) -> str:
    """The packet of a run directory as Markdown or JSON, with no secret that the redactor knows.

    Raises:
        UsageError: There is no journal.
        WizardError: A secret could not be kept out.
    """
    records = read(directory).records
    if redactor is not None and not redactor.idle:
        records = tuple(_masked(record, redactor) for record in records)
    # Few runs are handed over, and every run would wait for these.
    from wizard.report.packet import packet  # noqa: PLC0415
    from wizard.report.packet_text import packet_text  # noqa: PLC0415

    made = packet(records, str(directory.absolute()))
    told = json.dumps(dataclasses.asdict(made), indent=2) + "\n" if as_json else packet_text(made)
    return told if redactor is None or redactor.idle else _clean(told, redactor)


def render(directory: Path, redactor: Redactor | None = None) -> str:
    """The report of a run directory as Markdown, with no secret that the redactor knows.

    Raises:
        UsageError: There is no journal.
        WizardError: A secret could not be kept out.
    """
    reading = read(directory)
    if redactor is None or redactor.idle:
        return to_markdown(build_from(reading), _outputs(directory, None))
    masked = replace(reading, records=tuple(_masked(record, redactor) for record in reading.records))
    return _clean(to_markdown(build_from(masked), _outputs(directory, redactor)), redactor)


def _masked(record: Record, redactor: Redactor) -> Record:
    """Masked before anything is escaped, as a secret that was escaped is not recognised any more."""
    event = type(record.event)(**_mask(body_of(record.event), redactor))
    return replace(record, who=redactor.mask(record.who), event=event)


def _mask(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.mask(value)
    if isinstance(value, dict):
        return {redactor.mask(str(key)): _mask(item, redactor) for key, item in value.items()}
    return [_mask(item, redactor) for item in value] if isinstance(value, list | tuple) else value


def _clean(text: str, redactor: Redactor) -> str:
    """The journal was masked as it was written; this is the last scan before a person reads it."""
    masked = redactor.mask(text) if redactor.contains(text) else text
    if redactor.contains(masked):
        raise WizardError("a secret stands in the report and cannot be masked", mend="The journal is kept as it is")
    return masked


def _outputs(directory: Path, redactor: Redactor | None) -> Callable[[str], bytes]:
    def output(name: str) -> bytes:
        data = _tail(directory / OUTPUT, name)
        return redactor.mask_bytes(data) if redactor else data

    return output


def _tail(folder: Path, name: str) -> bytes:
    """The end of an output file. The name comes from a journal, so it may lead nowhere but into the folder.

    Raises:
        OSError: It is not there, or is no plain file.
    """
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise FileNotFoundError(name)
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(folder / name, flags), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - LONGEST))
        return file.read(LONGEST)
