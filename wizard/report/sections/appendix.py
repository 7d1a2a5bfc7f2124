"""The appendix: what it takes to repeat the run, and to check this report against its journal."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.report.anchored import Anchored
from wizard.report.blocks import bullets, cell, table, time
from wizard.report.escape import code, fence, text
from wizard.report.model import Report
from wizard.report.sections.steps import ending
from wizard.report.walked import Attempt

_BY_HAND = "tail -n 1 events.jsonl | tr -d '\\n' | sha256sum"


def appendix(report: Report) -> Iterator[str]:
    """Inputs, attempts, and how to verify the journal."""
    yield "## Appendix"
    yield "### Inputs"
    yield from _inputs(report)
    yield from _examined(report)
    yield "### Attempts"
    if report.appendix.attempts:
        headers = ["Attempt", "Host", "Began", "Ended", "End", "SHA-256 of the script", "SHA-256 of the output"]
        yield table(headers, map(_attempt, report.appendix.attempts))
    else:
        yield "No script was started on any host."
    yield from _references(report)
    yield "### How to check this report"
    yield from _checking(report)


def _inputs(report: Report) -> Iterator[str]:
    inputs, secrets = report.appendix.inputs, report.appendix.secrets
    if inputs:
        yield table(["Input", "Value"], ((code(name), cell(value)) for name, value in inputs))
    if secrets:
        yield f"Secret inputs, whose values are nowhere on record: {', '.join(code(name) for name in secrets)}."
    if not inputs and not secrets:
        yield "None."


def _examined(report: Report) -> Iterator[str]:
    """How the hosts were found, where they were looked at."""
    if report.appendix.examined:
        yield "### Hosts as they were found"
        headers = ["Host", "System", "sudo", "Clock, ahead of the operator's machine", "Room", "Tools"]
        rows = ((one.host, one.system, one.sudo, one.clock, one.room, one.tools) for one in report.appendix.examined)
        yield table(headers, ((code(row[0]), *map(cell, row[1:])) for row in rows))


def _attempt(attempt: Attempt) -> tuple[str, ...]:
    return (
        code(attempt.key),
        code(attempt.host),
        time(attempt.began),
        time(attempt.ended),
        ending(attempt),
        code(attempt.script_sha256),
        code(attempt.output_sha256) if attempt.output_sha256 else "",
    )


def _references(report: Report) -> Iterator[str]:
    if report.appendix.references:
        yield "### References"
        yield bullets(text(reference) for reference in report.appendix.references)


def _checking(report: Report) -> Iterator[str]:
    written = text(report.appendix.wizard) if report.appendix.wizard else "not on record"
    yield f"Version of the wizard that ran it: {written}. Checklist file: {code(report.appendix.path)}."
    yield (
        "This report is made from the run's journal and nothing else; made again from the same journal it is the same, "
        "byte for byte. Each line of the journal carries the SHA-256 of the line before, so a line that was changed "
        "later is found by `wizard verify`. That no lines were cut off at its end is seen by comparing the number of "
        "events and the last line's SHA-256 with the head of this report. By hand, in the run directory:"
    )
    yield fence(_BY_HAND, "sh")
    yield from _anchored(report)


def _anchored(report: Report) -> Iterator[str]:
    """Where the head of the journal was left on the way."""
    if report.appendix.anchored:
        yield (
            "That SHA-256, as it was after each phase, was left in the syslog of hosts too, where who can write the "
            "journal cannot take it back. `wizard verify --host` asks for it there:"
        )
        headers = ["Host", "Anchors", "The last, at event", "Its SHA-256", "Why no later one"]
        yield table(headers, map(_anchor, report.appendix.anchored))


def _anchor(one: Anchored) -> tuple[str, ...]:
    last = (str(one.number), code(one.head)) if one.count else ("", "")
    return (code(one.host), str(one.count), *last, cell(one.why) if one.why else "")
