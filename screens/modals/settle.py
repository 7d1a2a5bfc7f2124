"""What became of a hypothesis."""

from __future__ import annotations

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.widgets.choices import Choice, Words
from screens.words import plain
from wizard.run.items import CONFIRMED, ELIMINATED, OPEN, Item


def settle(item: Item) -> Choosing:
    """Asks for its fate; a hypothesis is settled by a reason, not by a mood."""
    now = f"It stands as {item.outcome}{f': {plain(item.reason)}' if item.reason else ''}."
    body = Content("\n").join([Content.styled(plain(item.text), "bold"), Content.styled(now, "dim")])
    choices = [
        Choice(ELIMINATED, "eliminated", "It is not so; say what shows that. It stays in the report.", Words.NEEDED),
        Choice(CONFIRMED, "confirmed", "It is so; say what shows that.", Words.NEEDED),
        Choice(OPEN, "open", "Nobody knows yet; it is to be followed up.", Words.OPTIONAL),
        Choice("", "leave it", "Nothing happens."),
    ]
    return Choosing("Hypothesis", body, choices)
