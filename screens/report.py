"""The incident report, rendered from the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.worker import get_current_worker

from screens.keys import BACK, bindings
from screens.widgets.keybar import KeyBar
from screens.widgets.paper import Lines, Paper, rendered
from wizard.errors import WizardError
from wizard.report.escape import fence

log = logging.getLogger(__name__)


class Report(Screen[None]):
    """The report as it stands now. Nothing in it can be followed.

    Args:
        render: Makes the Markdown; called in a thread.
    """

    BINDINGS = bindings([BACK], "report")

    def __init__(self, render: Callable[[], str]) -> None:
        super().__init__()
        self._render_report = render
        self._markdown = ""

    def compose(self) -> ComposeResult:
        """One long page."""
        yield Paper("report", "Incident report")
        yield KeyBar(kept=1)

    def on_mount(self) -> None:
        """It can be scrolled at once."""
        self.query_one(KeyBar).show([BACK])
        self.query_one(Paper).focus()

    def on_resize(self) -> None:
        """Its lines are as long as there is room."""
        self._make(self.query_one(Paper).scrollable_content_region.width)

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    @work(thread=True, exclusive=True, group="report", exit_on_error=False)
    def _make(self, width: int) -> None:
        """Beside the interface, which must not wait."""
        worker = get_current_worker()
        self._markdown = self._markdown or self._told()
        lines = rendered(self._markdown, width, self.app.current_theme)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, lines)

    def _told(self) -> str:
        try:
            return self._render_report()
        except WizardError as problem:
            return f"The report cannot be rendered.\n\n{fence(str(problem))}"
        except Exception:
            log.exception("the report met an error of its own")
            return "The report cannot be rendered; the debug log says why. The record is kept."

    def _show(self, lines: Lines) -> None:
        if self.is_attached:
            self.query_one(Paper).show(lines)
