"""Who is to be told now, with the text to paste; and that it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from textual.content import Content
from textual.screen import Screen

from screens.audience import ToTell
from screens.keys import COPY, bindings
from screens.modals.choosing import Choosing
from screens.widgets.choices import Choice, Choices, Chosen
from screens.words import lines

NOBODY = "nobody"


class Telling(Choosing):
    """Asks whom a person told; ``y`` copies the text of the one that is picked, or of the first.

    Args:
        notices: Who is to be told.
        title: Why now.
    """

    BINDINGS = bindings([COPY])

    def __init__(self, notices: Sequence[ToTell], title: str) -> None:
        self._notices = tuple(notices)
        choices = [
            Choice(str(place), f"told: {one.who}", "Goes on record as a note, #comms.")
            for place, one in enumerate(notices)
        ]
        nothing = Choice(NOBODY, "go back", "Nothing goes on record.")
        told = Content("\n").join(notices_told(notices, "  y copies it"))
        super().__init__(title, told, [*choices, nothing])

    def action_copy(self) -> None:
        """Take the text along."""
        place = self.query_one(Choices).highlighted or 0
        copy_texts(self, self._notices[place : place + 1] or self._notices[:1])


def told_of(notices: Sequence[ToTell], chosen: Chosen | None) -> ToTell | None:
    """Who was told, of those that were to be."""
    if chosen is None or chosen.answer == NOBODY:
        return None
    return notices[int(chosen.answer)]


def notices_told(notices: Sequence[ToTell], keys: str) -> Iterator[Content]:
    """Each with its text; the first says which keys there are."""
    for place, one in enumerate(notices):
        when = f", {one.when}" if one.when else ""
        more = (when, "dim"), (keys if place == 0 else "", "dim")
        yield Content.assemble(("tell     ", "bold $primary"), (one.who, "bold"), *more)
        yield from (Content.assemble("  ", ("│ ", "dim"), line) for line in lines(one.text))


def copy_texts(screen: Screen[Any], notices: Sequence[ToTell]) -> None:
    """Put the texts where a person's next paste takes them from; a terminal may not allow it, so it is said."""
    screen.app.copy_to_clipboard("\n\n".join(one.text for one in notices))
    who = ", ".join(one.who for one in notices)
    told = f"Copied the text for {who}. Where nothing can be pasted, this terminal does not allow it."
    screen.notify(told, markup=False)
