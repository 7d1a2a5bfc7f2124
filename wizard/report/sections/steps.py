"""Phases and steps, each with what was run, where, when, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wizard.facts.guarded import readable
from wizard.report.blocks import bullets, span, text_lines, time, verdict
from wizard.report.escape import code, fence, text
from wizard.report.model import Report
from wizard.report.steps import NOT_BEGUN
from wizard.report.walked import Attempt, Edited, Phase, Step
from wizard.text import decode

Outputs = Callable[[str], bytes]
"""The masked bytes of an attempt's output, by the name in the journal; may raise ``OSError`` or ``KeyError``."""

EXCERPT = 20
"""Lines of output shown."""

COMMAND_LINES = 80
"""Lines of a command shown."""


def steps(report: Report, outputs: Outputs | None) -> Iterator[str]:
    """Every phase with its steps."""
    yield "## Phases and steps"
    if not report.phases:
        yield "The journal names no steps."
    for phase in report.phases:
        yield from _phase(phase, outputs)


def _phase(phase: Phase, outputs: Outputs | None) -> Iterator[str]:
    done = sum(step.outcome != NOT_BEGUN for step in phase.steps)
    yield f"### Phase {text(phase.number)}: {text(phase.title)}"
    if phase.why:
        yield f"Why: {text(phase.why)}"
    yield f"{done} of {len(phase.steps)} steps were started. Time: {span(phase.began, phase.ended, None)}."
    for step in phase.steps:
        if step.outcome != NOT_BEGUN:
            yield from _step(step, outputs)
    waiting = [f"{step.number} {step.title}" for step in phase.steps if step.outcome == NOT_BEGUN]
    if waiting:
        yield f"Not started: {text_lines(waiting, '; ')}."


def _step(step: Step, outputs: Outputs | None) -> Iterator[str]:
    yield f"#### {text(step.number)} {text(step.title)}"
    yield bullets(_facts(step))
    if step.work.command:
        yield "Command as run:" if step.work.attempts else "As rendered:"
        yield fence(_shortened(step.work.command), "sh" if step.work.attempts else "text")
    for edit in step.work.edits:
        yield from _edited(edit)
    if _is_script(step.work.undo):
        yield "Its undo:"
        yield fence(_shortened(step.work.undo), "sh")
    for attempt in step.work.attempts:
        yield from _output(attempt, outputs)


def _edited(edit: Edited) -> Iterator[str]:
    by = f"at its gate, {time(edit.at)}, by {text(edit.who)}"
    why = f": {text(edit.reason)}" if edit.reason else ""
    if not edit.diff:
        yield f"Put back to the checklist's text {by}{why}."
        return
    yield f"Edited {by}{why}. The difference to the checklist's text:"
    yield fence(_shortened(edit.diff), "diff")


def _facts(step: Step) -> Iterator[str]:
    yield f"Outcome: **{verdict(step.outcome)}**{_reason(step)}{_undone(step)}"
    if step.why:
        yield f"Why: {text(step.why)}"
    if step.item:
        yield f"Answers: {text(step.item)}"
    yield f"Host: {code(step.host)}, reached as {code(step.label)}"
    yield f"Operator: {text(step.who)}"
    yield f"Time: {span(step.began, step.ended, step.seconds)}"
    yield from (f"Result: {text(result)}" for result in step.work.results)
    yield from (f"{_attempted(attempt)}" for attempt in step.work.attempts)
    if step.checks:
        yield f"Checks: {step.checks_passed} of {step.checks} passed"
    yield from (f"Kept: {code(name)} = {code(value)}" for name, value in step.work.captured)
    if step.work.undo and not _is_script(step.work.undo):
        yield f"Undo: {text(step.work.undo)}"


def _is_script(undo: str) -> bool:
    return "\n" in undo.strip()


def _reason(step: Step) -> str:
    return f": {text(step.reason)}" if step.reason else ""


def _undone(step: Step) -> str:
    return f"; its undo: **{verdict(step.undone)}**" if step.undone else ""


def _attempted(attempt: Attempt) -> str:
    what = "Undo" if attempt.role == "undo" else "Attempt"
    return f"{what} {attempt.number}: {ending(attempt)}, {span(attempt.began, attempt.ended, None)}"


def ending(attempt: Attempt) -> str:
    """How a script ended."""
    status = "exit status not known" if attempt.exit_status is None else f"exit status {attempt.exit_status}"
    return f"{status} ({text(attempt.remark)})" if attempt.remark else status


def _shortened(command: str) -> str:
    lines = readable(command).rstrip("\n").split("\n")
    if len(lines) <= COMMAND_LINES:
        return "\n".join(lines)
    return "\n".join([*lines[:COMMAND_LINES], f"… {len(lines) - COMMAND_LINES} more lines, in the journal"])


def _output(attempt: Attempt, outputs: Outputs | None) -> Iterator[str]:
    what = "undo" if attempt.role == "undo" else "attempt"
    if attempt.output_dropped and not attempt.output_bytes:
        yield f"Of the output of {what} {attempt.number} nothing was kept: at least {attempt.output_dropped} bytes."
    if outputs is None or not attempt.output or not attempt.output_bytes:
        return
    try:
        lines = decode(outputs(attempt.output)).rstrip("\n").split("\n")
    except (OSError, KeyError):
        yield f"The output of {what} {attempt.number} ({attempt.output_bytes} bytes) is not in the run directory."
        return
    dropped = (
        f", and at least {attempt.output_dropped} more that the host did not keep" if attempt.output_dropped else ""
    )
    size = f"{attempt.output_bytes} bytes{dropped}"
    yield f"Output of {what} {attempt.number} ({size}){_cut(len(lines))}:"
    yield fence("\n".join(lines[-EXCERPT:]), "text")


def _cut(lines: int) -> str:
    return f", its last {EXCERPT} lines" if lines > EXCERPT else ""
