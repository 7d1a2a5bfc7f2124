"""The line at the top: which run, how grave, how it stands, what the time is and how long it has taken."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from screens.estimating import left_in_brief
from screens.view import View
from screens.words import ENDS, ENVIRONMENTS, SEVERITIES, elapsed, fit, moment, plain
from wizard.run.window import Window

Part = tuple[str, str]
"""Text and its style."""

GAP = "   "
DROPPED = ("run", "clock", "window", "left", "done", "elapsed")
"""What is left out where there is no room, in this order; how grave it is and how it stands always stay."""

DETACHED = "detached"
"""The state of a link that is lost, as the record has it."""

RECONNECTING = "○ RECONNECTING", "bold $warning"

SHORTEST_TITLE = 12
"""Cells of a title below which it is left out."""


class Heading(Widget):
    """One line, which leaves out what has no room: first the title's end, then the clock."""

    def __init__(self) -> None:
        super().__init__(id="heading")
        self._content = Content("")

    def show(self, view: View, *, running: bool, now: datetime, window: Window | None = None) -> None:
        """Tell how the run stands."""
        content = heading(view, running=running, now=now, width=self.size.width, window=window)
        if not content.is_same(self._content):
            self._content = content
            self.refresh()

    def render(self) -> Content:
        """The line."""
        return self._content


def heading(view: View, *, running: bool, now: datetime, width: int, window: Window | None = None) -> Content:
    """The line, in so many cells."""
    started = view.state.started
    if started is None:
        return Content.assemble((" wizard", "bold"), GAP, ("connecting …" if running else "no run", "dim"))
    name = (f" {plain(started.checklist)}", "bold")
    severity = (plain(started.severity).upper(), SEVERITIES.get(started.severity, ""))
    done, total = view.progress()
    stands, link = standing(view, running=running), link_told(view, running=running)
    beside = link if link != stands else ("", "")
    fixed = {
        "practice": ("PRACTICE", ENVIRONMENTS["practice"]) if view.practice else ("", ""),
        "severity": severity,
        "run": (f"run {plain(started.run[-4:])}", "dim"),
        "standing": stands,
        "link": beside,
        "done": (f"{done}/{total}", "bold"),
        "left": (left_in_brief(view, now) if running else "", "dim"),
        "clock": (_clock(now) if running else "", "dim"),
        "window": _window(window, now),
        "elapsed": (elapsed(_seconds(view, now if running else None)), "bold"),
    }
    return _fitted(name, f" · {plain(started.title)}", {what: part for what, part in fixed.items() if part[0]}, width)


def _window(window: Window | None, now: datetime) -> Part:
    """How long changing steps may still start."""
    if window is None:
        return "", ""
    left = (window.end - now).total_seconds()
    return (
        (f"window {elapsed(left)} left", "") if window.start <= now < window.end else ("window closed", "bold $warning")
    )


def _fitted(name: Part, title: str, parts: dict[str, Part], width: int) -> Content:
    for needless in DROPPED:
        if width - 1 - _width([name, *parts.values()]) < 0:
            parts.pop(needless, None)
    fixed = list(parts.values())
    room = width - 1 - _width([name, *fixed])
    shown = fit(title, room) if room >= SHORTEST_TITLE else ""
    pad = " " * max(0, room - cell_len(shown))
    line: list[Part] = [name, (shown, "")]
    for part in fixed:
        line += [(GAP + (pad if part is fixed[0] else ""), ""), part]
    return Content.assemble(*line)


def _width(parts: list[Part]) -> int:
    return sum(cell_len(text) for text, _ in parts) + len(GAP) * (len(parts) - 1)


def standing(view: View, *, running: bool) -> Part:
    """How the run stands, in a glyph and a word."""
    return _at_work(view) if running and not view.state.ended else _over(view)


def _over(view: View) -> Part:
    ended = view.state.ended
    if ended and view.dry:
        return "✔ CHECKED ONLY", "bold $primary"
    if ended:
        glyph, style = ENDS.get(ended.outcome, ("■", ""))
        return f"{glyph} {plain(ended.outcome).upper()}", style
    return ("‖ PAUSED", "bold $warning") if view.state.paused else ("‖ STOPPED", "bold $error")


def _at_work(view: View) -> Part:
    if view.waiting:
        return f"■ WAITING FOR {view.waits_for}", "bold $warning"
    if view.state.rolling:
        return "◀ ROLLING BACK", "bold $secondary"
    if DETACHED in view.state.links.values():
        return RECONNECTING
    return ("● CHECKING ONLY", "bold $primary") if view.dry else ("● LIVE", "bold $success")


def link_told(view: View, *, running: bool) -> Part:
    """A host is out of reach: at a gate, too, where something else stands in the run's way."""
    return RECONNECTING if running and DETACHED in view.state.links.values() else ("", "")


def _clock(now: datetime) -> str:
    return now.strftime("%H:%M:%SZ")


def _seconds(view: View, now: datetime | None) -> float:
    began = moment(view.state.began_at)
    until = now or moment(view.state.last_at)
    return (until - began).total_seconds() if began and until else 0.0
