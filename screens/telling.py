"""Whom the person is asked about: once at the end of each phase and of the run, and whenever they want to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from screens.audience import ToTell, to_tell
from screens.modals.base import Modal
from screens.modals.tell import Telling, told_of
from screens.view import END, GATE, PHASE, View
from screens.widgets.choices import Chosen
from wizard.run import events as ev
from wizard.run.session import RESOLVED
from wizard.text import one_line

TOLD = 1000
"""Characters of what somebody was told that go on record."""


class Teller:
    """Keeps the moments that have come, and asks about them one after the other.

    Args:
        view: What is known of the run.
        ask: Shows a modal, and hands its result on.
        note: Puts a note on record.
    """

    def __init__(
        self, view: View, ask: Callable[[Modal[Any], Callable[[Any], None]], None], note: Callable[[ev.NoteAdded], None]
    ) -> None:
        self._view = view
        self._ask = ask
        self._note = note
        self._moments: list[str] = []

    def hear(self, event: ev.Event) -> None:
        """Something happened, in a run that is at work or has just ended."""
        match event:
            case ev.PhaseEnded(phase):
                self._moments.append(phase)
            case ev.RunEnded(outcome) if not self._view.dry:
                self._moments.append(RESOLVED if outcome == RESOLVED else END)

    def asked(self) -> bool:
        """Ask about the next moment at which somebody is due; False where there is none."""
        while self._moments:
            if self._about(self._moments.pop(0)):
                return True
        return False

    def now(self) -> bool:
        """Ask about those of the gate that waits, or else about everybody; False where nobody is named."""
        waiting = self._view.waiting
        if waiting and self._about(GATE, waiting.scope):
            return True
        return self._about("")

    def record(self, one: ToTell) -> None:
        """Somebody was told."""
        self._note(ev.NoteAdded(one_line(f"told {one.who}: {one.text}", TOLD), "comms"))

    def _about(self, moment: str, scope: str = "") -> bool:
        return self._about_these(to_tell(self._view, moment, scope), self._why(moment))

    def _about_these(self, notices: Sequence[ToTell], why: str) -> bool:
        def answered(chosen: Chosen | None) -> None:
            one = told_of(notices, chosen)
            if one:
                self.record(one)
                self._about_these([other for other in notices if other is not one], why)

        if notices:
            self._ask(Telling(notices, f"Who should be told: {why}"), answered)
        return bool(notices)

    def _why(self, moment: str) -> str:
        if moment in {"", GATE}:
            return "something waits" if moment else "everybody"
        ended = moment in {END, RESOLVED}
        return "at the end of the run" if ended else f"{self._view.named(f'{PHASE}{moment}')} is over"
