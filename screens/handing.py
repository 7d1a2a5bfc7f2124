"""Actions of the run screen for what comes after: handing over, telling people, reading the plan of a rollback."""

from __future__ import annotations

from collections.abc import Callable

from screens.closable import Closable
from screens.rollback import RollbackPage
from screens.steering import Steering
from screens.view import View


class Handing(Closable[None]):
    """Actions of the run screen."""

    view: View
    _steering: Steering

    def action_hand_over(self) -> None:
        """Stop for somebody else to go on."""
        self._steering.hand_over()

    def action_tell(self) -> None:
        """Who should be told."""
        self._steering.tell()

    def action_undo_plan(self) -> None:
        """Read what a rollback would do, or did."""
        self.show_rollback(lambda: None)

    def show_rollback(self, then: Callable[[], None]) -> None:
        """Open the page; ``then`` when it is closed."""
        self.app.push_screen(RollbackPage(self.view), lambda _: then())
