"""A line to type into whose text moves nothing else on the screen."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class Line(Input):
    """An input of a fixed size: for each letter of another one Textual lays out the whole screen again."""

    virtual_size = Reactive(Size(0, 0))
