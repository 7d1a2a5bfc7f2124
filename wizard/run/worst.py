"""How long an undo may take at worst, by the limits that the host itself keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.checklist.model import Step

BY_A_PERSON, MANY_SCRIPTS = "manual", "ansible"
"""Kinds whose undo is a person's, and whose undo is a script for each thing that was deployed."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst case of one undo, or of many. ``seconds`` counts what is known; ``open`` says that more may come."""

    seconds: float
    why: str = ""
    open: bool = False


def worst_case(step: Step) -> Worst:
    """One step's: the host ends each of its scripts at the step's limit."""
    if step.action.needless_undo or step.action.irreversible_reason or not step.action.changes:
        return Worst(0.0, "nothing is done")
    if step.kind == BY_A_PERSON:
        return Worst(0.0, "as long as a person takes", open=True)
    if not isinstance(step.limit, int | float):
        return Worst(0.0, "its limit is known when it is rendered", open=True)
    if step.kind == MANY_SCRIPTS:
        return Worst(float(step.limit), "for each thing it deployed", open=True)
    return Worst(float(step.limit))


def worst_of(steps: Iterable[Step]) -> Worst:
    """All of them, one after the other."""
    each = [worst_case(step) for step in steps]
    return Worst(sum(one.seconds for one in each), open=any(one.open for one in each))
