"""Risks, lessons and prevention: what people are asked afterwards, beside what the journal has on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.report.blocks import bullets, table, verdict
from wizard.report.escape import text
from wizard.report.model import Lesson, Note, Prevention, Report, Risk
from wizard.report.times import shown


def risks(report: Report) -> Iterator[str]:
    """What was feared, and whether it came true."""
    yield "## Risks"
    if not report.risks:
        yield "The checklist names none."
        return
    yield table(["Risk", "Probability", "Impact", "Mitigation", "Did it come true?"], map(_risk, report.risks))
    yield from _noted(report.notes, "risk")


def _risk(risk: Risk) -> tuple[str, ...]:
    came = f"for a person to say: {text(risk.came_true)}" if risk.came_true else "for a person to say"
    return text(risk.risk), text(risk.probability), text(risk.impact), text(risk.mitigation), came


def lessons(report: Report) -> Iterator[str]:
    """The checklist's questions, and the answers that were noted."""
    yield "## Lessons"
    if report.lessons:
        yield bullets(_lesson(lesson) for lesson in report.lessons)
    else:
        yield "The checklist asks none."
    noted = list(_noted(report.notes, "lesson"))
    yield from noted or ["No lesson was noted in this run."]


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
    yield table(["Measure", "Checked in this run by"], map(_prevention, report.preventions))


def _prevention(one: Prevention) -> tuple[str, str]:
    proofs = [f"{text(what)}: {verdict(end)}" for what, end in one.proofs]
    return text(one.measure), "; ".join(proofs) or "nothing"
