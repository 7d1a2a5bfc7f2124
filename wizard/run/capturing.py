"""Values kept for later steps and checks: picked from what an action gave, printed, or from a command."""

from __future__ import annotations

from wizard.actions.base import Result
from wizard.checklist.model import Capture, Step
from wizard.checklist.templating import render
from wizard.errors import StepRefused
from wizard.patterns import search
from wizard.run import events as ev
from wizard.run.context import Context


async def capture_values(context: Context, step: Step, result: Result) -> None:
    """Keep every value that the step captures.

    Raises:
        StepRefused: One is not there.
    """
    for name, capture in step.capture.items():
        value = await _value(context, step, capture, result)
        context.recorder.record(ev.ValueCaptured(step.id, name, value))


async def _value(context: Context, step: Step, capture: Capture, result: Result) -> str:
    rendered = render(capture, context.scope())
    if rendered.value is not None:
        return _named(result, rendered.value)
    if rendered.stdout is not None:
        return await _found(result.output, rendered.stdout)
    answer = await context.hosts[rendered.on or step.on].ask(str(rendered.command))
    if not answer.ok:
        raise StepRefused(f"a value could not be captured: {answer.complaint or 'no answer'}")
    return answer.text.strip()


def _named(result: Result, name: str) -> str:
    try:
        return result.values[name]
    except KeyError:
        known = ", ".join(sorted(result.values)) or "none"
        raise StepRefused(f"the action gave no value named {name}", mend=f"It gives: {known}") from None


async def _found(output: str, pattern: str) -> str:
    match = await search(pattern, output, multiline=True)
    if not match:
        raise StepRefused(f"the output holds nothing that matches {pattern}")
    whole, *groups = match.groups
    return (groups[0] if groups else whole) or ""
