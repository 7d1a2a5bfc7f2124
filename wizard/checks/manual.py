"""``manual``: what only a person can see."""

from __future__ import annotations

from typing import ClassVar

from wizard.checklist.spec import CheckSpec, Text
from wizard.checks.base import Check, Observation, judged, unknown
from wizard.text import one_line

SEEN, NOT_SEEN = "seen", "not seen"


class ManualCheckSpec(CheckSpec):
    """What a person is asked to look for."""

    kind: ClassVar[str] = "manual"

    ask: Text


class ManualCheck(Check[ManualCheckSpec]):
    """Holds when a person says so; the gate asks with ``answers`` and has the answer judged."""

    Spec = ManualCheckSpec
    answers: ClassVar[tuple[str, str]] = (SEEN, NOT_SEEN)

    def title(self) -> str:
        """The question."""
        return one_line(self.spec.ask)

    async def observe(self) -> Observation:
        """Nothing: a person has to look."""
        return unknown(SEEN, "a person has to look and say so")

    def judge(self, answer: str, note: str = "", who: str = "") -> Observation:
        """What a person's answer comes to."""
        evidence = [line for line in (f"said by {one_line(who)}" if who else "", one_line(note)) if line]
        if answer not in self.answers:
            return unknown(SEEN, one_line(answer), evidence)
        return judged(answer == SEEN, SEEN, answer, evidence)
