"""A step's text to be edited: the command and its undo, with a word why."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from screens.elsewhere import EDITORS, lent, named, run
from screens.keys import EDITOR, TAKE_EDIT, bindings
from screens.modals.base import Modal
from screens.widgets.editor import Editor
from screens.widgets.pane import Frame
from screens.words import plain
from wizard.errors import WizardError
from wizard.run.events import EditOffered
from wizard.run.intents import Edit
from wizard.text import hidden

HINT = "^s takes it, and shows it for approval · ^e $EDITOR · ⇥ next · esc goes back"

LONGEST = 1024 * 1024
"""Bytes that are read back from an editor."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A person's text, and why."""

    edit: Edit
    why: str


class EditStep(Modal[Edited]):
    """Asks for the text to run in place of the step's.

    Args:
        offered: What may be edited.
        title: The step in words.
    """

    BINDINGS = bindings([TAKE_EDIT, EDITOR])
    AUTO_FOCUS = "#text"

    def __init__(self, offered: EditOffered, title: str) -> None:
        super().__init__()
        self._offered = offered
        self._heading = title

    def compose(self) -> ComposeResult:
        """The text, the undo where it is text of its own, and why."""
        with Vertical(id="dialog", classes="warning edit") as dialog:
            Frame(dialog).say(Content.assemble(("Edit and run again", "bold"), f" · {self._heading}"))
            yield Editor(self._offered.text, id="text", tab_behavior="focus")
            if self._offered.undo_written:
                yield Static("what takes it back", classes="label", markup=False)
                yield Editor(self._offered.undo, id="undo-text", tab_behavior="focus")
            yield Input(id="words", placeholder="why? it goes into the report")
            yield Static(HINT, id="hint", markup=False)

    def action_take(self) -> None:
        """Take it, where it can be run and somebody says why."""
        edit, why = self._edit(), self.query_one("#words", Input).value.strip()
        wrong = self._wrong(edit)
        if wrong:
            self._hint(wrong)
        elif not why:
            self.query_one("#words").focus()
            self._hint("Somebody has to stand for this: say why.")
        else:
            self.dismiss(Edited(edit, why))

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """Enter behind the words takes it as well."""
        self.action_take()

    def action_editor(self) -> None:
        """Hand the text that has the focus to $EDITOR."""
        area = self.focused if isinstance(self.focused, TextArea) else self.query_one("#text", TextArea)
        try:
            with lent(self.app):
                text = edited_outside(area.text)
        except (OSError, ValueError, WizardError, SuspendNotSupported, subprocess.SubprocessError) as problem:
            self._hint(f"The editor did not work: {problem}")
            return
        area.load_text(text)

    def _edit(self) -> Edit:
        undo = self.query_one("#undo-text", TextArea).text if self._offered.undo_written else ""
        return Edit(self.query_one("#text", TextArea).text, undo)

    def _wrong(self, edit: Edit) -> str:
        if not edit.text.strip():
            return "There is nothing to run. Escape goes back: a step is skipped there."
        if self._offered.undo_written and not edit.undo.strip():
            return "Write what takes it back."
        if hidden(edit.text + edit.undo):
            return "It holds something that cannot be seen; take that out."
        if edit == Edit(self._offered.text, self._offered.undo):
            return "Nothing is changed yet. Escape goes back: there it can be run again as it is."
        return ""

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Static).update(Content.styled(plain(text), "bold $warning"))


def edited_outside(text: str) -> str:
    """The text after a person edited it in their own editor, in a file that is theirs alone.

    Raises:
        OSError, ValueError, SubprocessError, UsageError: It could not be edited.
    """
    editor = named(EDITORS, "vi")
    with tempfile.TemporaryDirectory(prefix="wizard-edit-") as folder:
        file = Path(folder) / "step"
        file.write_text(text, encoding="utf-8")
        if status := run(editor, file):
            raise subprocess.CalledProcessError(status, editor)
        with file.open("rb") as read:
            return read.read(LONGEST).decode("utf-8")
