"""Numbers with their nouns, in the report's own sentences."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """``1 step``, ``2 steps``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def were(count: int) -> str:
    """The verb that goes with so many."""
    return "was" if count == 1 else "were"
