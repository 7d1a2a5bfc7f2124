"""The line at the top: which run, how grave, how it stands, what the time is and how long it has taken."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from screens.view import View
from screens.words import ENDS, SEVERITIES, elapsed, fit, moment, plain

Part = tuple[str, str]
"""Text and its style."""

GAP = "   "
SHORTEST_TITLE = 12
"""Cells of a title below which it is left out."""


class Heading(Widget):
    """One line, which leaves out what has no room: first the title's end, then the clock."""

    def __init__(self) -> None:
        super().__init__(id="heading")
        self._content = Content("")

    def show(self, view: View, *, running: bool, now: datetime) -> None:
        """Tell how the run stands."""
        content = heading(view, running=running, now=now, width=self.size.width)
        if not content.is_same(self._content):
            self._content = content
            self.refresh()

    def render(self) -> Content:
        """The line."""
        return self._content


def heading(view: View, *, running: bool, now: datetime, width: int) -> Content:
    """The line, in so many cells."""
    started = view.state.started
    if started is None:
        return Content.assemble((" wizard", "bold"), GAP, ("connecting …" if running else "no run", "dim"))
    name = (f" {plain(started.checklist)}", "bold")
    severity = (plain(started.severity).upper(), SEVERITIES.get(started.severity, ""))
    done, total = view.progress()
    fixed: list[Part] = [
        severity,
        (f"run {plain(started.run[-4:])}", "dim"),
        standing(view, running=running),
        (f"{done}/{total}", "bold"),
        (_clock(now) if running else "", "dim"),
        (elapsed(_seconds(view, now if running else None)), "bold"),
    ]
    return _fitted(name, f" · {plain(started.title)}", [part for part in fixed if part[0]], width)


def _fitted(name: Part, title: str, fixed: list[Part], width: int) -> Content:
    room = width - 1 - _width([name, *fixed])
    while room < 0 and len(fixed) > 3:  # noqa: PLR2004 - severity, standing and elapsed time are never left out
        fixed.pop(1 if len(fixed) == 6 else -2)  # noqa: PLR2004 - the run's id goes first
        room = width - 1 - _width([name, *fixed])
    shown = fit(title, room) if room >= SHORTEST_TITLE else ""
    pad = " " * max(0, room - cell_len(shown))
    parts: list[Part] = [name, (shown, "")]
    for part in fixed:
        parts += [(GAP + (pad if part is fixed[0] else ""), ""), part]
    return Content.assemble(*parts)


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
        return "■ WAITING FOR YOU", "bold $warning"
    if view.state.rolling:
        return "◀ ROLLING BACK", "bold $secondary"
    if "detached" in view.state.links.values():
        return "○ RECONNECTING", "bold $warning"
    return ("● CHECKING ONLY", "bold $primary") if view.dry else ("● LIVE", "bold $success")


def _clock(now: datetime) -> str:
    return now.strftime("%H:%M:%SZ")


def _seconds(view: View, now: datetime | None) -> float:
    began = moment(view.state.began_at)
    until = now or moment(view.state.last_at)
    return (until - began).total_seconds() if began and until else 0.0
