"""A list that bears any size: Textual's own divides by its width, and pages through lines that it has not laid out."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import OptionList


class Listing(OptionList):
    """A list of lines to choose from; nothing in them is markup."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line an option where there is no room to wrap."""
        if width - self._padding <= 0:
            return len(self.options)
        return super().get_content_height(container, viewport, width)

    def render_line(self, y: int) -> Strip:
        """A line; what is picked is shown in reverse where no colour can show it."""
        strip = super().render_line(y)
        picked = self.app.no_color and self.has_focus and _option_of(strip) == self.highlighted
        return strip.apply_style(Style(reverse=True)) if picked else strip

    def action_page_up(self) -> None:
        """A page up, once the list was laid out."""
        if self._laid_out:
            super().action_page_up()  # type: ignore[no-untyped-call]  # Textual leaves it untyped

    def action_page_down(self) -> None:
        """A page down, once the list was laid out."""
        if self._laid_out:
            super().action_page_down()  # type: ignore[no-untyped-call]  # Textual leaves it untyped

    @property
    def _padding(self) -> int:
        return self.get_component_styles("option-list--option").padding.width

    @property
    def _laid_out(self) -> bool:
        return len(self._index_to_line) == len(self.options) > 0

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width - self._get_left_gutter_width() - self._padding > 0:
            super()._update_lines()


class LineListing(Listing):
    """A list in which every option is one line: none is rendered to be measured, so thousands are there at once."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """A line an option."""
        return len(self.options)

    def _update_lines(self) -> None:
        width = self.scrollable_content_region.width - self._get_left_gutter_width()
        if width - self._padding <= 0:
            return
        cache = self._line_cache
        for index in range(len(cache.lines), len(self.options)):
            cache.index_to_line[index] = index
            cache.heights[index] = 1
            cache.lines.append((index, 0))
        size = Size(width, len(cache.lines))
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)


def _option_of(strip: Strip) -> int:
    """The number of the option that a line belongs to; -1 where it belongs to none."""
    metas = (segment.style.meta for segment in strip if segment.style)
    return next((meta["option"] for meta in metas if "option" in meta), -1)
