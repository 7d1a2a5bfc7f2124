"""The end of what each step printed, as the reason why a gate stays shut is often there."""

from __future__ import annotations

from collections.abc import Sequence

from screens.words import lines
from wizard.run.events import AttemptIntended
from wizard.text import decode

KEPT = 16 * 1024
"""Bytes kept of a step's last attempt."""


class Printed:
    """Keeps the end of each step's output, of its last attempt alone."""

    def __init__(self) -> None:
        self._attempts: dict[str, tuple[str, int]] = {}
        self._ends: dict[str, bytes] = {}

    def begin(self, event: AttemptIntended) -> None:
        """A script begins; one of another attempt lets go of what the last one printed."""
        attempt = (event.role, event.attempt)
        if self._attempts.get(event.step) != attempt:
            self._attempts[event.step] = attempt
            self._ends.pop(event.step, None)

    def feed(self, step: str, data: bytes) -> None:
        """A step printed this."""
        self._ends[step] = (self._ends.get(step, b"") + data)[-KEPT:]

    def lines(self, step: str) -> Sequence[str]:
        """What is kept, line by line, harmless. A first line that was cut in two is left out."""
        end = self._ends.get(step, b"")
        if not end.strip():
            return ()
        told = lines(decode(end))
        return told[1:] if len(end) == KEPT and len(told) > 1 else told
