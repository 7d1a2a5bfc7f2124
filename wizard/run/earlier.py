"""Earlier runs of a checklist on this machine: the newest few, read with bounded work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wizard import paths
from wizard.errors import WizardError
from wizard.run import events as ev
from wizard.run.estimate import Timing, timing
from wizard.run.journal import read

NEWEST = 20
"""Runs that are looked at: what was long ago says little of today's hosts."""

LARGEST = 16 * 1024 * 1024
"""Bytes of a journal beyond which it is left alone."""


def earlier_runs(checklist: str, but: Path) -> list[Timing]:
    """What the newest earlier runs of this checklist took; one that cannot be read is left out.

    Args:
        checklist: Its id.
        but: The run that is estimated.
    """
    return list(_timings(checklist, but))


def _timings(checklist: str, but: Path) -> Iterator[Timing]:
    for directory in _directories(checklist, but)[:NEWEST]:
        try:
            if (directory / paths.JOURNAL).stat().st_size > LARGEST:
                continue
            records = read(directory).records
            started = records[0].event if records else None
            if isinstance(started, ev.RunStarted) and started.checklist == checklist and started.mode == "run":
                yield timing(records)
        except (WizardError, OSError, KeyError, TypeError, AttributeError, ValueError, RecursionError):
            continue


def _directories(checklist: str, but: Path) -> list[Path]:
    try:
        found = paths.runs()
    except (WizardError, OSError):
        return []
    return [path for path in found if path.name.endswith(f"-{checklist}") and path != but]
