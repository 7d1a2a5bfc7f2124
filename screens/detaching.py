"""What leaves a run to itself: the keys of the run screen that detach it, or suspend the whole wizard."""

from __future__ import annotations

import logging
from typing import Protocol, runtime_checkable

from textual import work

from screens.closable import Closable
from screens.modals import detach
from screens.modals.detach import Busy
from screens.source import Source
from screens.steering import Steering
from screens.view import View
from screens.widgets.choices import Chosen
from wizard.errors import WizardError
from wizard.run.engine import EXIT_AT_GATE

log = logging.getLogger(__name__)

DETACHED = EXIT_AT_GATE
"""Exit status of an interface whose run goes on elsewhere: it is not resolved, and its state is kept."""

CANNED = "there is no engine behind it"


@runtime_checkable
class CanDetach(Protocol):
    """A run that can be handed over to an engine without a terminal."""

    @property
    def tied(self) -> str:
        """Why it cannot be; empty where it can."""

    def detach(self) -> None:
        """Hand it over; takes seconds.

        Raises:
            WizardError: It could not be.
        """


class Detaching(Closable[None]):
    """A part of the run screen."""

    source: Source
    view: View
    _steering: Steering

    def action_detach(self) -> None:
        """Say what suspending means, and offer to leave the run to an engine without a terminal."""
        tied = self.source.tied if isinstance(self.source, CanDetach) else CANNED
        self._steering.ask(detach.detach(self.view, tied), self._left_alone)

    def _left_alone(self, chosen: Chosen | None) -> None:
        answer = chosen.answer if chosen else detach.STAY
        if answer == detach.SUSPEND:
            self.app.action_suspend_process()
        elif answer == detach.DETACH and isinstance(self.source, CanDetach):
            busy = Busy("Detaching", "An engine without a terminal is started, and takes the run up.")
            self._steering.ask(busy, lambda _: None)
            self._hand_over(self.source, busy)

    @work(thread=True, exclusive=True, group="detaching", exit_on_error=False)
    def _hand_over(self, source: CanDetach, busy: Busy) -> None:
        try:
            source.detach()
        except WizardError as problem:
            self.app.call_from_thread(self._not_detached, busy, str(problem))
        except Exception:
            log.exception("detaching met an error of its own")
            self.app.call_from_thread(self._not_detached, busy, "the run could not be detached; see the debug log")
        else:
            self.app.call_from_thread(lambda: self.app.exit(return_code=DETACHED))

    def _not_detached(self, busy: Busy, why: str) -> None:
        busy.dismiss(None)
        self.say(why, wrong=True)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Tell something in passing."""
        raise NotImplementedError
