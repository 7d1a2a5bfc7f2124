"""Going on with a run that is watched: what becomes of whoever holds it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.view import View
from screens.widgets.choices import Choice
from screens.widgets.detail import where
from screens.words import plain
from wizard.run.listing import LIVE

STAY, TAKE = "stay", "take"


def take_over(view: View, standing: tuple[str, str], *, detached: bool) -> Choosing:
    """Asks whether to go on with the run here."""
    word, detail = standing
    told = [Content.assemble(("state    ", "dim"), (plain(word), "bold"), f"  {plain(detail)}"), *_at_work(view)]
    held_elsewhere = word == LIVE and not detached
    if held_elsewhere:
        told.append(Content("It is open in another terminal: it can go on here once it was left there (q)."))
    choices = list(_choices(held=word == LIVE, offered=not held_elsewhere))
    return Choosing("Take the run over", Content("\n").join(told), choices, "warning")


def _choices(*, held: bool, offered: bool) -> Iterator[Choice]:
    yield Choice(STAY, "go on watching", "Nothing happens.")
    if offered:
        stops = "The engine without a terminal stops with the state kept; what it runs on a host goes on there. "
        yield Choice(TAKE, "go on with it here", f"{stops if held else ''}Then the run goes on here, and asks you.")


def _at_work(view: View) -> Iterator[Content]:
    step = view.state.steps.get(view.state.current)
    if step:
        yield Content.assemble(("step     ", "dim"), view.named(step.id), " on ", where(view, step.host))
