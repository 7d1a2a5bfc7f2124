"""Another run holds a host: who, since when and from where, and whether a person takes the host over from them."""

from __future__ import annotations

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import View
from screens.widgets.choices import Choice, Words
from screens.words import plain
from wizard.run import events as ev
from wizard.run import intents

AGAIN = "Asks the host once more; where the other run has ended by then, this one goes on."
TAKES = "The other run starts nothing more there, whatever it has half done. The record names who held it, and you."
PAUSES = "Nothing is changed. The run stops with its state kept."


def host_held(view: View, asked: ev.QuestionAsked) -> Choosing:
    """The modal of a host that another run holds."""
    told = [
        Content.assemble(("told     ", "dim"), (plain(asked.text), "bold $warning")),
        Content.assemble(("watch    ", "dim"), "`wizard watch` with the run's id, on the machine where it is"),
        Content.styled("That run began to change the host and has not ended. Speak with whoever runs it first.", "dim"),
    ]
    choices = [
        Choice(intents.AGAIN, "look again", AGAIN),
        Choice(intents.PAUSE, "leave it to them, and pause", PAUSES),
        Choice(intents.TAKE_OVER, "I spoke with them: take the host over", TAKES, Words.OPTIONAL, grave=True),
    ]
    title = Content.assemble(("Another run changes this host", "bold"), f" · {view.named(asked.scope)}")
    return Choosing(title, Content("\n").join(told), choices, "error")
