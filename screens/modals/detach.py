"""Leaving a run to itself: what suspending would stop, and what goes on without a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.modals.base import Modal
from screens.modals.choosing import Choosing
from screens.view import View
from screens.widgets.choices import Choice
from screens.widgets.detail import where
from screens.widgets.pane import Frame
from screens.words import plain

STAY, DETACH, SUSPEND = "stay", "detach", "suspend"

WHY_NOT = (
    "Suspending stops the engine too: what runs on a host goes on there, but nothing is checked, no gate is passed and"
    " no connection is kept alive until you are back."
)


def detach(view: View, tied: str = "") -> Choosing:
    """Asks how to get the terminal back; ``tied`` says why the run cannot go on without it."""
    told = [_standing(view), Content(WHY_NOT)]
    if hindered := _hindered(view, tied):
        told.append(Content.styled(hindered, "$warning"))
    return Choosing(
        "Leave the run to itself", Content("\n").join(told), list(_choices(offered=not hindered)), "warning"
    )


def _choices(*, offered: bool) -> Iterator[Choice]:
    yield Choice(STAY, "stay", "Nothing happens.")
    if offered:
        effect = (
            "Ends the interface. The run goes on by itself up to what needs a person, and pauses there;"
            " `wizard watch` shows it, and gives it back. What you agreed to for a phase ends."
        )
        yield Choice(DETACH, "detach: let it go on by itself", effect)
    effect = "The engine stands still until `fg`; a watch misses its looks, and a connection may be lost."
    yield Choice(SUSPEND, "suspend anyway", effect, grave=True)


def _hindered(view: View, tied: str) -> str:
    if tied:
        return f"It cannot be detached: {tied}."
    if view.waiting:
        return "It waits for you, so by itself nothing would go on: q leaves it paused."
    return ""


def _standing(view: View) -> Content:
    step = view.state.steps.get(view.state.current)
    if step is None:
        return Content("Between two steps.")
    doing = " waits for you, on " if view.waiting else " is under way on "
    return Content.assemble((view.named(step.id), "bold"), doing, where(view, step.host), ".")


class Busy(Modal[None]):
    """Says what is being done; there is nothing to answer, and it is closed by whoever opened it.

    Args:
        title: What is being done.
        text: What that means.
    """

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The words."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say(self._heading)
            yield Static(Content(plain(self._text)), id="hint", markup=False)

    def action_close(self) -> None:
        """It is closed when it is done."""
