"""A gate that stays shut: what was expected, what was seen, the author's advice, and the answers by effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import EVIDENCE, View, Waiting
from screens.widgets.checking import checks_told, evidence_told
from screens.widgets.choices import Choice, Words
from screens.widgets.detail import where
from screens.words import CHECKS, many, plain
from wizard.run import events as ev
from wizard.run import intents
from wizard.run.rollback import since

PLAN = 6
"""Steps of a rollback that are named in a sentence."""


def gate(view: View, waiting: Waiting) -> Choosing:
    """The modal of a blocked gate."""
    blocked = waiting.event
    assert isinstance(blocked, ev.GateBlocked)  # noqa: S101 - told apart by who calls it
    title = Content.assemble(("■ Gate shut", "bold"), f" · {view.named(blocked.scope)}")
    choices = [_choice(view, blocked, answer) for answer in blocked.answers]
    return Choosing(title, Content("\n").join(_body(view, blocked)), choices, "error")


def _body(view: View, blocked: ev.GateBlocked) -> Iterator[Content]:
    step = view.state.steps.get(blocked.scope)
    if step:
        yield Content.assemble(("on       ", "dim"), where(view, step.host))
    shut = evidence_told(view) if blocked.scope == EVIDENCE else checks_told(view, blocked.scope, only_shut=True)
    yield from _reasons(blocked, shut, step.action.what if step and step.action else "")
    if shut:
        yield shut
    for advice in blocked.advice:
        yield Content.assemble(("advice   ", "bold $warning"), plain(advice))
    if step and step.action:
        glyph, style = CHECKS["pass" if step.action.ok else "fail" if step.action.known else "unknown"]
        yield Content.assemble(("did      ", "dim"), (f"{glyph} ", style), plain(step.action.what))


def _reasons(blocked: ev.GateBlocked, told: Content, result: str) -> Iterator[Content]:
    """What keeps it shut beside the checks: the action's own end, a closed window, a stale check."""
    for reason in blocked.blocked_by:
        if reason != result and plain(reason) not in told.plain:
            yield Content.assemble(("✘ ", "$error"), (plain(reason), "bold"))


def _choice(view: View, blocked: ev.GateBlocked, answer: str) -> Choice:
    words = Words.NEEDED if answer in intents.NEEDS_REASON else Words.NONE
    if answer in {intents.UNDO_STEP, intents.UNDO_PHASE, intents.UNDO_EVERYTHING}:
        words = Words.OPTIONAL
    grave = answer in {intents.UNDO_EVERYTHING, intents.ABORT}
    return Choice(answer, plain(answer), _effect(view, blocked.scope, answer), words, grave)


def _effect(view: View, scope: str, answer: str) -> str:
    step = view.state.steps.get(scope)
    if answer == intents.AGAIN:
        return "Does the step's action once more, then looks again." if step else "Looks once more."
    if answer == intents.UNDO_PHASE and step:
        return f"{undo_plan(view, since(view.state, step.phase))} Then the run pauses; going on does the phase again."
    if answer == intents.UNDO_EVERYTHING:
        return f"{undo_plan(view, view.state.undo_stack)} Then the run ends."
    return EFFECTS.get(answer, "Goes on record as your answer.")


EFFECTS = {
    intents.SKIP: "Goes on without this step. What it did already stays; the end owns up to it.",
    intents.ACCEPT: "Takes what is there as good enough and goes on; the end owns up to it.",
    intents.UNDO_STEP: "Restores what was captured before this step; then this gate asks again.",
    intents.PAUSE: "Stops here. Nothing is undone, and the run can go on from here.",
    intents.ABORT: "Ends the run, unresolved. Nothing is undone; it can still be rolled back afterwards.",
    intents.OVERRIDE: "Lets changing steps start although the maintenance window is closed.",
}


def undo_plan(view: View, steps: Sequence[str]) -> str:
    """What would be undone, in a sentence."""
    if not steps:
        return "Nothing is on the undo stack."
    named = ", ".join(view.place(step) for step in steps[:PLAN])
    more = f" and {len(steps) - PLAN} more" if len(steps) > PLAN else ""
    return f"Undoes {many(len(steps), 'step')}, newest first: {named}{more}."
