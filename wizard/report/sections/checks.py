"""Verification, exit criteria, deviations and monitoring as tables."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.blocks import bullets, cell, span, table, time, verdict
from wizard.report.escape import code, text
from wizard.report.model import Report
from wizard.report.walked import Check, Criterion, Deviation, Sample, Watch


def verification(report: Report) -> Iterator[str]:
    """Every check: expected beside observed."""
    yield "## Verification"
    if not report.checks:
        yield "No check was looked at."
        return
    headers = ["Where", "Check", "Host", "Expected", "Observed", "Outcome", "When", "Tries"]
    yield table(headers, map(_check, report.checks))


def _check(check: Check) -> tuple[str, ...]:
    return (
        text(check.place),
        text(check.title),
        code(check.host),
        cell(check.expected),
        cell(check.observed),
        _outcome(check),
        time(check.at),
        str(check.tries),
    )


def _outcome(check: Check) -> str:
    waiting = "" if check.final else " (still being looked at)"
    earlier = f"; before: {text(', '.join(check.earlier))}" if check.earlier else ""
    return f"{verdict(check.outcome)}{waiting}{earlier}"


def exit_criteria(report: Report) -> Iterator[str]:
    """What must hold before the run may be called resolved."""
    yield "## Exit criteria"
    if not report.criteria:
        yield "The checklist names none."
        return
    held = sum(one.check is not None and one.check.outcome == "pass" and one.check.final for one in report.criteria)
    yield f"{held} of {len(report.criteria)} held."
    yield table(["Criterion", "Expected", "Observed", "Outcome", "When"], map(_criterion, report.criteria))


def _criterion(criterion: Criterion) -> tuple[str, ...]:
    check = criterion.check
    if check is None:
        return text(criterion.title), "", "not observed", "not looked at", ""
    return text(criterion.title), cell(check.expected), cell(check.observed), _outcome(check), time(check.at)


def deviations(report: Report) -> Iterator[str]:
    """What was let pass, by whom and why."""
    yield "## Deviations"
    if not report.deviations:
        yield "None: nothing was skipped, and nothing was accepted without proof."
        return
    yield table(["Where", "What", "Reason", "Who", "When"], map(_deviation, report.deviations))


def _deviation(deviation: Deviation) -> tuple[str, ...]:
    reason = text(deviation.reason) if deviation.reason else "no reason was given"
    return text(deviation.place), verdict(deviation.what), reason, text(deviation.who), time(deviation.at)


def monitoring(report: Report) -> Iterator[str]:
    """Every watch, and what was not ok in it."""
    yield "## Monitoring"
    if not report.watches:
        yield "Nothing was monitored."
    for watch in report.watches:
        yield f"**{text(watch.place)}** on {code(watch.host)}: {verdict(watch.outcome)}."
        yield bullets(_watch(watch))
        if watch.amiss:
            yield table(["Look", "When", "Verdict", "Seen", "Lines"], map(_sample, watch.amiss))


def _watch(watch: Watch) -> Iterator[str]:
    yield f"Looks: {watch.looks}, of which {watch.ok} ok, {watch.bad} bad, {watch.no_data} without data"
    yield f"First and last look: {span(watch.first, watch.last, None)}" if watch.looks else "No look is on record"
    yield _saves(watch)
    if watch.what:
        yield f"Result: {text(watch.what)}"


def _saves(watch: Watch) -> str:
    if not watch.saves_expected and not watch.saves_seen:
        return "Scheduled saves: not observed"
    expected, seen, missed = watch.saves_expected or "?", watch.saves_seen or "?", watch.saves_missed or "?"
    return f"Scheduled saves: {text(expected)} expected, {text(seen)} seen, {text(missed)} missed"


def _sample(sample: Sample) -> tuple[str, ...]:
    seen = "; ".join(f"{name}: {value}" for name, value in sample.seen)
    lines = cell("\n".join(sample.lines)) if sample.lines else ""
    return str(sample.number), time(sample.at), text(sample.verdict), text(seen), lines
