"""Words, signs and figures of the interface: verdicts as glyph and word, times, and text cut to fit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from rich.cells import cell_len, set_cell_size

from wizard.report.escape import flat
from wizard.run import state as st
from wizard.text import sanitise

STEPS: Final = {
    st.WAITING: ("○", "dim"),
    st.RUNNING: ("●", "bold $accent"),
    st.CHECKING: ("◐", "bold $accent"),
    st.BLOCKED: ("■", "bold $error"),
    st.VERIFIED: ("✔", "$success"),
    st.FAILED: ("✘", "$error"),
    st.UNKNOWN: ("?", "$warning"),
    st.SKIPPED: ("–", "$warning"),
    st.ACCEPTED: ("!", "$warning"),
    st.NOT_NEEDED: ("–", "dim"),
    st.UNDONE: ("◀", "$secondary"),
    "paused": ("‖", "bold $warning"),
    "waiting for a word": ("■", "bold $warning"),
}
"""Glyph and style of how a step stands."""

CHECKS: Final = {
    "pass": ("✔", "$success"),
    "fail": ("✘", "$error"),
    "unknown": ("?", "$warning"),
    "skip": ("–", "dim"),
}
"""Glyph and style of what a check came to."""

UNDOS: Final = {
    "restored, proven": ("✔", "$success"),
    "ran, unproven": ("?", "$warning"),
    "not needed": ("–", "dim"),
    "not undoable": ("–", "$warning"),
    "failed": ("✘", "$error"),
}
"""Glyph and style of what an undo came to."""

LOOKS: Final = {"ok": ("·", "$success"), "bad": ("✘", "bold $error"), "no data": ("?", "bold $warning")}
"""Glyph and style of one look of a watch."""

NO_LOOK: Final = (" ", "")
"""Glyph and style of where a look should have been and none was: a gap, in which nothing is put."""

SPARKS: Final = "▁▂▃▄▅▆▇█"
"""A number's height, from the lowest to the highest."""

ENVIRONMENTS: Final = {"production": "$production", "staging": "$warning", "test": "$primary", "practice": "$success"}
"""Style of a host by its environment."""

SEVERITIES: Final = {"critical": "bold $error", "high": "bold $warning", "medium": "$warning", "low": "dim"}

ENDS: Final = {
    "resolved": ("✔", "bold $success"),
    "mitigated": ("✔", "bold $warning"),
    "rolled back": ("◀", "bold $warning"),
    "rollback incomplete": ("✘", "bold $error"),
    "aborted": ("✘", "bold $warning"),
}
"""Glyph and style of how a run ended."""


def plain(text: str) -> str:
    """Text from anywhere on one line, harmless."""
    return flat(text, 2000)


def lines(text: str) -> list[str]:
    """Text from anywhere as harmless lines, without blank ones at its end."""
    return sanitise(text).expandtabs(4).rstrip("\n").split("\n")


def fit(text: str, width: int) -> str:
    """One line cut to so many cells, with ``…`` where something is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def elapsed(seconds: float) -> str:
    """A length of time as ``h:mm:ss``, or ``mm:ss`` below an hour."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def moment(at: str) -> datetime | None:
    """A time of the journal; None where there is none."""
    try:
        return datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return None


def needless(reason: str) -> bool:
    """Why a step has no undo says that none is needed: that is no warning."""
    return reason.startswith("not needed")


def many(count: int, what: str, plural: str = "") -> str:
    """``1 step``, ``1,234 steps``."""
    return f"{count:,} {what if count == 1 else plural or f'{what}s'}"
