"""The runs there are, each in a line: what it is, how far it came and how it stands. Reading disturbs no live run."""

from __future__ import annotations

import dataclasses
import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard import paths
from wizard.errors import WizardError
from wizard.run import state as st
from wizard.run.journal import Broken, Reading, read
from wizard.text import one_line

LOCK = "lock"
_HOLDER_BYTES = 500

LIVE, PAUSED, CRASHED, BROKEN, EMPTY = "live", "paused", "crashed", "broken", "empty"

_MINUTE = 16
"""Characters of a time up to its minute: ``2026-11-23T14:05``."""
_TITLE, _STATE = 16, 15
"""The fewest characters that a title and a state get."""
_GAP = "  "


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run. Times are UTC, ISO 8601; empty where the journal tells none.

    Args:
        state: ``live``, ``paused``, ``crashed``, ``broken``, ``empty``, or the outcome it ended with.
        detail: Who writes it, why it paused, where its journal is broken.
        path: Where its checklist was.
        detached: It is written by an engine without a terminal.
        done: Steps that are over, of ``total``.
        remaining: Steps that are not.
    """

    id: str
    checklist: str
    title: str
    severity: str
    directory: Path
    began: str
    last: str
    state: str
    detail: str
    done: int
    total: int
    remaining: int
    path: str = ""
    detached: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**dataclasses.asdict(self), "directory": str(self.directory)}


def writer(directory: Path) -> str:
    """Who writes this run right now; empty where nobody does. The lock is looked at, never kept.

    A lock that may not be read is somebody's.
    """
    try:
        descriptor = os.open(directory / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    except OSError as problem:
        return f"unknown: the lock cannot be read, {problem.strerror}"
    try:
        return _holder(descriptor)
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(descriptor, _HOLDER_BYTES).decode("utf-8", "backslashreplace").strip() or "another wizard"
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return ""


def list_runs() -> list[RunSummary]:
    """Every run there is, newest first; one that cannot be read is listed too, with the reason."""
    return [summary(directory) for directory in paths.runs()]


def summary(directory: Path) -> RunSummary:
    """One run, by its directory."""
    # Asked first: a run that ends between the two looks is then called live, not crashed.
    holder = writer(directory)
    state, reading = _read(directory)
    word, detail = _standing(state, reading, holder)
    started, detached = state.started, word == LIVE and state.detached
    return RunSummary(
        id=started.run if started else directory.name,
        checklist=started.checklist if started else "",
        title=started.title if started else "",
        severity=started.severity if started else "",
        directory=directory,
        began=state.began_at,
        last=state.last_at,
        state=word,
        detail=f"without a terminal, {detail}" if detached else detail,
        done=len(state.steps) - len(state.remaining),
        total=len(state.steps),
        remaining=len(state.remaining),
        path=started.path if started else "",
        detached=detached,
    )


def _read(directory: Path) -> tuple[st.RunState, Reading]:
    """One run that cannot be read must not hide the others."""
    try:
        reading = read(directory)
        return st.replay(reading.records), reading
    except (WizardError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        return st.RunState(), Reading((), "", broken=Broken(0, f"cannot be read: {problem}"))


def _standing(state: st.RunState, reading: Reading, holder: str) -> tuple[str, str]:
    if reading.broken:
        line = f"line {reading.broken.line}: " if reading.broken.line else ""
        return BROKEN, f"{line}{reading.broken.why}"
    if holder:
        return LIVE, holder
    if state.ended:
        return state.ended.outcome, ""
    if state.paused:
        return PAUSED, state.paused.reason
    return (CRASHED, "no end on record") if state.started else (EMPTY, "it never began")


def table(summaries: Sequence[RunSummary], width: int = 100) -> str:
    """The runs as lines of at most ``width`` characters, as long as that leaves room for their ids."""
    if not summaries:
        return "There is no run yet. Start one with: wizard run CHECKLIST\n"
    heads = ("RUN", "BEGAN (UTC)", "STEPS", "STATE", "CHECKLIST")
    rows = [_row(one) for one in summaries]
    fixed = [max(len(row[column]) for row in [heads, *rows]) for column in range(3)]
    free = width - sum(fixed) - 4 * len(_GAP)
    state = max(_STATE, min(max(len(row[3]) for row in rows), free - _TITLE))
    widths = [*fixed, state, max(_TITLE, free - state)]
    return "".join(_line(row, widths) for row in [heads, *rows])


def _row(one: RunSummary) -> tuple[str, ...]:
    standing = f"{one.state}: {one.detail}" if one.detail else one.state
    name = f"{one.checklist}: {one.title}" if one.checklist else ""
    began = one.began[:_MINUTE].replace("T", " ")
    return tuple(one_line(cell, 200) for cell in (one.id, began, f"{one.done}/{one.total}", standing, name))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [one_line(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)]
    return _GAP.join(cells).rstrip() + "\n"
