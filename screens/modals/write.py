"""A page for a person's words: a section of the report."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from screens.keys import EDITOR, KEEP_WORDS, bindings
from screens.modals.base import Modal
from screens.outside import edited
from screens.widgets.editor import Editor
from screens.widgets.pane import Frame
from screens.widgets.wrapped import Wrapped
from screens.words import lines, plain
from wizard.errors import UsageError
from wizard.report.model import Section
from wizard.report.times import shown
from wizard.run.words import LONGEST_SECTION, refuse
from wizard.text import sanitise

HINT = "^s puts it on record · ^e opens your editor · esc keeps it as a draft"


class Page(Editor):
    """Text in which nothing is hidden: what is pasted is made visible like what comes from anywhere."""

    def on_paste(self, event: events.Paste) -> None:
        """Comes ahead of what Textual does with it."""
        event.text = sanitise(event.text)


class Write(Modal[str]):
    """Asks for the words of a section; its result is all of them.

    Args:
        section: What is asked, and the words on record.
        draft: What was typed before and is not on record; None where nothing was.
    """

    AUTO_FOCUS = "#page"
    BINDINGS = bindings([KEEP_WORDS, EDITOR])

    def __init__(self, section: Section, draft: str | None = None) -> None:
        super().__init__()
        self._section = section
        self.draft = "\n".join(lines(section.text)) if draft is None else draft

    def compose(self) -> ComposeResult:
        """What is asked, who wrote it last, the page, and how to go on."""
        with Vertical(id="dialog", classes="calm writing") as dialog:
            Frame(dialog).say(plain(self._section.heading))
            yield Wrapped(_asked(self._section))
            yield Page(self.draft, id="page", soft_wrap=True)
            yield Static(HINT, id="hint", markup=False)

    def on_mount(self) -> None:
        """One goes on where the words end."""
        page = self.query_one(Page)
        page.cursor_blink = False
        page.move_cursor(page.document.end)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """What is typed is kept, whatever comes in between."""
        self.draft = event.text_area.text

    def action_keep(self) -> None:
        """Hand it on."""
        try:
            refuse(self.draft, "section", LONGEST_SECTION)
        except UsageError as problem:
            self._say(str(problem))
            return
        self.dismiss(self.draft.strip())

    def action_editor(self) -> None:
        """Write it in an editor; what it leaves is looked over here before it is put on record."""
        app: App[int] = self.app
        try:
            self.query_one("#page", TextArea).text = edited(app, self.draft).rstrip("\n")
        except UsageError as problem:
            self._say(str(problem))

    def _say(self, text: str) -> None:
        self.query_one("#hint", Static).update(Content.styled(plain(text), "bold $warning"))


def _asked(section: Section) -> Content:
    said = f"Written by {section.who}, {shown(section.at)}" if section.text else "Nobody has written it yet"
    how = "Paragraphs, and lines that begin with - for a list. It goes on record with your name."
    return Content.assemble((plain(section.ask), "bold"), "\n", (f"{plain(said)}. {how}", "dim"))
