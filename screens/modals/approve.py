"""Ahead of a changing step: host, account, the whole command and its undo, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.modals.typed import SPARED_FOR_GOOD, to_type, typed_for
from screens.view import View, Waiting
from screens.widgets.choices import Choice
from screens.widgets.detail import where
from screens.widgets.diff import diff_told
from screens.words import lines, needless, plain
from wizard.facts.guarded import readable
from wizard.run import events as ev
from wizard.run import intents
from wizard.run import state as st
from wizard.run.attempting import APPROVE

ALL_OF_PHASE = "run, and ask no more in this phase"
"""An answer of the interface alone: it approves this step, and those of its phase that follow."""


def approve(view: View, waiting: Waiting) -> Choosing:
    """The modal ahead of a changing step."""
    asked = waiting.event
    step = view.state.steps[waiting.scope]
    assert isinstance(asked, ev.QuestionAsked)  # noqa: S101 - told apart by who calls it
    irreversible = view.cannot_be_undone(step.id)
    title = Content.assemble(("Approve this change", "bold"), f" · {view.named(step.id)}")
    body = Content("\n").join(_body(view, step, asked.text, irreversible))
    return Choosing(title, body, list(_choices(view, step, irreversible)), "error" if irreversible else "warning")


def _body(view: View, step: st.StepState, command: str, irreversible: str) -> Iterator[Content]:
    started = view.taken_up.get(step.id)
    yield Content.assemble(("on     ", "dim"), where(view, step.host))
    if started and started.why:
        yield Content.assemble(("why    ", "dim"), plain(started.why))
    if _begun(view, step):
        yield Content.assemble(
            ("note   ", "bold $warning"), "it was begun before the run stopped; to run it takes it up, once"
        )
    yield from _edited(step)
    yield from _undo(step, irreversible)
    # The command comes last: it may be longer than the screen, and what is above it must be in sight all the same.
    for number, line in enumerate(lines(readable(command))):
        yield Content.assemble(("$ " if number == 0 else "  ", "bold $accent"), (line, "bold"))


def _begun(view: View, step: st.StepState) -> bool:
    """An earlier life of this run started it, and its end is not on record: it is taken up, not started again."""
    attempts = view.state.attempts.values()
    return any(one.step == step.id and one.role == "do" and one.end is None for one in attempts)


def _edited(step: st.StepState) -> Iterator[Content]:
    """What a person changed at the gate, beside what the checklist says."""
    if step.edited is None:
        return
    yield Content.assemble(("edited ", "bold $warning"), plain(step.edited.reason))
    if not step.changes:
        vouched = "the checklist's own text only looks; nothing would undo what yours changes"
        yield Content.assemble(("note   ", "bold $warning"), vouched)
    yield diff_told(step.edited.diff)


def _undo(step: st.StepState, irreversible: str) -> Iterator[Content]:
    if irreversible:
        cannot = "" if needless(irreversible) else "cannot be undone: "
        yield Content.assemble(("undo   ", "dim"), (cannot, "bold $error"), plain(irreversible))
        return
    for number, line in enumerate(lines(step.undo)):
        yield Content.assemble(("undo   " if number == 0 else "       ", "dim"), line)


def _choices(view: View, step: st.StepState, irreversible: str) -> Iterator[Choice]:
    host = view.host(step.host)
    types = to_type(view, [step.id], SPARED_FOR_GOOD) if view.final(step.id) else ""
    yield Choice(
        APPROVE,
        f"run it on {host}",
        "Runs exactly this; then its checks decide.",
        grave=bool(irreversible),
        types=types,
        stands_for=typed_for(view),
    )
    if not irreversible:
        yield Choice(ALL_OF_PHASE, ALL_OF_PHASE, _all_of(view, step))
    yield Choice(intents.PAUSE, intents.PAUSE, "Stops here; this step has not begun. The run can go on from here.")
    ends = "Ends the run, unresolved. Nothing is undone; it can still be rolled back afterwards."
    yield Choice(intents.ABORT, intents.ABORT, ends, grave=True)


def _all_of(view: View, step: st.StepState) -> str:
    rest = [
        one
        for one in view.state.steps.values()
        if one.phase == step.phase and one.changes and one.status not in st.DONE and one.id != step.id
    ]
    following = f"{len(rest)} after it: {', '.join(view.place(one.id) for one in rest)}" if rest else "none after it"
    return (
        f"Runs this and the changing steps of its phase ({following}) until a gate stays shut or one cannot be undone."
    )
