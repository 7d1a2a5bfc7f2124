"""A list that bears any size: Textual's own divides by its width, and pages through lines that it has not laid out."""

from __future__ import annotations

from textual.geometry import Size
from textual.widgets import OptionList


class Listing(OptionList):
    """A list of lines to choose from; nothing in them is markup."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line an option where there is no room to wrap."""
        if width - self._padding <= 0:
            return len(self.options)
        return super().get_content_height(container, viewport, width)

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
