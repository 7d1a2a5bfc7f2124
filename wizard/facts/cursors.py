"""Places in the systemd journal, told by their cursors: which of two is later, and whether lines are gone between them.

A cursor names an entry: its number ``i`` in the series ``s`` of its file, its boot ``b`` and microseconds since then
``m``, the time ``t``, and a hash ``x`` of its content; all but ``s`` and ``b`` in hexadecimal (sd_journal_get_cursor of
systemd's sd-journal.c). journald counts on through restarts and rotations, in all its files together.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Self

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """What a cursor says. A field that it does not hold is empty or None, and nothing is told by it."""

    series: str
    number: int | None
    boot: str
    since_boot: int | None
    time: int | None
    content: str

    @classmethod
    def of(cls, cursor: str) -> Self:
        """Read a cursor; one of another shape holds nothing that is known here."""
        parts = dict(part.partition("=")[::2] for part in cursor.split(";"))
        said = parts.get
        number, since_boot, time = (_hexadecimal(said(name, "")) for name in "imt")
        return cls(said("s", ""), number, said("b", ""), since_boot, time, said("x", ""))

    @property
    def clock(self) -> float | None:
        """Seconds since the epoch."""
        return None if self.time is None else self.time / _MICROSECONDS


def _hexadecimal(text: str) -> int | None:
    with suppress(ValueError):
        return int(text, 16)
    return None


def later(one: str, other: str) -> bool:
    """The first of two cursors is surely later, in the journal's own order; False where that cannot be told."""
    left, right = Place.of(one), Place.of(other)
    pairs = [
        (left.number, right.number, bool(left.series) and left.series == right.series),
        (left.since_boot, right.since_boot, bool(left.boot) and left.boot == right.boot),
        (left.time, right.time, True),
    ]
    for mine, theirs, comparable in pairs:
        if comparable and mine is not None and theirs is not None:
            return mine > theirs
    return False


def joined(mark: str, first: str) -> bool:
    """Nothing is gone between a mark and the first entry that the journal still has from there on.

    That is the marked entry itself, in whatever file it stands by now, or the one that was counted next after it.
    """
    marked, found = Place.of(mark), Place.of(first)
    if mark == first or (marked.boot and _entry(marked) == _entry(found)):
        return True
    counted = marked.number is not None and found.number is not None and marked.series == found.series
    return counted and found.number == (marked.number or 0) + 1


def counted(first: str, last: str) -> int | None:
    """How many entries journald counted from one to the other, both among them; None where that cannot be told."""
    left, right = Place.of(first), Place.of(last)
    if left.number is None or right.number is None or not left.series or left.series != right.series:
        return None
    return max(0, right.number - left.number + 1)


def _entry(place: Place) -> tuple[str, int | None, int | None, str]:
    return place.boot, place.since_boot, place.time, place.content
