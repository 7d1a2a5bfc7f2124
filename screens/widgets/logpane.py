"""The live log of one host: a window on its buffer that decodes only the lines it shows and never steals the scroll."""

from __future__ import annotations

from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from screens import keys
from screens.keymap import keymap
from screens.logbuffer import LogBuffer
from screens.loglines import Lines
from screens.search import Needle
from screens.widgets.flooding import Flooding
from screens.widgets.logpaint import WIDEST, Painted, Styles, chosen, painted, prefix_of, shown
from screens.widgets.pane import Frame
from screens.words import many

KEPT = 1024
"""Painted lines that are kept."""


class LogPane(ScrollView, can_focus=True):
    """Follows the end until somebody looks back; then it stays where it is and says how much has come since.

    Args:
        name: The widget's id.
    """

    ALLOW_MAXIMIZE = True
    BINDINGS = keys.bindings(keys.FOUND_KEYS, "log")
    COMPONENT_CLASSES = {"log--mark", "log--gone", "log--time", "log--found", "log--here"}  # noqa: RUF012 - declared as Textual reads it

    class Wanted(Message):
        """A key of the search was pressed in the log: 1 the next, -1 the one before, 0 no more of it."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, name: str = "log") -> None:
        super().__init__(id=name)
        self.frame = Frame(self)
        self.following = True
        self.times = False
        self.wrap = False
        self.at: int | None = None
        self.log_shown: Lines = LogBuffer()
        self._needle: Needle | None = None
        self._host = ""
        self._shown = -1
        self.behind = False
        self._flooding = Flooding()
        self._size_seen = 0
        self._left_at = 0
        self._widest = 0
        self._painted: LRUCache[int, Painted] = LRUCache(KEPT)
        self._rows: tuple[tuple[int, ...], list[tuple[int, int, Strip]]] = ((), [])
        self._known_styles: Styles | None = None

    def look_at(self, name: str, buffer: Lines | None) -> None:
        """Show this host's log, from its end."""
        self._host = name
        if buffer is None or buffer is self.log_shown:
            return
        self.log_shown = buffer
        self.at = None
        self._widest = 0
        self.following = True
        self.repaint()

    def look(self, *, times: bool, wrap: bool, needle: Needle | None) -> None:
        """How lines are shown: with their times, wrapped, and with what is looked for made out."""
        if (times, wrap, needle) != (self.times, self.wrap, self._needle):
            self.times, self.wrap, self._needle = times, wrap, needle
            self.repaint()

    def repaint(self) -> None:
        """Nothing painted is of use any more."""
        self._forget()
        self._shown = -1
        self._flooding.forget()
        self.keep_up()

    def keep_up(self) -> None:
        """Take notice of what has come. Called once a frame; costs nothing where nothing came."""
        total = self.log_shown.total
        pages = (total - self._shown) / max(1, self.size.height) if self.following else 0.0
        self.behind = self._flooding.passes(self, pages)
        if self.behind:
            return
        grew = self._partial_grew()
        if self._shown != total or grew or self.virtual_size.width != max(self._widest, 1):
            self._shown = total
            # Where lines are wrapped the last pages hold fewer of them, and the end has to be within reach.
            height = self._end + self.scrollable_content_region.height if self.wrap else total
            self._measured(Size(1 if self.wrap else max(self._widest, 1), height))
            if self.following:
                self._to_end()
            self.refresh()
        self._say()

    def _measured(self, size: Size) -> None:
        """Laying out the whole screen is dear, and only a scroll bar that comes or goes asks for it."""
        room = self.scrollable_content_region.size
        if self.is_mounted and (size.height > room.height) == self.show_vertical_scrollbar:
            self.set_reactive(LogPane.virtual_size, size)
            self._scroll_update(size)
        else:
            self.virtual_size = size

    def follow(self) -> None:
        """Back to the end, and on with it."""
        self.following = True
        self._to_end()
        self._say()

    def go_to(self, number: int) -> None:
        """Show a line, make it out, and stay there."""
        self._at(number)
        height = self.scrollable_content_region.height
        if not self._top <= number < self._top + max(1, height - 1) or self.wrap:
            self.scroll_to(y=max(0, number - height // 3), animate=False, immediate=True, force=True)
        self._stay()
        self.refresh()
        self._say()

    def _at(self, number: int) -> None:
        for line in (self.at, number):
            self._painted.discard(line) if line is not None else None
        self.at = number
        self._rows = ((), [])

    @property
    def top(self) -> int:
        """The number of the first line in sight."""
        return self._top

    def in_sight(self) -> str:
        """The text of the lines in sight."""
        height = self.scrollable_content_region.height
        last = self._wrapped(height)[-1:] if self.wrap else []
        end = last[0][0] + 1 if last else min(self.log_shown.total, self._top + height)
        return "\n".join(self._text(number) for number in range(self._top, end))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is selected; all of it is what is in sight, as there may be a million lines."""
        start, end = selection
        if start is None or end is None:
            return self.in_sight(), "\n"
        end_y = min(end.y, self.log_shown.total - 1)
        lines = [self._text(number) for number in range(start.y, end_y + 1)]
        if not lines:
            return None
        lines[-1] = lines[-1][: end.x] if end_y == end.y else lines[-1]
        lines[0] = lines[0][start.x :]
        return "\n".join(lines), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 - Textual's
        """Show what is selected."""
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """A look back ends the following, a return to the end takes it up again."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value and new_value < self._end:
            self._stay()
        elif new_value >= self._end:
            self.following = True

    def action_scroll_end(self) -> None:
        """To the end, and on with it, also where it was in sight already."""
        self.follow()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of a search mean something else while there is none."""
        if action in {key.does for key in keys.FOUND_KEYS}:
            return self._needle is not None
        return super().check_action(action, parameters)

    def action_find_next(self) -> None:
        """To the next line that was found."""
        self.post_message(self.Wanted(1))

    def action_find_previous(self) -> None:
        """To the one before."""
        self.post_message(self.Wanted(-1))

    def action_find_close(self) -> None:
        """No more of it."""
        self.post_message(self.Wanted(0))

    def on_click(self, event: events.Click) -> None:
        """A click on how much has come since brings one back."""
        if event.y == 0 and not self.following:
            event.stop()
            self.follow()

    def on_resize(self) -> None:
        """More or less room: the end stays in sight where it was."""
        if self.wrap:
            self._shown = -1
        if self.following:
            self._to_end()

    def render_line(self, y: int) -> Strip:
        """One line, decoded and made harmless now that it is looked at."""
        width, style = self.size.width, self._styles.base
        if self.wrap:
            rows = self._wrapped(self.size.height)
            if y >= len(rows):
                return Strip.blank(width, style)
            number, x, strip = rows[y]
            return self._offset(strip.extend_cell_length(width, style), x, number)
        number = self._top + y
        if number >= self.log_shown.total:
            return Strip.blank(width, style)
        return self._cropped(number, self._paint(number), width)

    def notify_style_update(self) -> None:
        """The colours changed, so nothing painted is of use."""
        super().notify_style_update()
        self._forget()

    def _forget(self) -> None:
        self._known_styles = None
        self._painted.clear()
        self._rows = ((), [])

    def _cropped(self, number: int, line: Painted, width: int) -> Strip:
        left, style = int(self.scroll_offset.x), self._styles.base
        room = max(1, width - line.prefix.cell_length)
        body = line.body
        if body.cell_length <= left + room:
            part = body.crop_extend(left, left + room, style)
        else:
            more = Segment("›", style + Style(dim=True))
            part = Strip.join([body.crop_extend(left, left + room - 1, style), Strip([more])])
        return (
            Strip.join([line.prefix, self._offset(part, left, number)])
            if line.prefix
            else self._offset(part, left, number)
        )

    def _offset(self, strip: Strip, x: int, number: int) -> Strip:
        """A strip that tells a selection where it is, and shows what of it is selected."""
        span = self.text_selection.get_span(number) if self.text_selection else None
        if span:
            strip = chosen(strip, span, x, self.screen.get_component_rich_style("screen--selection", partial=True))
        return strip.apply_offsets(x, number)

    def _wrapped(self, height: int) -> list[tuple[int, int, Strip]]:
        """Rows from the top on: the line, where in it the row begins, and the row."""
        width = self.scrollable_content_region.width
        key = (self._top, height, width, self.log_shown.total, self._size_seen)
        if self._rows[0] != key:
            rows: list[tuple[int, int, Strip]] = []
            number = self._top
            while len(rows) < height and number < self.log_shown.total:
                line = self._paint(number)
                room = max(1, width - line.prefix.cell_length)
                rows += [(number, row * room, strip) for row, strip in enumerate(line.rows(width))]
                number += 1
            self._rows = (key, rows[:height])
        return self._rows[1]

    def _to_end(self) -> None:
        # Textual hears of more lines only when it lays out again; until then it would not scroll to them.
        self.scroll_to(y=self._end, animate=False, immediate=True, force=True)

    def _stay(self) -> None:
        if self.following:
            self._left_at = self.log_shown.total
        self.following = False

    @property
    def _top(self) -> int:
        return int(self.scroll_offset.y)

    @property
    def _end(self) -> int:
        """The first line in sight where the last one is at the bottom."""
        total, room = self.log_shown.total, self.scrollable_content_region.height
        if not self.wrap:
            return max(0, total - room)
        top, width = total, self.scrollable_content_region.width
        while top > 0 and (room := room - len(self._paint(top - 1).rows(width))) >= 0:
            top -= 1
        return min(top, max(0, total - 1))

    def _partial_grew(self) -> bool:
        """A line without an end shows more of itself."""
        last = self.log_shown.line(self.log_shown.complete)
        size = len(last.data) + last.cut if last else 0
        grew, self._size_seen = size != self._size_seen, size
        return grew

    def _text(self, number: int) -> str:
        line = self.log_shown.line(number)
        return shown(line) if line else ""

    def _paint(self, number: int) -> Painted:
        if (known := self._painted.get(number)) is not None:
            return known
        line = self.log_shown.line(number)
        prefix = ""
        if self.times or self.log_shown.hosts:
            host = line.host if line else ""
            prefix = prefix_of(self.log_shown.time(number), host, times=self.times, hosts=self.log_shown.hosts)
        styles = self._styles
        here = replace(styles, base=styles.base + styles.here) if number == self.at else styles
        made = painted(line, prefix, here, self._needle)
        if number < self.log_shown.complete:
            self._painted[number] = made
        self._widest = max(self._widest, min(made.prefix.cell_length + made.body.cell_length, WIDEST))
        return made

    @property
    def _styles(self) -> Styles:
        """The styles, looked up once: a frame needs them for each of its lines."""
        if self._known_styles is None:
            of = self.get_component_rich_style
            parts = (of(f"log--{part}", partial=True) for part in ("mark", "gone", "time", "found", "here"))
            self._known_styles = Styles(self.rich_style, *parts)
        return self._known_styles

    def _say(self) -> None:
        name = Content.assemble("Log", (f" · {self._host}" if self._host else "", "bold"))
        total = self.log_shown.total
        if self.following:
            self.frame.say(name, many(total, "line") if total else "nothing yet")
            return
        below = total - self._left_at
        state = (f"+{many(below, 'line')} below" if below else "looking back", "bold $warning")
        self.frame.say(name, Content.assemble(state, f" · {keymap(self).face('run.follow')} follows"))
