"""Where each part of a document stands in its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Loc = tuple[str | int, ...]
"""The way from the document's root to one of its parts: keys and zero-based list indexes."""


class Position(NamedTuple):
    """A place in a file, one-based; ``column`` counts characters."""

    line: int
    column: int


START = Position(1, 1)


class Place(NamedTuple):
    """Where a value starts, and the key that names it (for an item of a list, the value itself)."""

    key: Position
    value: Position


def show(loc: Sequence[str | int]) -> str:
    """A loc as people write it: ``phases[0].steps[2].run``."""
    text = ""
    for piece in loc:
        text += f"[{piece}]" if isinstance(piece, int) else f".{piece}"
    return text.removeprefix(".")


@dataclass(slots=True)
class Places:
    """The place of every part of one document, by its loc."""

    at: dict[Loc, Place] = field(default_factory=dict)

    def real(self, loc: Sequence[str | int]) -> Loc:
        """The loc without pieces that are not in the document (pydantic names unions and missing fields in it)."""
        found: Loc = ()
        for piece in loc:
            if (*found, piece) in self.at:
                found = (*found, piece)
        return found

    def position(self, loc: Sequence[str | int]) -> Position:
        """Where the value stands, or the nearest part around it that is there."""
        place = self.at.get(self.real(loc))
        return place.value if place else START

    def key(self, loc: Sequence[str | int]) -> Position:
        """Where the key stands that names the value, or the nearest part around it."""
        place = self.at.get(self.real(loc))
        return place.key if place else START
