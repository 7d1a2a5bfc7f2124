"""Parts of a run's state: the last look at a check, and a script that was to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.run import events as ev


@dataclass(frozen=True, slots=True)
class CheckState:
    """The last look at one check."""

    title: str
    outcome: str
    expected: str
    observed: str
    evidence: Sequence[str]
    at: str
    final: bool


@dataclass(frozen=True, slots=True)
class AttemptState:
    """One script that was to run on a host. ``end`` is None while its outcome is not on record."""

    key: str
    step: str
    number: int
    role: str
    host: str
    sha256: str
    boot_id: str = ""
    claimed: bool = False
    end: ev.AttemptEnded | None = None
