"""Runs that were, and a shelf that holds them, for the screens that offer runs and checklists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from screens.shelf import Offered, Shelf
from tests.screens import stories
from wizard.checklist.document import load
from wizard.kinds import registry
from wizard.run.listing import RunSummary

SUMMARY = RunSummary(
    "20260314-021500-0a1b", "stock-save", "The stock server cannot save", "critical", Path("/home/dana/runs/0a1b"),
    "2026-03-14T02:15:00.000Z", "2026-03-14T02:18:00.000Z", "paused", "gate blocked by it is up", 5, 8, 3,
)  # fmt: skip
HOLDER = "dana on bastion, process 4711, since 2026-03-14T02:15:00.123Z"
STATES = (
    ("paused", "gate blocked by it is up"), ("resolved", ""), ("crashed", "no end on record"), ("mitigated", ""),
    ("rolled back", ""), ("rollback incomplete", ""), ("aborted", ""), ("broken", "line 3: not a journal line"),
    ("empty", "it never began"),
)  # fmt: skip
LIVE = replace(SUMMARY, state="live", detail=HOLDER)


def many_runs() -> list[RunSummary]:
    """Three hundred runs in every state."""
    older = [
        replace(
            SUMMARY,
            id=f"20260313-{number:06}-0a1b",
            began=f"2026-03-{13 - number // 40:02}T{number % 24:02}:15:00.000Z",
            state=STATES[number % len(STATES)][0],
            detail=STATES[number % len(STATES)][1],
            checklist=("stock-save", "log-level")[number % 2],
            directory=Path(f"/home/dana/runs/{number:04}"),
            path="/home/dana/checklists/log-level.yaml",
        )
        for number in range(298)
    ]
    return [LIVE, replace(LIVE, directory=Path("/home/dana/runs/d"), detached=True), *older]


class FakeShelf(Shelf):
    """A shelf with these runs."""

    def __init__(self, runs: Sequence[RunSummary], wrong: str = "") -> None:
        super().__init__()
        self._stock = list(runs)
        self.wrong = wrong

    def shipped(self) -> list[Offered]:
        """One."""
        path = stories.JOURNALS / "checklist.yaml"
        return [Offered("stock-save", path, load(path, registry()).checklist)]

    def runs(self) -> Iterator[list[RunSummary]]:
        """All at once."""
        return iter([self._stock])

    def recent(self, runs: Sequence[RunSummary]) -> list[Offered]:
        """One that is there, and one that is broken."""
        (shipped,) = self.shipped()
        mine, broken = Path("/home/dana/checklists/mine.yaml"), Path("/home/dana/checklists/broken.yaml")
        wrong = Offered("broken", broken, wrong="broken.yaml:3:1: not a mapping", source=str(broken))
        return [replace(shipped, name="mine", path=mine, source=str(mine)), wrong] if runs else []


class FakeOpener:
    """Opens nothing."""

    def run(self, checklist: str) -> None:
        """Nothing."""

    def past(self, directory: Path, what: str) -> None:
        """Nothing."""
