"""Impact, evidence before and after, and the cause as it was measured."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.blocks import bullets, cell, prose, table, time, verdict
from wizard.report.escape import code, text
from wizard.report.model import Fact, Outage, Report
from wizard.report.sections.written import written
from wizard.report.times import duration
from wizard.report.written import CAUSE, IMPACT


def impact(report: Report) -> Iterator[str]:
    """What it cost, as far as it was observed."""
    yield "## Impact"
    figures = report.impact.figures
    if figures:
        rows = [(text(figure.what), cell(figure.value) if figure.value else "not observed") for figure in figures]
        yield table(["What", "Observed"], rows)
    else:
        yield "The checklist names no figures of the damage, so none were observed."
    yield prose(report.impact.writes)
    yield prose(report.impact.downtime)
    if report.impact.outages:
        yield table(["Unit", "Host", "Down from", "Up again", "Duration", "How"], map(_outage, report.impact.outages))
    yield from written(report, IMPACT)


def _outage(outage: Outage) -> tuple[str, ...]:
    ended = time(outage.ended) or "not on record"
    return (
        code(outage.unit),
        code(outage.host),
        time(outage.began),
        ended,
        text(duration(outage.seconds)),
        text(outage.how),
    )


def evidence(report: Report) -> Iterator[str]:
    """Each fact, before beside after."""
    yield "## Evidence before and after"
    if not report.facts:
        yield "No evidence was read."
    for fact in report.facts:
        yield f"**{text(fact.fact)}**{_expected(fact)} {_outcomes(fact)}"
        yield table(["Source", "Before", "After", "Expected", "Agrees"], _readings(fact))


def _expected(fact: Fact) -> str:
    return "." if not fact.expect else f", expected {code(fact.expect)}."


def _outcomes(fact: Fact) -> str:
    return f"Before: {_outcome(fact, fact.before)}. After: {_outcome(fact, fact.after)}."


def _outcome(fact: Fact, outcome: str) -> str:
    """A fact without an expectation cannot pass: it was read, or its sources differ."""
    plain = {"": "not read", "pass": "read", "fail": "the sources differ"} if not fact.expect else {"": "not read"}
    return plain.get(outcome) or verdict(outcome)


def _readings(fact: Fact) -> Iterator[tuple[str, ...]]:
    expected = code(fact.expect) if fact.expect else "no expectation"
    for reading in fact.readings:
        now = reading.after if reading.after is not None else reading.before
        agrees = "not compared" if not fact.expect else "✔ yes" if now == fact.expect else "✘ no"
        if reading.after is None and fact.expect:
            agrees += ", before"
        yield text(reading.source), cell(reading.before), cell(reading.after), expected, agrees


def cause(report: Report) -> Iterator[str]:
    """What was wrong and was mended, in the words of what was read."""
    yield "## Root cause, as measured"
    if report.cause:
        yield "These facts were not as they should be when the run began:"
        yield bullets(text(sentence) for sentence in report.cause)
        yield "That a fact was wrong does not prove that it caused the incident; the journal holds no more than this."
    elif report.facts:
        yield "Every fact that was read was as it should be when the run began, so nothing was measured of a cause."
    else:
        yield "Not observed: no evidence was read."
    yield from written(report, CAUSE)
