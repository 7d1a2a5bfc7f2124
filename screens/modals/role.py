"""A host that is not what it was, master or replica, ahead of a change: look again, leave it, or take it as it is."""

from __future__ import annotations

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import View
from screens.widgets.choices import Choice, Words
from screens.words import plain
from wizard.run import events as ev
from wizard.run import intents

AGAIN = "Asks the host once more; where it is back in its role, the run goes on."
TAKES = "The change is made here, and later ones too as long as it stays so. Your words go on record."
PAUSES = "Nothing is changed. The run stops with its state kept."


def role(view: View, asked: ev.QuestionAsked) -> Choosing:
    """The modal of a host whose role is another one."""
    told = [
        Content.assemble(("told     ", "dim"), (plain(asked.text), "bold $warning")),
        Content.styled("After a failover another host may be the one to work on. Nothing was started here.", "dim"),
    ]
    choices = [
        Choice(intents.AGAIN, "look again", AGAIN),
        Choice(intents.PAUSE, "pause", PAUSES),
        Choice(intents.GO_ON, "it is still the one: go on here", TAKES, Words.NEEDED, grave=True),
    ]
    title = Content.assemble(("The host is not what it was", "bold"), f" · {view.named(asked.scope)}")
    return Choosing(title, Content("\n").join(told), choices, "error")
