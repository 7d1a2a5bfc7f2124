"""The headings of a report, to go to."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets.option_list import Option

from screens.widgets.listing import Listing
from screens.widgets.pane import Frame
from screens.widgets.sheet import Place
from screens.words import plain

TOP = 2
"""Headings of this level stand at the edge; the title of the whole stands there too."""


class Contents(Listing):
    """A line a heading, deeper ones further in."""

    def __init__(self) -> None:
        super().__init__(id="contents", markup=False, classes="list")
        Frame(self).say("Contents")
        self._places: Sequence[Place] = ()

    def show(self, places: Sequence[Place], here: int) -> None:
        """Show these, with one picked; what is shown already stays."""
        if [(one.level, one.title) for one in places] != [(one.level, one.title) for one in self._places]:
            self.set_options([Option(_told(place)) for place in places])
        self._places = tuple(places)
        self.look_at(here)

    def look_at(self, here: int) -> None:
        """Pick the heading that is read."""
        if here < len(self._places):
            self.highlighted = here


def _told(place: Place) -> Content:
    deep = max(0, place.level - TOP)
    style = "bold" if place.level <= TOP else "dim" if deep > 1 else ""
    return Content.assemble("  " * deep, (plain(place.title), style))
