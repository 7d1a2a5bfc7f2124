"""The report as Markdown: CommonMark with tables, as GitHub shows it. No links, no images, no HTML."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.model import Report
from wizard.report.sections.afterwards import lessons, prevention, risks
from wizard.report.sections.appendix import appendix
from wizard.report.sections.checks import deviations, exit_criteria, monitoring, verification
from wizard.report.sections.hypotheses import hypotheses
from wizard.report.sections.impact import cause, evidence, impact
from wizard.report.sections.rollback import rollback
from wizard.report.sections.steps import Outputs, steps
from wizard.report.sections.timeline import timeline
from wizard.report.sections.top import actions, top
from wizard.report.sections.written import other


def to_markdown(report: Report, outputs: Outputs | None = None) -> str:
    """The whole report. ``outputs`` gives the bytes of an attempt's output by name; without it none are shown."""
    return "\n\n".join(_blocks(report, outputs)) + "\n"


def _blocks(report: Report, outputs: Outputs | None) -> Iterator[str]:
    yield from top(report)
    yield from impact(report)
    yield from evidence(report)
    yield from cause(report)
    yield from hypotheses(report)
    yield from steps(report, outputs)
    yield from verification(report)
    yield from deviations(report)
    yield from monitoring(report)
    yield from rollback(report)
    yield from risks(report)
    yield from exit_criteria(report)
    yield from timeline(report)
    yield from lessons(report)
    yield from prevention(report)
    yield from actions(report)
    yield from other(report)
    yield from appendix(report)
