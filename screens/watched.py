"""A run that is watched: its journal and its outputs followed by a thread, with no engine of ours behind it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from screens.bridge import Feed, Message
from screens.canned import checklist_of
from wizard.errors import UsageError
from wizard.report.files import render, render_handover
from wizard.run.engine import Outcome
from wizard.run.events import Record
from wizard.run.following import POLL, Follower
from wizard.run.intents import Intent
from wizard.run.listing import BROKEN, LIVE
from wizard.run.window import Window
from wizard.running import Work

log = logging.getLogger(__name__)


class WatchedRun:
    """Follows a run directory.

    Args:
        directory: The run directory; what is on record already is read at once.
        every: Seconds between two looks.

    ``outcome`` stays None: whoever watches is asked nothing at its end.
    """

    def __init__(self, directory: Path, every: float = POLL) -> None:
        self.directory = directory
        self.outcome: Outcome | None = None
        self.window: Window | None = None
        self._every = every
        self._feed = Feed()
        self._follower = Follower(directory)
        self._over = threading.Event()
        records = self._look()
        self.checklist = checklist_of(records)
        self._thread = threading.Thread(target=self._follow, name="watching", daemon=True)

    @property
    def running(self) -> bool:
        """Somebody works on it."""
        return self._standing[0] == LIVE

    @property
    def standing(self) -> tuple[str, str]:
        """How the run stands, and the detail of it."""
        return self._standing

    @property
    def detached(self) -> bool:
        """Who works on it has no terminal."""
        return self._follower.state.detached

    def begin(self) -> None:
        """Follow it from now on."""
        if not self._thread.is_alive():
            self._thread.start()

    def take(self) -> Sequence[Message]:
        """What happened since the last time."""
        return self._feed.take()

    def submit(self, intent: Intent) -> None:
        """Nothing: who watches decides nothing."""

    def again(self, work: Work | None, accept: str = "") -> None:  # noqa: ARG002 - nothing can go on here
        """Refuse.

        Raises:
            UsageError: Always.
        """
        raise UsageError("this run is only watched", mend="Go on with it by: wizard resume RUN")

    def acknowledge(self) -> None:
        """Nothing: who watches takes nothing over."""

    def packet(self) -> str:
        """What a successor needs, as Markdown."""
        return render_handover(self.directory)

    def report(self) -> str:
        """The report as Markdown."""
        return render(self.directory)

    def close(self) -> None:
        """Follow it no longer."""
        self._over.set()

    def _look(self) -> list[Record]:
        taken = self._follower.take()
        for message in taken:
            self._feed(message)
        self._standing = self._follower.standing
        return [message for message in taken if isinstance(message, Record)]

    def _follow(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._look()
            except Exception:
                log.exception("the run could not be followed any more")
                self._standing = (BROKEN, "it cannot be followed any more; the debug log has the details")
                return
