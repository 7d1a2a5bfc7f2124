"""The live log of one host: a window on its buffer that decodes only the lines it shows and never steals the scroll."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.logblocks import Line
from screens.logbuffer import LogBuffer
from screens.widgets.pane import Frame
from screens.words import many
from wizard.text import decode, sanitise

WIDEST = 4096
"""Cells of a line that can be scrolled to."""

KEPT = 1024
"""Painted lines that are kept."""


class LogPane(ScrollView, can_focus=True):
    """Follows the end until somebody looks back; then it stays where it is and says how much has come since."""

    ALLOW_MAXIMIZE = True
    COMPONENT_CLASSES = {"log--mark", "log--gone"}  # noqa: RUF012 - declared as Textual reads it

    def __init__(self) -> None:
        super().__init__(id="log")
        self.frame = Frame(self)
        self.following = True
        self._buffer = LogBuffer()
        self._host = ""
        self._shown = -1
        self._size_seen = 0
        self._left_at = 0
        self._widest = 0
        self._strips: LRUCache[int, Strip] = LRUCache(KEPT)

    def look_at(self, name: str, buffer: LogBuffer | None) -> None:
        """Show this host's log, from its end."""
        self._host = name
        if buffer is None or buffer is self._buffer:
            return
        self._buffer = buffer
        self._strips.clear()
        self._widest = 0
        self._shown = -1
        self.following = True
        self.keep_up()

    def keep_up(self) -> None:
        """Take notice of what has come. Called once a frame; costs nothing where nothing came."""
        total = self._buffer.total
        size = Size(max(self._widest, 1), total)
        if self._shown != total or self.virtual_size != size or self._partial_grew():
            self._shown = total
            self.virtual_size = size
            if self.following:
                self._to_end()
            self.refresh()
        self._say()

    def follow(self) -> None:
        """Back to the end, and on with it."""
        self.following = True
        self._to_end()
        self._say()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """A look back ends the following, a return to the end takes it up again."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value and new_value < self._end:
            if self.following:
                self._left_at = self._buffer.total
            self.following = False
        elif new_value >= self._end:
            self.following = True

    def on_resize(self) -> None:
        """More or less room: the end stays in sight where it was."""
        if self.following:
            self._to_end()

    def render_line(self, y: int) -> Strip:
        """One line, decoded and made harmless now that it is looked at."""
        number = int(self.scroll_offset.y) + y
        width = self.size.width
        style = self.rich_style
        if number >= self._buffer.total:
            return Strip.blank(width, style)
        strip = self._strips.get(number) or self._painted(number)
        left = int(self.scroll_offset.x)
        if strip.cell_length <= left + width:
            return strip.crop_extend(left, left + width, style)
        more = Segment("›", style + Style(dim=True))
        return Strip.join([strip.crop_extend(left, left + width - 1, style), Strip([more])])

    def notify_style_update(self) -> None:
        """The colours changed, so nothing painted is of use."""
        super().notify_style_update()
        self._strips.clear()

    def _to_end(self) -> None:
        # Textual hears of more lines only when it lays out again; until then it would not scroll to them.
        self.scroll_to(y=self._end, animate=False, immediate=True, force=True)

    @property
    def _end(self) -> int:
        return max(0, self._buffer.total - self.scrollable_content_region.height)

    def _partial_grew(self) -> bool:
        """A line without an end shows more of itself."""
        last = self._buffer.line(self._buffer.complete)
        size = len(last.data) + last.cut if last else 0
        grew, self._size_seen = size != self._size_seen, size
        return grew

    def _painted(self, number: int) -> Strip:
        line = self._buffer.line(number)
        style = self.rich_style
        if line is None:
            gone = self.get_component_rich_style("log--gone", partial=True)
            return Strip([Segment("· no longer in memory; the run's output/ has it", style + gone)])
        if line.ours:
            style += self.get_component_rich_style("log--mark", partial=True)
        strip = _strip(line, style)
        if number < self._buffer.complete:
            self._strips[number] = strip
        self._widest = max(self._widest, min(strip.cell_length, WIDEST))
        return strip

    def _say(self) -> None:
        name = Content.assemble("Log", (f" · {self._host}" if self._host else "", "bold"))
        below = self._buffer.total - self._left_at
        if self.following:
            state = many(self._buffer.total, "line") if self._buffer.total else "nothing yet"
            self.frame.say(name, state)
        else:
            self.frame.say(
                name,
                Content.assemble(
                    (f"+{below:,} lines below" if below else "looking back", "bold $warning"), " · f follows"
                ),
            )


def _strip(line: Line, style: Style) -> Strip:
    text = sanitise(decode(line.data)).expandtabs(8)[:WIDEST]
    shown = f"── {text} ──" if line.ours else text
    cut = [Segment(f" … {line.cut:,} bytes more in output/", style + Style(dim=True))] if line.cut else []
    return Strip([Segment(shown, style), *cut])
