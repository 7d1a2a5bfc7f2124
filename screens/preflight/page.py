"""How things stand before the first step, filled in while hosts answer; later the same page, to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from screens import keys
from screens.clocks import clocks
from screens.closable import Closable
from screens.help import Help
from screens.modals.base import DEAF
from screens.preflight.attention import attention_told
from screens.preflight.changes import changes_told, plan_told
from screens.preflight.facts import facts_told
from screens.preflight.hosts import hosts_told
from screens.preflight.stakes import risks_told, stakes_told, window_told
from screens.sizes import fold
from screens.source import Source
from screens.steering import Steering
from screens.view import View
from screens.widgets.choices import Choice, Choices, Chosen
from screens.widgets.heading import Heading
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Frame
from screens.widgets.wrapped import Wrapped
from screens.words import many
from wizard.checklist.model import Checklist
from wizard.hosts.world import LOCAL
from wizard.run import intents
from wizard.run.events import QuestionAsked

if TYPE_CHECKING:
    from wizard.run.planned import Planned

FRAMES = 8
"""Looks a second at whether there is something new."""

SECTIONS = {
    "attention": "What stands out",
    "hosts": "Hosts",
    "facts": "Evidence",
    "stakes": "At stake",
    "risks": "Risks",
    "window": "Maintenance window",
    "changes": "What will be changed where",
    "plan": "The whole plan",
}
"""The parts of the page, by id."""

BEGIN = "Starts with the first step. Steps that only look run by themselves; before each change you are asked."
BEGIN_DRY = "Goes through every step and says what it would do; nothing is changed."
PAUSE = "Nothing was begun. The run is kept, and going on with it comes back here."


class PreflightPage(Closable[None]):
    """Hosts, facts, risks and plan of a run; where its first step waits, the word to begin is given here.

    Args:
        source: The run.
        view: What is known of it.
        steering: Takes the answer.
    """

    BINDINGS = keys.bindings(keys.PREFLIGHT_KEYS, "preflight")

    def __init__(self, source: Source, view: View, steering: Steering) -> None:
        super().__init__()
        self._source = source
        self._view = view
        self._steering = steering
        self._told: tuple[Any, ...] = ()
        self._plan: Sequence[Planned] = ()
        self._plan_of: tuple[Any, ...] = ()
        self._asked_at = float("-inf")
        self._was_begun = view.begun

    def compose(self) -> ComposeResult:
        """The parts one below the other, and below them the answers where the first step waits."""
        yield Heading()
        with VerticalScroll(id="preflight") as page:
            self._page_frame = Frame(page)
            for name, title in SECTIONS.items():
                yield Static(Content.styled(title, "bold $primary"), id=f"about-{name}", classes="part", markup=False)
                yield Wrapped(name=f"part-{name}")
        with Vertical(id="begin") as begin:
            Frame(begin).say("Begin the first step?")
            yield Choices(self._choices())
            yield Static("", id="effect", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Keep up with what happens."""
        fold(self)
        self.query_one("#begin").display = False
        self.query(".part").set(display=False)
        self.query_one("#preflight").focus()
        self.query_one(KeyBar).show([key for key in keys.PREFLIGHT_KEYS if key.shown])
        self.keep_up()
        self.set_interval(1 / FRAMES, self.keep_up)

    def on_resize(self) -> None:
        """Columns have more or less room."""
        self._told = ()
        self.call_after_refresh(self.keep_up)

    @property
    def waiting(self) -> bool:
        """The first step waits for a person's word."""
        event = self._view.waiting.event if self._view.waiting else None
        return self._source.running and isinstance(event, QuestionAsked) and event.purpose == "begin"

    @property
    def deaf(self) -> bool:
        """The answers have only just appeared: what is pressed now was meant for what was there before."""
        return clocks(self).moment() - self._asked_at < DEAF

    def keep_up(self) -> None:
        """Show what is new; leave where the run has begun meanwhile."""
        if self._view.begun and not self._was_begun:
            if self.is_current:
                self.dismiss(None)
            return
        now = clocks(self).now()
        window = self._source.window if self._source.running else None
        self.query_one(Heading).show(self._view, running=self._source.running, now=now, window=window)
        # What is shown hangs on the record, on whether somebody works on it, and, at a window, on the time.
        told = (self._view.state.seq, self._source.running, self.waiting, window and now.minute)
        if told != self._told:
            self._told = told
            self._show()
        self._ask()

    def _show(self) -> None:
        checklist, running = self._source.checklist, self._source.running
        width = self.query_one("#preflight").scrollable_content_region.width
        if checklist is None or width <= 0:
            self._page_frame.say("Before the first step", "connecting …" if running else "")
            return
        plan, now, window = self._planned(checklist), clocks(self).now(), self._source.window
        names = list(dict.fromkeys([LOCAL, *checklist.hosts]))
        self._tell("attention", attention_told(self._view, plan, window, now))
        self._tell("hosts", hosts_told(self._view, names, running=running))
        self._tell("facts", facts_told(self._view, checklist, width, running=running))
        self._tell("stakes", stakes_told(self._view, checklist))
        self._tell("risks", risks_told(checklist))
        self._tell("window", window_told(window, now))
        self._tell("changes", changes_told(self._view, plan))
        self._tell("plan", plan_told(self._view, plan))
        title = "Plan and facts" if self._view.begun else "Before the first step"
        self._page_frame.say(title, self._standing(names))

    def _tell(self, name: str, content: Content) -> None:
        part = self.query_one(f"#part-{name}", Wrapped)
        self.query_one(f"#about-{name}").display = True
        if not content.is_same(part.told):
            part.tell(content)

    def _standing(self, names: Sequence[str]) -> str:
        checklist = self._source.checklist
        facts = len(checklist.evidence) if checklist else 0
        here = sum(name in self._view.state.hosts for name in names)
        return f"{here} of {many(len(names), 'host')}, {len(self._view.evidence)} of {many(facts, 'fact')}"

    def _planned(self, checklist: Checklist) -> Sequence[Planned]:
        """The plan, made again only where more is known."""
        state = self._view.state
        # Every kind there is comes with it: loaded while the hosts are reached, not before the first frame.
        from wizard.kinds import registry  # noqa: PLC0415
        from wizard.run.planned import planned  # noqa: PLC0415

        known = (bool(state.started), tuple(state.captured.items()), [one.command for one in state.steps.values()])
        if known != self._plan_of:
            self._plan_of, self._plan = known, planned(checklist, state, registry())
        return self._plan

    def _choices(self) -> list[Choice]:
        effect = BEGIN_DRY if self._view.dry else BEGIN
        return [Choice(intents.BEGIN, "begin", effect), Choice(intents.PAUSE, intents.PAUSE, PAUSE)]

    def _ask(self) -> None:
        """Show the answers where they are wanted, and nothing of them else."""
        begin = self.query_one("#begin")
        if begin.display == self.waiting:
            return
        begin.display = self.waiting
        if self.waiting:
            self._asked_at = clocks(self).moment()
            self.query_one(Choices).highlighted = None
            self.query_one("#effect", Static).update(
                "1 or 2 picks, then enter answers · PgDn reads on · → is the next part"
            )
            self.query_one(Choices).focus()
        else:
            self.query_one("#preflight").focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the picked answer does."""
        choices = self.query_one(Choices)
        if choices.highlighted is not None:
            effect = self._choices()[event.option_index].effect
            self.query_one("#effect", Static).update(Content.styled(effect, "italic"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        answer = self._choices()[event.option_index].answer
        self.dismiss(None)
        self._steering.give_word(Chosen(answer))

    def action_next_section(self) -> None:
        """To the next part."""
        self._go(1)

    def action_section_back(self) -> None:
        """To the part before."""
        self._go(-1)

    def _go(self, by: int) -> None:
        page = self.query_one("#preflight", VerticalScroll)
        tops = [int(self.query_one(f"#about-{name}").virtual_region.y) for name in SECTIONS]
        here = int(page.scroll_y)
        ahead = [top for top in tops if top > here] if by > 0 else [top for top in tops if top < here]
        if ahead:
            page.scroll_to(y=ahead[0] if by > 0 else ahead[-1], animate=False)

    def action_read_down(self) -> None:
        """The next page."""
        self.query_one("#preflight").scroll_page_down(animate=False)

    def action_read_up(self) -> None:
        """The page before."""
        self.query_one("#preflight").scroll_page_up(animate=False)

    def action_back(self) -> None:
        """To the screen of the run."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.PREFLIGHT_KEYS))

    def action_leave(self) -> None:
        """Leave the wizard, after a word where the run is at work."""
        self._steering.leave()
