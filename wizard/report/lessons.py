"""Risks, lessons and prevention: the checklist's own lists, beside what the journal has on them."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.report.log import Log
from wizard.report.model import Lesson, Prevention, Risk
from wizard.report.steps import RESTORED
from wizard.report.walked import Criterion, Phase


def risks(log: Log) -> tuple[Risk, ...]:
    """The risks that were known before."""
    known = log.checklist.risks if log.checklist else ()
    return tuple(
        Risk(risk.risk, risk.probability, risk.impact, risk.mitigation, risk.came_true or "") for risk in known
    )


def lessons(log: Log) -> tuple[Lesson, ...]:
    """The checklist's questions for afterwards."""
    asked = log.checklist.lessons if log.checklist else ()
    return tuple(Lesson(lesson.ask, lesson.about or "") for lesson in asked)


def preventions(log: Log, phases: Sequence[Phase], criteria: Sequence[Criterion]) -> tuple[Prevention, ...]:
    """The measures, each with how the steps and criteria ended that prove it."""
    ends = _ends(phases, criteria)
    known = log.checklist.prevention if log.checklist else ()
    return tuple(
        Prevention(one.measure, tuple(ends.get(name, (name, "not observed")) for name in one.checked_by))
        for one in known
    )


def _ends(phases: Sequence[Phase], criteria: Sequence[Criterion]) -> dict[str, tuple[str, str]]:
    found = {
        criterion.title: (criterion.title, criterion.check.outcome if criterion.check else "not looked at")
        for criterion in criteria
    }
    for step in (step for phase in phases for step in phase.steps):
        undone = step.undone == RESTORED
        found[step.id] = (f"{step.number} {step.title}", "taken back" if undone else step.outcome)
    return found
