"""What a pane asks of a log, whoever's lines they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from screens.logblocks import Line
from screens.search import Searched


class Lines(Searched, Protocol):
    """A log to be shown."""

    @property
    def hosts(self) -> Sequence[str]:
        """Whose lines stand together in it; empty where they are all of one."""

    @property
    def total(self) -> int:
        """Lines since the beginning, an unfinished one included."""

    @property
    def marks(self) -> Sequence[int]:
        """The numbers of the lines that are ours."""

    def line(self, number: int) -> Line | None:
        """A line by its number."""

    def time(self, number: int) -> float | None:
        """When it came."""
