"""How the run screen comes to its page ahead of the first step, and back to it at any time."""

from __future__ import annotations

from screens.closable import Closable
from screens.preflight.page import PreflightPage
from screens.source import Source
from screens.steering import Steering
from screens.view import View


class Foresight(Closable[None]):
    """A run screen's part that shows how things stand before the first step."""

    source: Source
    view: View
    _steering: Steering

    def foresee(self) -> None:
        """Show the page while hosts are reached and evidence is read; later the run itself is what is looked at."""
        state = self.view.state
        if self._steering.asking:
            return
        if self.source.running and not self.view.begun and not state.rolling and not state.ended:
            self.show_preflight()

    def show_preflight(self) -> None:
        """Show the page, unless it is open already."""
        if not any(isinstance(screen, PreflightPage) for screen in self.app.screen_stack):
            self.app.push_screen(PreflightPage(self.source, self.view, self._steering))

    def action_preflight(self) -> None:
        """Plan, hosts, facts and risks, at any time."""
        self.show_preflight()
