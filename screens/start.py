"""The start screen: the checklists there are, and the runs there were."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens import keys
from screens.help import Help
from screens.modals.past import past
from screens.modals.path import AskPath
from screens.sizes import fold
from screens.widgets.choices import Chosen
from screens.widgets.keybar import KeyBar
from screens.widgets.listing import Listing
from screens.widgets.pane import Frame
from screens.words import ENDS, SEVERITIES, many, plain
from wizard.checklist.document import load
from wizard.checklist.model import Checklist
from wizard.errors import WizardError
from wizard.kinds import registry
from wizard.run.listing import LIVE, RunSummary, list_runs
from wizard.run.preparation import shipped

log = logging.getLogger(__name__)

OWN = "another one, by its path …"


@dataclass(frozen=True, slots=True)
class Offered:
    """A checklist that can be run; ``checklist`` is None where it cannot be read, with the reason in ``wrong``."""

    name: str
    path: Path
    checklist: Checklist | None = None
    wrong: str = ""


class Opens(Protocol):
    """What can be opened from here."""

    def run(self, checklist: str) -> None:
        """Begin a run of a checklist, by way of its inputs."""

    def past(self, directory: Path, what: str) -> None:
        """Do something with a run that was; see ``screens.modals.past``."""


class Start(Screen[None]):
    """Chooses what to do.

    Args:
        opens: Opens what is chosen; raises a ``WizardError`` where it cannot.
    """

    BINDINGS = keys.bindings([key for key in keys.START_KEYS if key is not keys.CHOOSE], "start")
    AUTO_FOCUS = "#checklists"

    def __init__(self, opens: Opens) -> None:
        super().__init__()
        self._opens = opens
        self._checklists: Sequence[Offered] = ()
        self._runs: Sequence[RunSummary] = ()

    def compose(self) -> ComposeResult:
        """Two lists, and what is picked in words."""
        yield Static(
            Content.assemble((" wizard", "bold"), ("  a checklist becomes a guided, gated, reversible run", "dim")),
            id="heading",
            markup=False,
        )
        with Vertical(id="start"):
            yield _list("checklists", "Checklists", "reading …")
            yield _list("runs", "Runs", "reading …")
            yield Static("", id="about", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read what there is, beside the interface."""
        fold(self)
        self.query_one(KeyBar).show(keys.START_KEYS)
        self._read()

    def on_screen_resume(self) -> None:
        """Back from a run: its line has changed."""
        if self._checklists:
            self._read()

    @work(thread=True, exclusive=True, group="start", exit_on_error=False)
    def _read(self) -> None:
        offered, runs = [_offered(name, path) for name, path in sorted(shipped().items())], _runs()
        self.app.call_from_thread(self._fill, offered, runs)

    def _fill(self, offered: Sequence[Offered], runs: Sequence[RunSummary]) -> None:
        self._checklists, self._runs = offered, runs
        lines = [*(_checklist_line(one) for one in offered), Content.styled(OWN, "dim")]
        _refill(self.query_one("#checklists", OptionList), lines)
        lines = [_run_line(one) for one in runs] or [Content.styled("no run yet", "dim")]
        _refill(self.query_one("#runs", OptionList), lines)

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
        if options.id == "checklists" and place < len(self._checklists):
            told = _about_checklist(self._checklists[place])
        elif options.id == "runs" and place < len(self._runs):
            told = _about_run(self._runs[place])
        self.query_one("#about", Static).update(told)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what is picked."""
        place = event.option_index
        if event.option_list.id == "runs":
            if place < len(self._runs):
                one = self._runs[place]
                self.app.push_screen(past(one), lambda chosen: self._past(one, chosen))
        elif place < len(self._checklists):
            self._guarded(lambda: self._opens.run(str(self._checklists[place].path)))
        elif self._checklists:
            self.app.push_screen(AskPath(), self._own)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.START_KEYS))

    def action_leave(self) -> None:
        """Leave; nothing was begun."""
        self.app.exit(return_code=0)

    def _own(self, path: str | None) -> None:
        if path:
            self._guarded(lambda: self._opens.run(path))

    def _past(self, one: RunSummary, chosen: Chosen | None) -> None:
        if chosen and chosen.answer:
            self._guarded(lambda: self._opens.past(one.directory, chosen.answer))

    def _guarded(self, opened: Callable[[], None]) -> None:
        try:
            opened()
        except WizardError as problem:
            self.notify(plain(str(problem)), severity="error", markup=False, timeout=15)


def _list(name: str, title: str, reading: str) -> OptionList:
    made = Listing(Option(Content.styled(reading, "dim"), disabled=True), id=name, markup=False, classes="list")
    Frame(made).say(title)
    return made


def _refill(options: OptionList, lines: Sequence[Content]) -> None:
    place = options.highlighted
    options.set_options([Option(line) for line in lines])
    options.highlighted = min(place or 0, len(lines) - 1)


def _offered(name: str, path: Path) -> Offered:
    try:
        return Offered(name, path, load(path, registry()).checklist)
    except WizardError as problem:
        return Offered(name, path, wrong=str(problem))


def _runs() -> Sequence[RunSummary]:
    try:
        return list_runs()
    except WizardError:
        log.exception("the runs cannot be listed")
        return ()


def _checklist_line(one: Offered) -> Content:
    if one.checklist is None:
        return Content.assemble(("✘ ", "$error"), plain(one.name), ("  cannot be read", "$error"))
    severity = (f"{one.checklist.severity.upper():8}  ", SEVERITIES.get(one.checklist.severity, ""))
    return Content.assemble(severity, (plain(one.checklist.checklist), "bold"), f"  {plain(one.checklist.title)}")


def _run_line(one: RunSummary) -> Content:
    glyph, style = ENDS.get(one.state, ("●", "bold $success") if one.state == LIVE else ("‖", "$warning"))
    began = plain(one.began[:16].replace("T", " "))
    steps = f"{one.done}/{one.total}"
    return Content.assemble(
        (f"{glyph} {plain(one.state):19}  ", style),
        (f"{began}  ", "dim"),
        f"{steps:>7}  ",
        (plain(one.checklist), "bold"),
        f"  {plain(one.title)}",
    )


def _about_checklist(one: Offered) -> Content:
    if one.checklist is None:
        return Content.styled(plain(one.wrong), "$error")
    phases = one.checklist.phases
    steps = sum(len(phase.steps) for phase in phases)
    criteria = many(len(one.checklist.exit_criteria), "exit criterion", "exit criteria")
    size = f"{many(len(phases), 'phase')}, {many(steps, 'step')}, {criteria}"
    return Content.assemble(plain(one.checklist.about or one.checklist.title), "\n", (size, "dim"))


def _about_run(one: RunSummary) -> Content:
    detail = f"{one.state}: {one.detail}" if one.detail else one.state
    return Content.assemble(plain(detail), "\n", (plain(str(one.directory)), "dim"))
