"""A text to be written in, with the keys that every other editor has for its beginning and its end."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import TextArea


class Editor(TextArea):
    """Textual's knows only the ends of a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "text_start", "beginning", show=False),
        Binding("ctrl+end", "text_end", "end", show=False),
        Binding("ctrl+shift+home", "text_start(True)", "select to the beginning", show=False),
        Binding("ctrl+shift+end", "text_end(True)", "select to the end", show=False),
    ]

    def action_text_start(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual hands it on by position
        """To the beginning of the text."""
        self.move_cursor((0, 0), select=select)

    def action_text_end(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - Textual hands it on by position
        """To the end of the text."""
        self.move_cursor(self.document.end, select=select)
