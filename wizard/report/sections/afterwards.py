"""Risks, lessons and prevention: what people are asked afterwards, beside what the journal has on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.report.blocks import bullets, table, verdict
from wizard.report.escape import text
from wizard.report.model import Lesson, Note, Prevention, Report, Risk, Section
from wizard.report.sections.written import inline, section, written
from wizard.report.times import shown


def risks(report: Report) -> Iterator[str]:
    """What was feared, and whether it came true."""
    yield "## Risks"
    if not report.risks:
        yield "The checklist names none."
        return
    rows = (_risk(risk, section(report, f"risk.{number}")) for number, risk in enumerate(report.risks, start=1))
    yield table(["Risk", "Probability", "Impact", "Mitigation", "Did it come true?"], rows)
    yield from _noted(report.notes, "risk")


def _risk(risk: Risk, said: Section | None) -> tuple[str, ...]:
    asked = f"for a person to say: {text(risk.came_true)}" if risk.came_true else "for a person to say"
    came = inline(said) if said else asked
    return text(risk.risk), text(risk.probability), text(risk.impact), text(risk.mitigation), came


def lessons(report: Report) -> Iterator[str]:
    """The checklist's questions, and the answers that were noted."""
    yield "## Lessons"
    if report.lessons:
        yield bullets(_lesson(lesson) for lesson in report.lessons)
    else:
        yield "The checklist asks none."
    told = [*_answers(report), *_noted(report.notes, "lesson")]
    yield from told or ["No lesson was noted in this run."]


def _answers(report: Report) -> Iterator[str]:
    for number, lesson in enumerate(report.lessons, start=1):
        if section(report, key := f"lesson.{number}"):
            yield f"**{text(lesson.ask)}**"
            yield from written(report, key)


def _lesson(lesson: Lesson) -> str:
    return f"{text(lesson.ask)} Background: {text(lesson.about)}" if lesson.about else text(lesson.ask)


def _noted(notes: Sequence[Note], tag: str) -> Iterator[str]:
    mine = [note for note in notes if note.tag == tag]
    if mine:
        yield f"Noted with the tag “{tag}”:"
        yield bullets(f"{text(shown(note.at))}, {text(note.who)}: {text(note.text)}" for note in mine)


def prevention(report: Report) -> Iterator[str]:
    """The measures against the next time, with what checks them now."""
    yield "## Prevention"
    if not report.preventions:
        yield "The checklist names none."
        return
    rows = [_prevention(one) for one in report.preventions]
    owners = [section(report, f"prevention.{number}") for number in range(1, len(rows) + 1)]
    headers = ["Measure", "Checked in this run by"]
    if any(owners):
        headers.append("Who sees to it")
        rows = [(*row, inline(owner) if owner else "") for row, owner in zip(rows, owners, strict=True)]
    yield table(headers, rows)


def _prevention(one: Prevention) -> tuple[str, ...]:
    proofs = [f"{text(what)}: {verdict(end)}" for what, end in one.proofs]
    return text(one.measure), "; ".join(proofs) or "nothing"
