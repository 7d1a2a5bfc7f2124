"""A watch as a series: one mark a look, and the numbers that are followed. What is missing stays a gap."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from wizard.run.events import SampleTaken

OK, BAD, NO_DATA, MISSED = "ok", "bad", "no data", ""
"""Verdicts of a look, and that there was none where one should have been."""

WORST_FIRST: Final = (BAD, NO_DATA, MISSED, OK)

LATE = 2.5
"""A look that comes later than so many usual distances after the last one was missed in between."""

MOST_MISSED = 500
"""Gaps between two looks that are shown at most: a clock that jumps by years must not fill the memory."""

FARTHEST = 366 * 24 * 3600.0
"""Seconds from a look beyond which a time is nonsense."""

LONGEST = 500
"""Characters of a text in which numbers are looked for."""

_COUNTED: Final = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)(?: ([^\d,;:][^,;:]*))?")
"""``12`` or ``12 changes unsaved``, standing alone."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look, and when it went on record."""

    at: datetime | None
    sample: SampleTaken


Slot = Look | None
"""A look, or where one is missing."""


def latest(looks: Sequence[Look]) -> Sequence[Look]:
    """The looks of the last attempt: each counts its own from one."""
    first = max((place for place, look in enumerate(looks) if look.sample.number == 1), default=0)
    return looks[first:]


def slots(looks: Sequence[Look]) -> list[Slot]:
    """The looks with a gap for each that is missing in between, judged by the usual distance of this very watch."""
    usual = distance(looks)
    spaced: list[Slot] = []
    for before, look in zip([None, *looks], looks, strict=False):
        if before and before.at and look.at and usual:
            apart = (look.at - before.at).total_seconds() / usual
            spaced += [None] * (min(MOST_MISSED, round(apart) - 1) if apart > LATE else 0)
        spaced.append(look)
    return spaced


def distance(looks: Sequence[Look]) -> float:
    """Seconds from one look to the next, as it mostly was: what was asked for, and what a look takes."""
    times = [look.at for look in looks if look.at]
    apart = [(later - sooner).total_seconds() for sooner, later in pairwise(times)]
    return max(median(apart), looks[-1].sample.every) if apart else looks[-1].sample.every if looks else 0.0


def marks(spaced: Sequence[Slot]) -> list[str]:
    """The verdict of each."""
    return [slot.sample.verdict if slot else MISSED for slot in spaced]


def buckets(count: int, width: int) -> list[range]:
    """So many neighbours in at most so many buckets, each of them in exactly one, as even as can be."""
    width = max(1, min(count, width))
    return [range(place * count // width, (place + 1) * count // width) for place in range(width)] if count else []


def folded(verdicts: Sequence[str], width: int) -> list[str]:
    """At most so many marks: each is the worst of what it stands for, so that nothing bad is folded away."""
    return [_worst([verdicts[place] for place in one]) for one in buckets(len(verdicts), width)]


def _worst(verdicts: Sequence[str]) -> str:
    return next((one for one in WORST_FIRST if one in verdicts), NO_DATA)


def numbers(look: Look) -> dict[str, float]:
    """What a look counted: the numbers it brought, or, where a watch brings none, those that it told by themselves."""
    brought: Mapping[str, object] = look.sample.numbers or dict(_told(look.sample.seen))
    finite = {str(name): _finite(value) for name, value in brought.items()}
    return {name: value for name, value in finite.items() if value is not None}


def _told(seen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in seen.items():
        for part in str(text)[:LONGEST].split(", "):
            found = _COUNTED.fullmatch(part.strip())
            if found:
                yield (found[2] or "").strip() or name, found[1].replace(",", "")


def _finite(value: object) -> float | None:
    """A journal may hold anything."""
    try:
        number = float(value)  # type: ignore[arg-type]  # what it cannot take it refuses
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def followed(spaced: Sequence[Slot]) -> dict[str, list[float | None]]:
    """Each number over all slots; None where it was not seen."""
    counted = [numbers(slot) if slot else {} for slot in spaced]
    names = dict.fromkeys(name for one in counted for name in one)
    return {name: [one.get(name) for one in counted] for name in names}


def heights(values: Sequence[float | None], width: int, levels: int) -> list[int | None]:
    """At most so many heights from 0 to ``levels - 1``: each is the peak of what it stands for; None is a gap."""
    peaks = [_peak([values[place] for place in one]) for one in buckets(len(values), width)]
    seen = [value for value in values if value is not None]
    least, most = min(seen, default=0.0), max(seen, default=0.0)
    return [None if peak is None else _height(peak, least, most, levels) for peak in peaks]


def _peak(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _height(value: float, least: float, most: float, levels: int) -> int:
    if most <= least:
        return 0
    # Halves: the span between the least and the greatest number that there are is no number any more.
    share = (value / 2 - least / 2) / (most / 2 - least / 2 or math.inf)
    return min(levels - 1, int(share * levels))


def ends_at(look: Look) -> datetime | None:
    """When the watch ends, as its last look saw it."""
    return _later(look.at, look.sample.left)


def save_at(look: Look) -> datetime | None:
    """When the next scheduled save is due, as the last look saw it."""
    return _later(look.at, look.sample.next_save)


def _later(at: datetime | None, seconds: object) -> datetime | None:
    """A host's clock may say anything."""
    after = _finite(seconds)
    return at + timedelta(seconds=after) if at and after is not None and abs(after) < FARTHEST else None
