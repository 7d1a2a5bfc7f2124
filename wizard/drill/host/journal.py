"""The practice host's journal: what units printed, and what its service manager says about them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

MICROSECONDS = 1_000_000
MANAGER_PID = "1"


def boot_id() -> str:
    """Of this machine, as journald writes it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: microseconds since the epoch, its fields by journald's own names, and its cursor."""

    clock: int
    fields: dict[str, str]
    cursor: str

    @property
    def message(self) -> str:
        """What was said."""
        return self.fields["MESSAGE"]

    def matches(self, terms: Sequence[str]) -> bool:
        """Every ``FIELD=value`` holds."""
        return all(self.fields.get(name) == value for name, _, value in (term.partition("=") for term in terms))


@dataclass(slots=True)
class Journal:
    """Lines in the order they came."""

    boot: str = field(default_factory=boot_id)
    lines: list[Line] = field(default_factory=list)

    def write(self, message: str, **fields: str) -> None:
        """Add a line now."""
        clock, number = time.time_ns() // 1000, len(self.lines) + 1
        since_boot = time.monotonic_ns() // 1000
        cursor = f"s={self.boot};i={number:x};b={self.boot};m={since_boot:x};t={clock:x};x={hash(message) & 0xFFFF:x}"
        self.lines.append(Line(clock, {"MESSAGE": message, **fields}, cursor))

    def from_cursor(self, cursor: str) -> list[Line]:
        """That line and all after it.

        Raises:
            KeyError: There is no such line.
        """
        found = next((at for at, line in enumerate(self.lines) if line.cursor == cursor), None)
        if found is None:
            raise KeyError(cursor)
        return self.lines[found:]

    def since(self, clock: float) -> list[Line]:
        """All lines not before a time in seconds since the epoch."""
        return [line for line in self.lines if line.clock >= clock * MICROSECONDS]
