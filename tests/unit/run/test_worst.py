"""Worst cases of undos: known by their limits, or said to be open."""

from __future__ import annotations

from typing import Any, cast

import pytest

from wizard.checklist.model import Step
from wizard.kinds import registry
from wizard.report.packet import worst_told
from wizard.run.worst import worst_case, worst_of

KINDS = registry()


class Written:
    """A step of one kind, without a document around it."""

    def __init__(self, limit: float = 600.0, **action: Any) -> None:
        (self.kind, given), *_ = action.items()
        self.limit = limit
        self.action = KINDS.actions[self.kind].Spec.model_validate(given)


def step(limit: float = 600.0, **action: Any) -> Step:
    return cast("Step", Written(limit, **action))


@pytest.mark.parametrize(
    ("limit", "action", "told"),
    [
        (120.0, {"run": {"command": "x", "undo": "y"}}, "at most 2 min"),
        (90.0, {"run": {"command": "x", "undo": "y"}}, "at most 1 min 30 s"),
        (600.0, {"run": {"command": "x", "irreversible": "it stays"}}, "nothing is done"),
        (600.0, {"run": {"command": "x", "read_only": True}}, "nothing is done"),
        (600.0, {"manual": {"ask": "x", "changes": True, "undo": "y"}}, "as long as a person takes"),
    ],
)
def test_a_worst_case_in_words(limit: float, action: dict[str, Any], told: str) -> None:
    assert worst_told(worst_case(step(limit, **action))) == told


def test_all_of_them_take_the_sum_and_say_where_it_may_be_more() -> None:
    known, person = (
        step(60.0, run={"command": "x", "undo": "y"}),
        step(manual={"ask": "x", "changes": True, "undo": "y"}),
    )
    assert worst_told(worst_of([known, known])) == "at most 2 min"
    assert worst_told(worst_of([known, person])).startswith("at most 1 min, and more")
