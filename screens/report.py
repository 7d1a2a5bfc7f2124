"""The incident report, rendered from the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Markdown
from textual.worker import get_current_worker

from screens.keys import BACK, bindings
from screens.widgets.keybar import KeyBar
from screens.widgets.pane import Frame
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
        self._markdown = render

    def compose(self) -> ComposeResult:
        """One long page."""
        with VerticalScroll(id="report") as page:
            Frame(page).say("Incident report")
            yield Markdown("Rendering the report …", open_links=False)
        yield KeyBar(kept=1)

    def on_mount(self) -> None:
        """Render it beside the interface, which must not wait."""
        self.query_one(KeyBar).show([BACK])
        self.query_one("#report").focus()
        self._make()

    def action_back(self) -> None:
        """Close it."""
        self.dismiss(None)

    @work(thread=True, exclusive=True, group="report", exit_on_error=False)
    def _make(self) -> None:
        worker = get_current_worker()
        try:
            told = self._markdown()
        except WizardError as problem:
            told = f"The report cannot be rendered.\n\n{fence(str(problem))}"
        except Exception:
            log.exception("the report met an error of its own")
            told = "The report cannot be rendered; the debug log says why. The record is kept."
        if not worker.is_cancelled:
            self.app.call_from_thread(self._told, told)

    def _told(self, markdown: str) -> None:
        self.query_one(Markdown).update(markdown)
