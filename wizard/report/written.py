"""What only a person can write: the sections that the report asks people for, each with the words on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.report.log import Log
from wizard.report.model import Section
from wizard.run import events as ev
from wizard.run.events import Record

SUMMARY, IMPACT, CAUSE, FOLLOW_UP = "summary", "impact", "cause", "followup"

OTHER = "Other words"
"""The heading of words for a section that this report does not have."""


def sections(log: Log) -> tuple[Section, ...]:
    """Every section that is asked for, in the order of the report; then words for what is not asked any more."""
    said = _said(log)
    asked = [_filled(key, heading, ask, said) for key, heading, ask in _asked(log)] if log.started else []
    strays = [key for key in said if key not in {section.key for section in asked}]
    return (*asked, *(_filled(key, OTHER, key, said) for key in strays if said[key][1].text.strip()))


def _said(log: Log) -> Mapping[str, tuple[Record, ev.SectionWritten]]:
    """The last words for each section."""
    return {event.section: (record, event) for record, event in log.of(ev.SectionWritten)}


def _filled(key: str, heading: str, ask: str, said: Mapping[str, tuple[Record, ev.SectionWritten]]) -> Section:
    if key not in said or not said[key][1].text.strip():
        return Section(key, heading, ask)
    record, event = said[key]
    return Section(key, heading, ask, event.text, record.who, record.at)


def _asked(log: Log) -> Iterator[tuple[str, str, str]]:
    known = log.checklist
    yield SUMMARY, "Summary", "What happened, in the words of those who were there?"
    yield IMPACT, "Impact", "Who noticed, and what did it cost them?"
    yield CAUSE, "Root cause, as measured", "What was the cause, and how is that known?"
    for number, risk in enumerate(known.risks if known else (), start=1):
        asked = f"{risk.risk}: did it come true?"
        yield f"risk.{number}", "Risks", f"{asked} {risk.came_true}" if risk.came_true else asked
    for number, lesson in enumerate(known.lessons if known else (), start=1):
        yield f"lesson.{number}", "Lessons", lesson.ask
    for number, measure in enumerate(known.prevention if known else (), start=1):
        yield f"prevention.{number}", "Prevention", f"{measure.measure}: who sees to it, and until when?"
    yield FOLLOW_UP, "Action items", "Who does what of this, until when?"
