"""A host that is not free to be changed: another run holds it, or it is not what it was. Three answers by effect."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import View
from screens.widgets.choices import Choice, Words
from screens.words import moment, plain
from wizard.run import events as ev
from wizard.run import intents

PAUSES = "Nothing is changed. The run stops with its state kept."

HELD = (
    Choice(
        intents.AGAIN, "look again", "Asks the host once more; where the other run has ended by then, this one goes on."
    ),
    Choice(intents.PAUSE, "leave it to them, and pause", PAUSES),
    Choice(
        intents.TAKE_OVER,
        "I spoke with them: take the host over",
        "The other run starts nothing more there, whatever it has half done. The record names who held it, and you.",
        Words.OPTIONAL,
        grave=True,
    ),
)
OUT_OF_ROLE = (
    Choice(intents.AGAIN, "look again", "Asks the host once more; where it is back in its role, the run goes on."),
    Choice(intents.PAUSE, "pause", PAUSES),
    Choice(
        intents.GO_ON,
        "it is still the one: go on here",
        "The change is made here, and later ones too as long as it stays so. Your words go on record.",
        Words.NEEDED,
        grave=True,
    ),
)


def host_held(view: View, asked: ev.QuestionAsked) -> Choosing:
    """The modal of a host that another run holds: who, since when and from where."""
    told = [
        Content.assemble(("watch    ", "dim"), "`wizard watch` with the run's id, on the machine where it is"),
        Content.styled("That run began to change the host and has not ended. Speak with whoever runs it first.", "dim"),
    ]
    return _modal(view, asked, "Another run changes this host", told, HELD)


def out_of_role(view: View, asked: ev.QuestionAsked) -> Choosing:
    """The modal of a host whose role, master or replica, is another one."""
    told = [
        Content.styled("After a failover another host may be the one to work on. This change was not started.", "dim")
    ]
    return _modal(view, asked, "The host is not what it was", told, OUT_OF_ROLE)


def _modal(
    view: View, asked: ev.QuestionAsked, word: str, told: Sequence[Content], choices: Sequence[Choice]
) -> Choosing:
    title = Content.assemble((word, "bold"), f" · {view.named(asked.scope)}")
    first = Content.assemble(("told     ", "dim"), (plain(asked.text), "bold $warning"))
    looked = moment(view.state.last_at)
    # Whoever looks again and is told the same is to see that it is a new look.
    when = [Content.assemble(("looked   ", "dim"), f"{looked:%H:%M:%S}Z")] if looked else []
    return Choosing(title, Content("\n").join([first, *when, *told]), choices, "error")
