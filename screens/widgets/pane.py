"""A framed part of the screen that shows text and scrolls where it has more than there is room for."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from screens.widgets.wrapped import Wrapped


class Frame:
    """The words in a widget's frame, set only where they change, so that nothing is painted twice.

    Args:
        widget: Whose frame it is.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._said = Content("")

    def say(self, title: Content | str, standing: Content | str = "") -> None:
        """What it is, and how it stands."""
        name, state = _content(title), _content(standing)
        said = Content.assemble(name, (" ─ ", "dim"), state) if state else name
        if not said.is_same(self._said):
            self._said = said
            self._widget.border_title = said or None


def _content(text: Content | str) -> Content:
    return text if isinstance(text, Content) else Content(text)


class Pane(VerticalScroll):
    """Text in a frame.

    Args:
        name: The widget's id.
    """

    ALLOW_MAXIMIZE = True

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.frame = Frame(self)
        self._text = Wrapped()
        self._shown = Content("")

    def compose(self) -> ComposeResult:
        """The text."""
        yield self._text

    def tell(self, content: Content) -> None:
        """Show this; what is shown already is left alone, so that nothing flickers."""
        if not content.is_same(self._shown):
            self._shown = content
            self._text.tell(content)
