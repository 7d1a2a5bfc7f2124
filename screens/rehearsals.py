"""The first screen of a drill: the whole incident, or a rehearsal in which one step fails and is rolled back."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from screens import keys
from screens.closable import Closable
from screens.help import Help
from screens.widgets.choices import Choice, Choices
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Frame
from wizard.drill.faults import FAULTS, NOTHING, Fault

ABOUT = (
    "A practice host starts on this machine: a real SSH server, a real shell and a real Redis that cannot save. "
    "You work the incident on it as on a real host; when you leave, it is gone, and only the run's record stays."
)


class Rehearsals(Closable[None]):
    """Chooses what to practise.

    Args:
        chosen: Told the step that is to fail; empty for the whole incident.
    """

    BINDINGS = keys.bindings([keys.HELP, keys.LEAVE], "rehearsals")

    def __init__(self, chosen: Callable[[str], None]) -> None:
        super().__init__()
        self._chosen = chosen
        self._choices = [_choice(fault) for fault in (NOTHING, *FAULTS)]

    def compose(self) -> ComposeResult:
        """What a drill is, what there is to choose, and what the picked one is about."""
        yield Static(
            Content.assemble((" wizard drill", "bold"), ("  nothing real is touched", "dim")),
            id="heading",
            markup=False,
        )
        with Vertical(id="rehearsals") as frame:
            Frame(frame).say("What do you want to practise?")
            yield Static(ABOUT, id="drill", markup=False)
            yield Choices(self._choices)
            yield Static("", id="effect", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """The whole incident is picked: nothing it could do by mistake would matter."""
        self.query_one(KeyBar).show(keys.REHEARSAL_KEYS)
        choices = self.query_one(Choices)
        choices.focus()
        choices.highlighted = 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell the story of what is picked."""
        self.query_one("#effect", Static).update(Content.styled(self._choices[event.option_index].effect, "italic"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Begin with it."""
        self._chosen(self._choices[event.option_index].answer)
        self.app.exit(return_code=0)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(keys.REHEARSAL_KEYS))

    def action_leave(self) -> None:
        """Leave; nothing was begun."""
        self.app.exit(return_code=0)


def _choice(fault: Fault) -> Choice:
    label = fault.title if not fault.step else f"{fault.step}: {fault.title}"
    return Choice(fault.step, label, fault.story)
