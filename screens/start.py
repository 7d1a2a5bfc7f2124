"""The start screen: the checklists there are, and the runs there were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from screens import keys, shelved
from screens.closable import Closable
from screens.compare import Compare
from screens.help import Help
from screens.modals.past import COMPARE, past
from screens.modals.path import AskPath
from screens.modals.pick import PickRun
from screens.shelf import Offered, Shelf
from screens.sizes import fold
from screens.widgets.choices import Chosen
from screens.widgets.keybar import KeyBar
from screens.widgets.listing import LineListing
from screens.widgets.pane import Frame
from screens.words import many, plain
from wizard.errors import WizardError
from wizard.run.listing import RunSummary

OWN = "another one, by its path …"


class Opens(Protocol):
    """What can be opened from here."""

    def run(self, checklist: str) -> None:
        """Begin a run of a checklist, by way of its inputs."""

    def past(self, directory: Path, what: str) -> None:
        """Do something with a run that was; see ``screens.modals.past``."""


class Start(Closable[None]):
    """Chooses what to do.

    Args:
        opens: Opens what is chosen; raises a ``WizardError`` where it cannot.
        shelf: Reads what there is.
    """

    BINDINGS = keys.bindings([key for key in keys.START_KEYS if key is not keys.CHOOSE], "start")
    AUTO_FOCUS = "#checklists"

    def __init__(self, opens: Opens, shelf: Shelf | None = None) -> None:
        super().__init__()
        self._opens = opens
        self._shelf = shelf or Shelf()
        self._offered: Sequence[Offered] = ()
        self._runs: Sequence[RunSummary] = ()
        self._checklists_shown: Sequence[Offered] = ()
        self._runs_shown: Sequence[RunSummary] = ()
        self._whole = False

    def compose(self) -> ComposeResult:
        """Words to find by, two lists, and what is picked in words."""
        yield Static(
            Content.assemble((" wizard", "bold"), ("  a checklist becomes a guided, gated, reversible run", "dim")),
            id="heading",
            markup=False,
        )
        yield Input(id="filter", placeholder="/ shows only what has these words", select_on_focus=False)
        with Vertical(id="start"):
            yield _list("checklists")
            yield _list("runs")
            yield Static("", id="about", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read what there is, beside the interface."""
        fold(self)
        self.query_one(KeyBar).show([key for key in keys.START_KEYS if key.shown])
        self._frames = {name: Frame(self.query_one(f"#{name}")) for name in ("checklists", "runs")}
        self._frames["checklists"].say("Checklists")
        self._frames["runs"].say("Runs", "reading …")
        self._read()

    def on_screen_resume(self) -> None:
        """Back from a run: its line has changed."""
        if self._offered:
            self._read()

    @work(thread=True, exclusive=True, group="start", exit_on_error=False)
    def _read(self) -> None:
        worker = get_current_worker()
        shipped, runs = self._shelf.shipped(), list[RunSummary]()
        for page in self._shelf.runs():
            runs += page
            if worker.is_cancelled:
                return
            self.app.call_from_thread(self._take, self._offered or shipped, tuple(runs), whole=False)
        offered = [*shipped, *self._shelf.recent(runs)]
        if not worker.is_cancelled:
            self.app.call_from_thread(self._take, offered, tuple(runs), whole=True)

    def _take(self, offered: Sequence[Offered], runs: Sequence[RunSummary], *, whole: bool) -> None:
        """What was read so far; where more was read before, that stays until everything was read again."""
        self._whole = whole
        self._offered = offered
        if whole or len(runs) > len(self._runs):
            self._runs = runs
        self._show()

    def _show(self) -> None:
        """What has the words, in its list, with the same one picked as before."""
        wanted = self.query_one("#filter", Input).value
        checklists = [one for one in self._offered if shelved.has_words(shelved.checklist_text(one), wanted)]
        runs = [one for one in self._runs if shelved.has_words(shelved.run_text(one), wanted)]
        if checklists != self._checklists_shown or not checklists:
            lines = [*(shelved.checklist_line(one) for one in checklists), Content.styled(OWN, "dim")]
            _refill(self.query_one("#checklists", OptionList), lines)
        self._show_runs(runs, wanted)
        self._checklists_shown, self._runs_shown = checklists, runs
        self._count(wanted)

    def _show_runs(self, runs: Sequence[RunSummary], wanted: str) -> None:
        options, before = self.query_one("#runs", OptionList), self._runs_shown
        if before and runs[: len(before)] == before:
            options.add_options([Option(shelved.run_line(one)) for one in runs[len(before) :]])
            return
        picked = self._picked_run()
        place = next((at for at, one in enumerate(runs) if picked and one.directory == picked.directory), None)
        _refill(options, [shelved.run_line(one) for one in runs] or [self._no_run(wanted)], place)

    def _no_run(self, wanted: str) -> Content:
        if self._shelf.wrong:
            return Content.styled(plain(self._shelf.wrong), "$error")
        told = "no run has these words" if wanted and self._runs else "no run yet" if self._whole else "reading …"
        return Content.styled(told, "dim")

    def _count(self, wanted: str) -> None:
        shown, there = len(self._runs_shown), len(self._runs)
        counted = f"{shown:,} of {many(there, 'run')}" if wanted else many(there, "run")
        self._frames["runs"].say("Runs", counted if self._whole else f"reading … {counted}")
        shown, there = len(self._checklists_shown), len(self._offered)
        self._frames["checklists"].say("Checklists", f"{shown} of {there}" if wanted else "")

    def _picked_run(self) -> RunSummary | None:
        place = self.query_one("#runs", OptionList).highlighted or 0
        return self._runs_shown[place] if 0 < place < len(self._runs_shown) else None

    def on_input_changed(self, _event: Input.Changed) -> None:
        """The lists follow what is typed."""
        if self._offered:
            self._show()
            self._tell_about(self._found())

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """To what was found."""
        self._found().focus()

    def _found(self) -> OptionList:
        """The list with what has the words."""
        found = "#checklists" if self._checklists_shown or not self._runs_shown else "#runs"
        return self.query_one(found, OptionList)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more of what is picked."""
        if event.option_list.has_focus:
            self._tell_about(event.option_list)

    def on_descendant_focus(self) -> None:
        """Another list is looked at."""
        if isinstance(self.focused, OptionList):
            self._tell_about(self.focused)

    def _tell_about(self, options: OptionList) -> None:
        place = options.highlighted or 0
        told = Content("")
        if options.id == "checklists" and place < len(self._checklists_shown):
            told = shelved.about_checklist(self._checklists_shown[place])
        elif options.id == "runs" and place < len(self._runs_shown):
            told = shelved.about_run(self._runs_shown[place])
        self.query_one("#about", Static).update(told)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what is picked."""
        place = event.option_index
        if event.option_list.id == "runs":
            if place < len(self._runs_shown):
                self._ask_about(self._runs_shown[place])
        elif place < len(self._checklists_shown):
            path = self._checklists_shown[place].path
            self._guarded(lambda: self._opens.run(str(path)))
        elif self._offered:
            self.app.push_screen(AskPath(), self._own)

    def action_filter(self) -> None:
        """To the words to find by."""
        self.query_one("#filter").focus()

    def action_clear(self) -> None:
        """Everything is shown again."""
        words = self.query_one("#filter", Input)
        words.value = ""
        if words.has_focus:
            self.query_one("#checklists").focus()

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.START_KEYS))

    def action_leave(self) -> None:
        """Leave; nothing was begun."""
        self.app.exit(return_code=0)

    def _own(self, path: str | None) -> None:
        if path:
            self._guarded(lambda: self._opens.run(path))

    def _ask_about(self, one: RunSummary) -> None:
        alike = [other for other in self._runs if other.checklist == one.checklist and other.directory != one.directory]
        modal = past(one, comparable=bool(one.checklist and alike))
        self.app.push_screen(modal, lambda chosen: self._past(one, alike, chosen))

    def _past(self, one: RunSummary, alike: Sequence[RunSummary], chosen: Chosen | None) -> None:
        if chosen and chosen.answer == COMPARE:
            self.app.push_screen(PickRun(one, alike), lambda other: self._compare(one, other))
        elif chosen and chosen.answer:
            self._guarded(lambda: self._opens.past(one.directory, chosen.answer))

    def _compare(self, one: RunSummary, other: RunSummary | None) -> None:
        if other:
            earlier, later = sorted((one, other), key=lambda run: run.began)
            self.app.push_screen(Compare(earlier.directory, later.directory))

    def _guarded(self, opened: Callable[[], None]) -> None:
        try:
            opened()
        except WizardError as problem:
            self.notify(plain(str(problem)), severity="error", markup=False, timeout=15)


def _list(name: str) -> OptionList:
    return LineListing(Option(Content.styled("reading …", "dim"), disabled=True), id=name, markup=False, classes="list")


def _refill(options: OptionList, lines: Sequence[Content], place: int | None = None) -> None:
    place = options.highlighted if place is None else place
    options.set_options([Option(line) for line in lines])
    options.highlighted = min(place or 0, len(lines) - 1)
