"""What only a person can do, see or decide: manual steps, manual checks, and a safe place to stop."""

from __future__ import annotations

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import View, Waiting
from screens.widgets.choices import Choice, Words
from screens.words import lines
from wizard.actions.manual import NOT_STARTED, STILL_THERE, UNDONE
from wizard.checks.manual import NOT_SEEN, SEEN
from wizard.run import events as ev
from wizard.run import intents

COULD_NOT = "it could not be done"

EFFECTS = {
    SEEN: "You saw it: the check passes on your word.",
    NOT_SEEN: "You looked and it is not so: the check fails, and the gate asks what now.",
    UNDONE: "You took it back; the rollback goes on.",
    NOT_STARTED: "It had never been done; the rollback goes on.",
    STILL_THERE: "It stays as it is; the record says that this undo failed.",
    COULD_NOT: "The gate then asks what now: again, skip, undo, pause.",
    intents.GO_ON: "Goes on with the next step.",
    intents.STOP_HERE: "Ends the run here as mitigated. What was done stays; the rest can be resumed later.",
    intents.PAUSE: "Stops here. Nothing is undone, and the run can go on from here.",
}

TITLES = {"safe_stop": ("A safe place to stop", "calm"), "manual": ("Your turn", "warning")}


def question(view: View, waiting: Waiting) -> Choosing:
    """The modal of a question that is no approval."""
    asked = waiting.event
    assert isinstance(asked, ev.QuestionAsked)  # noqa: S101 - told apart by who calls it
    word, tone = TITLES.get(asked.purpose, ("A question", "warning"))
    title = Content.assemble((word, "bold"), f" · {view.named(asked.scope)}")
    body = Content("\n").join([*(Content(line) for line in lines(asked.text)), *_beside(view, asked)])
    return Choosing(title, body, [_choice(asked, answer) for answer in _answers(view, asked)], tone)


def _is_to_do(view: View, asked: ev.QuestionAsked) -> bool:
    """It is what a step asks a person to do: neither a check of it nor its undo."""
    return asked.purpose == "manual" and asked.scope in view.state.steps and not {SEEN, UNDONE} & set(asked.answers)


def _beside(view: View, asked: ev.QuestionAsked) -> list[Content]:
    """What the step shows to a person who is to judge it."""
    shown = view.printed.lines(asked.scope) if _is_to_do(view, asked) else ()
    return [Content(""), *(Content.assemble(("│ ", "dim"), line) for line in shown)] if shown else []


def _answers(view: View, asked: ev.QuestionAsked) -> list[str]:
    """The author's answers, and what is always possible."""
    could_not = [COULD_NOT] if _is_to_do(view, asked) else []
    return [*asked.answers, *could_not, intents.PAUSE]


def _choice(asked: ev.QuestionAsked, answer: str) -> Choice:
    words = Words.NEEDED if asked.needs_note else Words.OPTIONAL
    if answer in {intents.PAUSE, intents.GO_ON, intents.STOP_HERE}:
        words = Words.NONE
    if answer == COULD_NOT:
        words = Words.NEEDED
    effect = EFFECTS.get(answer, "Goes on record as your answer; then the checks decide.")
    return Choice(answer, " ".join(lines(answer)), effect, words)
