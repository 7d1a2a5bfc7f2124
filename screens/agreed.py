"""What a person agreed to beforehand: changing steps of one phase, for as long as all goes well."""

from __future__ import annotations

from wizard.run import events as ev
from wizard.run import state as st

WITHDRAWN = (ev.GateBlocked, ev.RollbackStarted, ev.PhaseEnded, ev.RunPaused, ev.RunEnded)
"""After one of these a person is asked again before each changing step."""


class Agreed:
    """Holds the phase that was agreed to, until something does not go as it should.

    A step that cannot be undone is never covered: it is asked for by itself, however tedious that is.
    """

    def __init__(self) -> None:
        self._phase = ""

    def to(self, phase: str) -> None:
        """Steps of this phase need no further word."""
        self._phase = phase

    def hear(self, event: ev.Event) -> None:
        """Withdraw it where a gate stays shut, something is undone, or the phase is over."""
        if isinstance(event, WITHDRAWN):
            self._phase = ""

    def covers(self, step: st.StepState, irreversible: str) -> bool:
        """Whether this step may run without being asked for."""
        return bool(self._phase) and step.phase == self._phase and not irreversible
