"""A rendered document that scrolls: its lines as they are, and what was found in them marked."""

from __future__ import annotations

from collections import defaultdict

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.widgets.finding import Match, Span, find
from screens.widgets.pane import Frame
from screens.widgets.sheet import Sheet
from screens.words import fit, plain

ABOVE = 3
"""Lines that stay in sight above what was found."""

BEGINNING = 4
"""Words by which a text is found again."""

FOUND, CHOSEN = Style(underline=True, bold=True), Style(reverse=True, bold=True)


class Paper(ScrollView, can_focus=True):
    """Shows a sheet.

    Args:
        name: The widget's id.
        title: What stands in the frame.
    """

    def __init__(self, name: str, title: str) -> None:
        super().__init__(id=name)
        self._title = title
        self._frame = Frame(self)
        self._frame.say(title)
        self.sheet = Sheet()
        self._lines: list[Strip] = []
        self._wanted = ""
        self._found: list[Match] = []
        self._chosen = 0
        self._marks: dict[int, list[tuple[Span, Style]]] = {}

    @property
    def finding(self) -> bool:
        """Something is being looked for."""
        return bool(self._wanted)

    @property
    def part(self) -> int:
        """The number of the heading that is read: that of what was found while it is in sight, else the topmost."""
        top = int(self.scroll_offset.y)
        line = self._found[self._chosen][0].line if self._found else top
        return self.sheet.place_at(line if top <= line < top + self.size.height else top)

    def show(self, sheet: Sheet) -> None:
        """Show this; the place stays where it is."""
        base = self.rich_style
        self.sheet = sheet
        self._lines = [
            Strip([Segment(part.text, base + part.style if part.style else base) for part in line])
            for line in sheet.lines
        ]
        self.virtual_size = Size(1, len(self._lines))
        self._found = find([line.text for line in self._lines], self._wanted)
        self._chosen = min(self._chosen, max(0, len(self._found) - 1))
        self._mark()

    def go_to(self, number: int) -> None:
        """Scroll to a heading."""
        if number < len(self.sheet.places):
            self.scroll_to(y=self.sheet.places[number].line, animate=False)

    def show_words(self, heading: str, words: str) -> None:
        """Scroll to what stands below a heading and begins like these words, or to the heading."""
        number = next((n for n, place in enumerate(self.sheet.places) if place.title == heading), 0)
        places = [place.line for place in self.sheet.places]
        begin, end = [*places, 0][number], [*places[1:], len(self._lines)][min(number, max(0, len(places) - 1))]
        first = " ".join(words.lstrip("-* ").split()[:BEGINNING])
        found = find([line.text for line in self._lines[begin:end]], first)
        line = begin + found[0][0].line - ABOVE if found else begin
        self.scroll_to(y=max(begin, line), animate=False)

    def find(self, words: str) -> None:
        """Mark these words wherever they stand, and go to the next of them; with none, mark nothing any more."""
        self._wanted = words.strip()
        self._found = find([line.text for line in self._lines], self._wanted)
        here = int(self.scroll_offset.y)
        self._chosen = next((n for n, match in enumerate(self._found) if match[0].line >= here), 0)
        self._mark()
        self._show_chosen()

    def find_next(self, step: int) -> None:
        """To another find; from the last one on to the first."""
        if self._found:
            self._chosen = (self._chosen + step) % len(self._found)
            self._mark()
            self._show_chosen()

    def _show_chosen(self) -> None:
        if not self._found:
            return
        line, top = self._found[self._chosen][0].line, int(self.scroll_offset.y)
        if not top <= line < top + self.size.height:
            self.scroll_to(y=max(0, line - ABOVE), animate=False)

    def _mark(self) -> None:
        marks: dict[int, list[tuple[Span, Style]]] = defaultdict(list)
        for number, match in enumerate(self._found):
            for span in match:
                marks[span.line].append((span, CHOSEN if number == self._chosen else FOUND))
        self._marks = dict(marks)
        self._frame.say(self._title, self._standing())
        self.refresh()

    def _standing(self) -> str:
        if not self._wanted:
            return ""
        count = f"{self._chosen + 1} of {len(self._found)}" if self._found else "nowhere"
        return f"“{fit(plain(self._wanted), 24)}”: {count}"

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        number = int(self.scroll_offset.y) + y
        width, style = self.size.width, self.rich_style
        if number >= len(self._lines):
            return Strip.blank(width, style)
        return self._marked(number).crop_extend(0, width, style)

    def _marked(self, number: int) -> Strip:
        strip = self._lines[number]
        for span, style in self._marks.get(number, ()):
            parts = [strip.crop(0, span.begin), strip.crop(span.begin, span.end), strip.crop(span.end)]
            parts[1] = Strip([Segment(part.text, (part.style or Style()) + style) for part in parts[1]])
            strip = Strip.join(parts)
        return strip
