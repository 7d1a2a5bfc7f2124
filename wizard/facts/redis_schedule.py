"""Scheduled saves: when one was due by the server's own rules, and whether it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.facts.redis_persistence import Saving

GRACE = 30.0
"""Seconds a due save may take to begin; the server looks ten times a second (serverCron of its server.c)."""


@dataclass(frozen=True, slots=True)
class SavePoint:
    """``save SECONDS CHANGES``: due when so long has passed since the last save and so many changes have been made."""

    seconds: int
    changes: int


def save_points(setting: str) -> list[SavePoint]:
    """The save points of ``CONFIG GET save``: ``900 1 300 10``; none where it is empty.

    Raises:
        ValueError: It is something else.
    """
    numbers = [int(word) for word in setting.split()]
    return [SavePoint(seconds, changes) for seconds, changes in zip(numbers[::2], numbers[1::2], strict=True)]


class SaveLedger:
    """Follows saving over time, one look after the other.

    ``expected`` counts saves that became due, ``seen`` snapshots that were written, ``missed`` saves that were due for
    longer than `GRACE` with none in progress. A restart begins the account of the last save anew.

    Args:
        counted: What it counted so far, where it is taken up again.
    """

    @property
    def counted(self) -> tuple[int, int, int]:
        """Saves due, seen and missed so far."""
        return self.expected, self.seen, self.missed

    def __init__(self, counted: Sequence[int] = ()) -> None:
        self.expected, self.seen, self.missed = counted or (0, 0, 0)
        self._last: Saving | None = None
        self._due: float | None = None
        self._told_missed = False

    def look(self, now: float, saving: Saving, points: Sequence[SavePoint]) -> str:
        """One look at the server's time ``now``; says what is wrong, or an empty string."""
        last, self._last = self._last, saving
        if last is None or last.run_id != saving.run_id:
            self._settle()
            last = None
        if last is not None and saving.last_save > last.last_save:
            self._came(last, saving, points)
        if self._due is None:
            self._expect(next_due(saving, points), now)
        return self._verdict(now, saving)

    def _came(self, last: Saving, saving: Saving, points: Sequence[SavePoint]) -> None:
        """A snapshot was written; it had been due if the last look's changes already sufficed."""
        due = next_due(last, points)
        if self._due is None and due is not None and due <= saving.last_save:
            self.expected += 1
        self.seen += 1
        self._settle()

    def _expect(self, due: float | None, now: float) -> None:
        if due is not None and now > due:
            self.expected += 1
            self._due = due

    def _settle(self) -> None:
        self._due = None
        self._told_missed = False

    def _verdict(self, now: float, saving: Saving) -> str:
        if saving.status != "ok":
            return f"the last background save ended {saving.status}"
        if self._due is None or saving.in_progress or now <= self._due + GRACE:
            return ""
        if not self._told_missed:
            self.missed += 1
            self._told_missed = True
        return f"a save has been due for {now - self._due:.0f} s and did not come"


def next_due(saving: Saving, points: Sequence[SavePoint]) -> float | None:
    """When the next save is due with the changes made so far; None where none is."""
    due = [saving.last_save + point.seconds for point in points if saving.changes >= point.changes]
    return min(due, default=None)
