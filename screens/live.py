"""A run as it happens: an engine in its own thread, heard through the bridge."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from screens.bridge import Feed, Message
from screens.source import replayed
from wizard.checklist.model import Checklist
from wizard.redact import Redactor
from wizard.report.files import render
from wizard.run.attempting import Manner
from wizard.run.engine import Engine, Outcome
from wizard.run.intents import Intent
from wizard.run.journal import read
from wizard.run.preparation import Prepared
from wizard.run.window import Window
from wizard.running import Work, engine_of, report_keeper

TURN = 0.001
"""Seconds after which a thread that computes makes way for another one; Python's own measure is five times that."""


class LiveRun:
    """One run, and the engines that work on it one after the other.

    Args:
        prepared: The run.
        manner: How its steps are walked.
        work: What the first engine does.
    """

    def __init__(self, prepared: Prepared, manner: Manner, work: Work) -> None:
        self._prepared = prepared
        self._manner = manner
        self._work = work
        self._feed = Feed()
        self._engine: Engine | None = None
        self._ended = threading.Event()
        records = prepared.history.records if prepared.history else ()
        self._past: Sequence[Message] = list(replayed(records, prepared.directory / "output"))

    @property
    def directory(self) -> Path:
        """The run directory."""
        return self._prepared.directory

    @property
    def checklist(self) -> Checklist:
        """The document."""
        return self._prepared.document.checklist

    @property
    def running(self) -> bool:
        """An engine works on it."""
        return self._engine is not None and not self._ended.is_set()

    @property
    def outcome(self) -> Outcome | None:
        """How the last engine ended; None while it has not."""
        return self._engine.outcome if self._engine and self._ended.is_set() else None

    @property
    def window(self) -> Window | None:
        """When changing steps may start, where that is limited."""
        return self._prepared.request.window

    def begin(self) -> None:
        """Start an engine."""
        # So long the interface waits for the engine's thread to make way, and it does so for every key.
        sys.setswitchinterval(TURN)
        keeper = report_keeper(self._prepared)
        self._ended = ended = threading.Event()

        def over() -> None:
            try:
                self._mask_error()
                keeper.close()
            finally:
                ended.set()

        self._engine = engine_of(self._prepared, self._manner, [self._feed, keeper], self._work, over)
        self._engine.start()

    def take(self) -> Sequence[Message]:
        """What happened since the last time."""
        past, self._past = self._past, ()
        return [*past, *self._feed.take()]

    def submit(self, intent: Intent) -> None:
        """Hand an intent to the engine."""
        if self._engine:
            self._engine.submit(intent)

    def again(self, work: Work | None, accept: str = "") -> None:
        """Start another engine on the same run; see ``Source``."""
        request = self._prepared.request
        request = replace(request, accept=request.accept | ({accept} if accept else frozenset()))
        self._prepared = replace(self._prepared, request=request, history=read(self.directory))
        self._work = work or self._work
        self.begin()

    def report(self) -> str:
        """The report as Markdown, with the run's secrets kept out."""
        return render(self.directory, Redactor(self._prepared.inputs.secrets.values()))

    def wait(self, seconds: float | None = None) -> Outcome | None:
        """Wait for the engine's end, its report written; None where it takes longer, or never began."""
        if self._engine:
            self._ended.wait(seconds)
        return self.outcome

    def _mask_error(self) -> None:
        """An error is shown as it was raised; a secret in it must not be."""
        error = self._engine.outcome.error if self._engine and self._engine.outcome else None
        if error:
            redactor = Redactor(self._prepared.inputs.secrets.values())
            error.what, error.where, error.mend = (
                redactor.mask(text) for text in (error.what, error.where, error.mend)
            )
