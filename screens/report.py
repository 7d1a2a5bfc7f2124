"""The incident report, rendered from the journal: read, searched, written where only a person knows, saved."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import OptionList
from textual.worker import Worker, get_current_worker

from screens import keys
from screens.closable import Closable
from screens.help import Help
from screens.modals.base import Modal
from screens.modals.find import Find
from screens.modals.headings import Headings
from screens.modals.sections import sections
from screens.modals.write import Write
from screens.outside import paged
from screens.sizes import fold
from screens.source import Source
from screens.widgets.choices import Chosen
from screens.widgets.contents import Contents
from screens.widgets.keybar import KeyBar
from screens.widgets.paper import Paper
from screens.widgets.sheet import Sheet, sheet
from screens.words import plain
from screens.writing import Writing
from wizard.errors import WizardError
from wizard.report.escape import fence
from wizard.report.files import REPORT
from wizard.report.model import Section
from wizard.run.events import Record, SectionWritten

log = logging.getLogger(__name__)

Ask = Callable[[Modal[Any], Callable[[Any], None]], None]
"""Shows a modal and hands its result on."""

PATIENCE, PAUSE = 5.0, 0.1
"""Seconds that words may take to get on record through a running engine, and between two looks."""


def report_of(source: Source, ask: Ask | None = None, heard: Callable[[Record], None] = lambda _: None) -> Report:
    """The report of a run, in which people can write.

    Args:
        source: The run.
        ask: Asks so that nothing else is asked meanwhile.
        heard: Hears of what was put on record where no engine tells of it.
    """
    return Report(source.report, Writing(source, heard), ask)


class Report(Closable[None]):
    """The report as it stands now. Nothing in it can be followed.

    Args:
        render: Makes the Markdown; called in a thread.
        writing: Puts words on record; None where it is only to be read.
        ask: Shows a modal so that nothing else is asked meanwhile.
    """

    BINDINGS = keys.bindings(keys.REPORT_KEYS, "report")

    def __init__(self, render: Callable[[], str], writing: Writing | None = None, ask: Ask | None = None) -> None:
        super().__init__()
        self._render_report = render
        self._writing = writing
        self._ask_first = ask
        self._markdown = ""
        self._sections: Sequence[Section] = ()
        self._drafts: dict[str, str] = {}
        self._awaited: SectionWritten | None = None
        self._just_written: Section | None = None

    def compose(self) -> ComposeResult:
        """Contents beside one long page."""
        with Horizontal(id="reading"):
            yield Contents()
            yield Paper("report", "Incident report")
        yield KeyBar()

    def on_mount(self) -> None:
        """It can be scrolled at once."""
        fold(self)
        paper = self.query_one(Paper)
        self.watch(paper, "scroll_y", self._moved, init=False)
        paper.focus()
        self._offer()

    def on_resize(self) -> None:
        """Its lines are as long as there is room."""
        self.call_after_refresh(self._lay_out)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """A key that would do nothing is not offered."""
        if action in {"write", "save", "copy_path"}:
            return self._writing is not None
        if action in {"find_next", "find_previous"}:
            return self.query_one(Paper).finding
        return True

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.REPORT_KEYS))

    def action_read_again(self) -> None:
        """A run at work has gone on."""
        self._markdown = ""
        self._lay_out()

    def action_find(self) -> None:
        """Ask for words, and go to them."""
        self._ask(Find(), self._find)

    def action_find_next(self) -> None:
        """The next place."""
        self.query_one(Paper).find_next(1)

    def action_find_previous(self) -> None:
        """The place before."""
        self.query_one(Paper).find_next(-1)

    def action_contents(self) -> None:
        """Go by headings: in the list beside the page, or in one over it where there is no room."""
        paper, contents = self.query_one(Paper), self.query_one(Contents)
        if contents.display and not self.has_class("-narrow"):
            (paper if contents.has_focus else contents).focus()
        else:
            self._ask(Headings(paper.sheet.places, paper.part), self._go_to)

    def action_write(self) -> None:
        """Choose a section, and write it."""
        paper = self.query_one(Paper)
        here = paper.sheet.places[paper.part].title if paper.sheet.places else ""
        if self._sections:
            self._ask(sections(self._sections, here), self._chosen)

    def action_save(self) -> None:
        """Write the file beside the journal."""
        self._save()

    def action_copy_path(self) -> None:
        """Copy where the file is."""
        if self._writing:
            path = plain(str(self._writing.directory / REPORT))
            self.app.copy_to_clipboard(path)
            self._say(f"Copied, where your terminal allows it: {path}")

    def action_pager(self) -> None:
        """Lend the terminal to a pager."""
        try:
            paged(self.app, self._markdown)
        except WizardError as problem:
            self._say(str(problem), wrong=True)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Moving among the headings moves the page."""
        if event.option_list.has_focus:
            self.query_one(Paper).go_to(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there, to read on."""
        paper = self.query_one(Paper)
        paper.go_to(event.option_index)
        paper.focus()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Nothing is to be seen of it; its end is told by what it did."""
        event.stop()

    def _moved(self) -> None:
        contents = self.query_one(Contents)
        if not contents.has_focus:
            contents.look_at(self.query_one(Paper).part)

    def _go_to(self, number: int | None) -> None:
        if number is not None:
            self.query_one(Paper).go_to(number)

    def _find(self, words: str | None) -> None:
        if words is not None:
            paper = self.query_one(Paper)
            paper.find(words)
            self._offer()

    def _chosen(self, chosen: Chosen | None) -> None:
        section = next((one for one in self._sections if chosen and one.key == chosen.answer), None)
        if section is None:
            return
        page = Write(section, self._drafts.get(section.key))
        self._ask(page, lambda text: self._written(section, page.draft, text))

    def _written(self, section: Section, draft: str, text: str | None) -> None:
        """Put it on record, or keep it as a draft until the report is closed."""
        self._drafts[section.key] = draft
        if text is None or self._writing is None:
            return
        words = SectionWritten(section.key, text)
        try:
            told = "Nothing has changed." if text == section.text else self._writing.put(words)
        except WizardError as problem:
            self._say(str(problem), wrong=True)
            return
        del self._drafts[section.key]
        self._awaited, self._just_written = words, replace(section, text=text)
        self._say(told)
        self.action_read_again()

    def _ask(self, modal: Modal[Any], then: Callable[[Any], None]) -> None:
        if self._ask_first:
            self._ask_first(modal, then)
        else:
            self.app.push_screen(modal, then)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.notify(plain(text), severity="error" if wrong else "information", markup=False)

    def _offer(self) -> None:
        self.query_one(KeyBar).show([key for key in keys.REPORT_KEYS if key.shown and self.check_action(key.id, ())])

    @work(thread=True, exclusive=True, group="save", exit_on_error=False)
    def _save(self) -> None:
        try:
            told = f"Saved in {self._writing.save()}" if self._writing else ""
        except WizardError as problem:
            self.app.call_from_thread(self._say, str(problem), wrong=True)
        else:
            self.app.call_from_thread(self._say, told)

    def _lay_out(self) -> None:
        width = self.query_one(Paper).scrollable_content_region.width
        if width > 0:
            self._make(width)

    @work(thread=True, exclusive=True, group="report", exit_on_error=False)
    def _make(self, width: int) -> None:
        """Beside the interface, which must not wait."""
        worker = get_current_worker()
        if not self._markdown:
            self._sections = self._asked(worker)
            self._markdown = self._told()
        made = sheet(self._markdown, width, self.app.current_theme)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, made)

    def _asked(self, worker: Worker[Any]) -> Sequence[Section]:
        """What people are asked for; where words are on their way there, they are waited for."""
        if self._writing is None:
            return ()
        wanted, until = self._awaited, time.monotonic() + PATIENCE
        while True:
            try:
                found = self._writing.sections()
            except Exception:
                log.exception("the sections of the report cannot be read")
                return ()
            there = wanted is None or any(one.key == wanted.section and one.text == wanted.text for one in found)
            if there or worker.is_cancelled or time.monotonic() > until:
                self._awaited = None
                self._keep_file(wanted)
                return found
            time.sleep(PAUSE)

    def _keep_file(self, written: SectionWritten | None) -> None:
        """What was written stands in report.md too, as no engine may come that way any more."""
        try:
            if written and self._writing:
                self._writing.save()
        except WizardError:
            log.exception("report.md could not be written")

    def _told(self) -> str:
        try:
            return self._render_report()
        except WizardError as problem:
            return f"The report cannot be rendered.\n\n{fence(str(problem))}"
        except Exception:
            log.exception("the report met an error of its own")
            return "The report cannot be rendered; the debug log says why. The record is kept."

    def _show(self, made: Sheet) -> None:
        if self.is_attached:
            paper = self.query_one(Paper)
            paper.show(made)
            written, self._just_written = self._just_written, None
            if written:
                self.call_after_refresh(paper.show_words, written.heading, written.text)
            self.query_one(Contents).show(made.places, paper.part)
