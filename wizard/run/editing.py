"""A step's text in a person's hands: what may be edited at a gate, and what of it is taken."""

from __future__ import annotations

import difflib

from wizard.actions.base import Editable
from wizard.checklist.model import Step
from wizard.errors import UsageError, WizardError
from wizard.run import events as ev
from wizard.run.context import Context
from wizard.run.intents import Edit


class Editing:
    """Offers texts, and puts a person's own on record before it is run."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def offer(self, step: Step) -> bool:
        """Put on record what may be edited of a step; False where nothing may.

        A text that holds a secret is not offered: it could only be shown masked, and would then run masked.
        """
        offered = self._offered(step)
        if offered and offered != self._context.recorder.state.steps[step.id].offered:
            self._context.recorder.record(offered)
        return offered is not None

    def _offered(self, step: Step) -> ev.EditOffered | None:
        try:
            now, written = self._context.action(step).editable(), self._context.written(step).editable()
        except WizardError:
            return None
        if now is None or written is None:
            return None
        texts = (now.text, now.undo, written.text, written.undo)
        return None if any(map(self._context.redactor.contains, texts)) else ev.EditOffered(step.id, *texts)

    def take(self, step: Step, edit: Edit | None, reason: str) -> None:
        """Put a text on record; from here on it is what this step runs.

        Raises:
            UsageError: It cannot be run; why, in a person's words.
        """
        written = self._context.written(step).editable()
        if edit is None or written is None:
            raise UsageError("no text was given to run", mend="Edit it at the gate, in the interface")
        self._refuse(edit, written)
        diff = difference(written, edit)
        self._context.recorder.record(ev.StepEdited(step.id, edit.text, edit.undo, diff, reason))

    def _refuse(self, edit: Edit, written: Editable) -> None:
        if not edit.text.strip():
            raise UsageError("the edited text is empty", mend="Skip the step, where nothing is to be run")
        if written.undo and not edit.undo.strip():
            raise UsageError("the edited undo is empty", mend="Write what takes the edited command back")
        if "\0" in edit.text + edit.undo:
            raise UsageError("the edited text holds a NUL, which no command can", mend="Take it out")
        if any(map(self._context.redactor.contains, (edit.text, edit.undo))):
            mend = "Read it from the variable that the checklist's `secrets` gives"
            raise UsageError("the edited text holds a secret, which would be kept in the record", mend=mend)


def difference(written: Editable, edit: Edit) -> str:
    """A unified diff from the checklist's text to a person's, and from its undo to theirs; empty where they agree."""
    parts = (("text", written.text, edit.text), ("undo", written.undo, edit.undo))
    return "".join(unified(name, then, now) for name, then, now in parts)


def unified(name: str, then: str, now: str) -> str:
    """A unified diff of two texts."""
    if then == now:
        return ""
    names = (f"{name} in the checklist", f"{name} as edited")
    lines = difflib.unified_diff(_lines(then), _lines(now), *names, lineterm="", n=3)
    return "".join(f"{line}\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines; a last one without an end is told apart, as a difference of that alone would show as none."""
    *whole, rest = text.split("\n")
    return [*whole, f"{rest} (no line end)"] if rest else whole
