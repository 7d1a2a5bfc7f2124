"""A run in the middle of a watch: its looks, each with a verdict, numbers, and lines that match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from screens.canned import CannedRun
from tests.screens import stories
from tests.screens.stories import NOW, live, upto
from wizard.run import events as ev
from wizard.run.events import Record

EVERY = 30
DENIED = "1441:M 14 Mar 2026 02:20:07.101 # Failed opening the temp RDB file: Permission denied"


def sample(number: int, verdict: str, **fields: Any) -> ev.SampleTaken:
    """One look of an hour's watch."""
    changes = 40 * (number % 12)
    dark = verdict == "no data"
    seen = {
        "saves": f"{number // 12} due, {number // 12} seen, {changes} changes unsaved",
        "running": "active, running",
    }
    counted = {
        "changes since last save": float(changes),
        "last save age (s)": float(EVERY * (number % 12)),
        "memory used (bytes)": 61e6 + 2e5 * number,
        "restarts": 0.0,
    }
    return ev.SampleTaken(
        step="watch",
        number=number,
        verdict=verdict,
        **{
            "seen": {"saves": "the server does not answer"} if dark else seen,
            "lines": [DENIED] if verdict == "bad" else [],
            "numbers": {"restarts": 0.0} if dark else counted,
            "every": EVERY,
            "left": 3600.0 - EVERY * number,
            "next_save": None if dark else 300.0 - EVERY * (number % 12),
            **fields,
        },
    )


def watch_records(looks: Sequence[ev.SampleTaken | None], *after: ev.Event) -> list[Record]:
    """A watch with these looks, half a minute apart up to now; None where a connection was lost for as long."""
    start = upto("clean", ev.SampleTaken)[:-1]
    told = []
    for place, look in enumerate(looks):
        at = NOW - timedelta(seconds=EVERY * (len(looks) - place) - 13)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if look:
            told.append(replace(start[-1], seq=start[-1].seq + 1 + len(told), at=stamp, event=look))
    return stories.followed([*start, *told], *after) if after else [*start, *told]


def samples(text: str) -> list[ev.SampleTaken | None]:
    """``.`` a look that was ok, ``x`` a bad one, ``?`` one without data, a space none at all."""
    names = {".": "ok", "x": "bad", "?": "no data"}
    return [sample(number, names[one]) if one in names else None for number, one in enumerate(text, start=1)]


def mid_watch() -> CannedRun:
    return live(watch_records(samples("." * 26 + "?" + "." * 6)))
