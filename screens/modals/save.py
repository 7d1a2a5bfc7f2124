"""Asks where to save something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from screens.modals.base import Modal
from screens.widgets.pane import Frame

HINT = "enter saves it, readable for you alone · esc goes back"
IN_THE_WAY = "There is a file of that name. Enter once more replaces it; or name another."


@dataclass(frozen=True, slots=True)
class Where:
    """A path, and whether what is there may be replaced."""

    path: Path
    over: bool


class AskWhere(Modal[Where]):
    """A line for a path. A file that is there is replaced only after a word about it.

    Args:
        title: What is saved.
        path: A proposal.
        there: Is there a file?
    """

    AUTO_FOCUS = "#words"

    def __init__(self, title: str, path: Path, there: Callable[[Path], bool]) -> None:
        super().__init__()
        self._heading = title
        self._path = path
        self._there = there
        self._warned: Path | None = None

    def compose(self) -> ComposeResult:
        """The line, and how to answer."""
        with Vertical(id="dialog", classes="calm") as dialog:
            Frame(dialog).say(self._heading)
            yield Input(str(self._path), id="words", placeholder="path of a file")
            yield Static(HINT, id="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it on, or say what is in the way."""
        if not event.value.strip():
            return
        path = Path(event.value.strip()).expanduser().absolute()
        if self._there(path) and path != self._warned:
            self._warned = path
            self.query_one("#hint", Static).update(Content.styled(IN_THE_WAY, "bold $warning"))
        else:
            self.dismiss(Where(path, over=path == self._warned))
