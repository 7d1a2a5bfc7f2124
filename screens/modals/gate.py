"""A gate that stays shut: what was expected, what was seen, the author's advice, and the answers by effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from textual.content import Content

from screens.audience import ToTell, to_tell
from screens.keys import COPY, TELL, bindings
from screens.modals.choosing import Choosing
from screens.modals.tell import Telling, copy_texts, notices_told, told_of
from screens.modals.typed import to_type, typed_for
from screens.view import EVIDENCE, GATE, View, Waiting
from screens.widgets.checking import checks_told, evidence_told
from screens.widgets.choices import Choice, Chosen, Words
from screens.widgets.detail import where
from screens.words import CHECKS, STEPS, many, plain
from wizard.run import events as ev
from wizard.run import intents
from wizard.run import state as st
from wizard.run.leftovers import lost
from wizard.run.rollback import ROLLED_BACK, since
from wizard.run.state import StepState
from wizard.run.stepper import UNDONE

PRINTED, EARLIER = 8, 200
"""Lines of what the step printed that are shown at once, and those before them that can be read on to."""

CAUSE = 2
"""Lines of it that come ahead of the checks where the step itself failed."""

LOOK_ANEW = "   Nothing was looked at since."
"""What is to be known of a gate that asks again after an undo."""

PLAN = 6
"""Steps of a rollback that are named in a sentence."""


class GateShut(Choosing):
    """A gate, from which somebody can be told without leaving it.

    Args:
        view: The run.
        blocked: The gate.
        tell: Records that somebody was told.
    """

    BINDINGS = bindings([COPY, TELL])

    def __init__(self, view: View, blocked: ev.GateBlocked, tell: Callable[[ToTell], None]) -> None:
        self._tell = tell
        self._notices = to_tell(view, GATE, blocked.scope)
        title = Content.assemble(("■ Gate shut", "bold"), f" · {view.named(blocked.scope)}")
        choices = [_choice(view, blocked, answer) for answer in blocked.answers]
        super().__init__(title, partial(_told, view, blocked, self._notices), choices, "error")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Nobody is to be told where the checklist names nobody; letters that are typed are no keys."""
        return bool(self._notices and self._picked is None) if action in {"copy", "tell"} else True

    def action_copy(self) -> None:
        """Take the text to paste along."""
        copy_texts(self, self._notices)

    def action_tell(self) -> None:
        """Say who was told."""
        self.app.push_screen(Telling(self._notices, "Who should be told"), self._sent)

    def _sent(self, chosen: Chosen | None) -> None:
        one = told_of(self._notices, chosen)
        if one:
            self._tell(one)


def gate(view: View, waiting: Waiting, tell: Callable[[ToTell], None] = lambda _: None) -> GateShut:
    """The modal of a blocked gate."""
    blocked = waiting.event
    assert isinstance(blocked, ev.GateBlocked)  # noqa: S101 - told apart by who calls it
    return GateShut(view, blocked, tell)


def _told(view: View, blocked: ev.GateBlocked, notices: Sequence[ToTell], width: int) -> Content:
    return Content("\n").join(_body(view, blocked, notices, width))


def _body(view: View, blocked: ev.GateBlocked, notices: Sequence[ToTell], width: int) -> Iterator[Content]:
    step, scope = view.state.steps.get(blocked.scope), blocked.scope
    if step:
        yield Content.assemble(("on       ", "dim"), where(view, step.host))
    printed = view.printed.lines(scope)
    # A step that failed has said why: that is the cause, and the checks only tell what followed from it.
    undone = any(reason.startswith(UNDONE) for reason in blocked.blocked_by)
    first = CAUSE if step and step.action and not step.action.ok and not undone else 0
    if step and first:
        yield from _did(step)
        yield from _printed("printed  ", printed[-first:])
        printed = printed[:-first]
    shut = evidence_told(view) if scope == EVIDENCE else checks_told(view, scope, only_shut=True, width=width)
    yield from _reasons(blocked, shut, step.action.what if step and step.action else "")
    if shut:
        yield shut
    for advice in blocked.advice:
        yield Content.assemble(("advice   ", "bold $warning"), plain(advice))
    if step and not first:
        yield from _did(step, "  before the undo" if undone else "")
    last = PRINTED - first
    yield from _printed("above it " if first else "printed  ", printed[-last:])
    yield from notices_told(notices, "  y copies it, t says it was sent")
    yield from _printed("before   ", printed[:-last][-EARLIER:])


def _did(step: StepState, when: str = "") -> Iterator[Content]:
    if step.action:
        glyph, style = CHECKS["pass" if step.action.ok else "fail" if step.action.known else "unknown"]
        yield Content.assemble(("did      ", "dim"), (f"{glyph} ", style), plain(step.action.what), (when, "dim"))
    if step.edited:
        yield Content.assemble(("edited   ", "bold $warning"), plain(step.edited.reason))


def _printed(label: str, lines: Sequence[str]) -> Iterator[Content]:
    """The last lines of the step itself, where the reason often is."""
    for number, line in enumerate(lines):
        yield Content.assemble((label if number == 0 else " " * len(label), "dim"), ("│ ", "dim"), line)


def _reasons(blocked: ev.GateBlocked, told: Content, result: str) -> Iterator[Content]:
    """What keeps it shut beside the checks: the action's own end, a closed window, a stale check."""
    for reason in blocked.blocked_by:
        if reason == f"{UNDONE}: {ROLLED_BACK}":
            glyph, style = STEPS[st.UNDONE]
            yield Content.assemble((f"{glyph} ", style), (plain(reason), "bold"), (LOOK_ANEW, "dim"))
        elif reason != result and plain(reason) not in told.plain:
            yield Content.assemble(("✘ ", "$error"), (plain(reason), "bold"))


def _choice(view: View, blocked: ev.GateBlocked, answer: str) -> Choice:
    words = Words.NEEDED if answer in intents.NEEDS_REASON - {intents.EDIT} else Words.NONE
    if answer in {intents.UNDO_STEP, intents.UNDO_PHASE, intents.UNDO_EVERYTHING}:
        words = Words.OPTIONAL
    grave = answer in {intents.UNDO_EVERYTHING, intents.ABORT}
    types = to_type(view, view.state.undo_stack) if answer == intents.UNDO_EVERYTHING else ""
    return Choice(answer, plain(answer), _effect(view, blocked.scope, answer), words, grave, types, typed_for(view))


def _effect(view: View, scope: str, answer: str) -> str:
    step = view.state.steps.get(scope)
    if answer == intents.AGAIN:
        first = "Ends what a killed runner may have left of it. " if lost(view.state, scope) else ""
        return f"{first}Does the step's action once more, then looks again." if step else "Looks once more."
    if answer == intents.UNDO_PHASE and step:
        return f"{undo_plan(view, since(view.state, step.phase))} Then the run pauses; going on does the phase again."
    if answer == intents.UNDO_EVERYTHING:
        return f"{undo_plan(view, view.state.undo_stack)} Then the run ends."
    return EFFECTS.get(answer, "Goes on record as your answer.")


EFFECTS = {
    intents.EDIT: "Opens its text. The change is shown, approved and kept on record; the end owns up to it.",
    intents.HAND_OVER: "Stops with the state kept, and writes down for a successor how it stands and what is next.",
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
