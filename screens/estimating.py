"""How long the rest of a run will take, as far as earlier runs tell: read in a thread, told where there is room."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from screens import series
from screens.source import Source
from screens.view import View
from wizard.run.estimate import Estimate, Timing, brief, estimate, practised, told

log = logging.getLogger(__name__)

NOTHING_TO_GO_BY = "How long the rest takes is not known: there is no earlier run to go by."


@runtime_checkable
class Remembers(Protocol):
    """A source that knows of earlier runs of the same checklist."""

    def earlier(self) -> Sequence[Timing]:
        """What they took; called in a thread."""


def remember(source: Source, view: View) -> None:
    """Read what earlier runs took, in a thread; the view is told once it is known."""
    if not isinstance(source, Remembers):
        return

    def read() -> None:
        try:
            view.earlier = source.earlier()
        except Exception:
            log.exception("earlier runs could not be read")

    threading.Thread(target=read, name="earlier runs", daemon=True).start()


def left(view: View, now: datetime) -> Estimate | None:
    """What is left of the run; None where nothing is known, or nothing goes forward."""
    state = view.state
    if not view.earlier or state.ended or state.rolling or view.dry:
        return None
    alike = [one for one in view.earlier if one.practice == practised(state.hosts.values())]
    return estimate(list(state.remaining), alike, view.stopwatch.now(now), _known(view, now))


def _known(view: View, now: datetime) -> dict[str, float]:
    """A watch says itself when it ends."""
    looks = view.looks.get(view.state.current)
    end = series.ends_at(looks[-1]) if looks else None
    return {view.state.current: max(0.0, (end - now).total_seconds())} if end else {}


def left_in_brief(view: View, now: datetime) -> str:
    """``about 6 min left``; empty where nothing is known."""
    found = left(view, now)
    return brief(found) if found else ""


def left_in_full(view: View, now: datetime) -> str:
    """With its range, and what it is taken from; where there was no earlier run, that is said."""
    found = left(view, now)
    if found:
        words = told(found)
        return f"{words[0].upper()}{words[1:]}; waiting for people is not counted in."
    nothing = view.earlier is not None and not view.earlier and not view.state.ended
    return NOTHING_TO_GO_BY if nothing else ""
