"""A run as it happens: an engine in its own thread, heard through the bridge."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from screens.bridge import Feed, Message
from screens.source import replayed
from wizard.checklist.model import Checklist
from wizard.errors import WizardError
from wizard.redact import Redactor
from wizard.report.files import render, render_handover
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.detachment import Successor, handed
from wizard.run.earlier import earlier_runs
from wizard.run.engine import Engine, Outcome
from wizard.run.estimate import Timing
from wizard.run.intents import Intent, Stop
from wizard.run.journal import Journal, read
from wizard.run.listing import writer
from wizard.run.preparation import Prepared
from wizard.run.session import Session
from wizard.run.state import replay
from wizard.run.window import Window
from wizard.running import Work, engine_of, report_keeper

DETACHED = "detached by the operator; it goes on without a terminal, up to what needs a person"
"""Why a run that is handed over stops here, for the record."""

TIED = "the practice host goes when this wizard does"
"""Why a drill's run cannot be detached."""


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
        self._detaching = False
        self.successor = 0
        """The process that took the run up when it was detached, or 0."""
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
        """How the last engine ended; None while it has not, or where another process has the run."""
        if self._engine is None or self._detaching or self.successor or not self._ended.is_set():
            return None
        return self._engine.outcome

    @property
    def window(self) -> Window | None:
        """When changing steps may start, where that is limited."""
        return self._prepared.request.window

    def begin(self) -> None:
        """Start an engine."""
        keeper = report_keeper(self._prepared)
        self._ended = ended = threading.Event()

        def over() -> None:
            try:
                self._mask_error()
                keeper.close()
            finally:
                ended.set()

        self._engine = engine_of(self._prepared, self._manner, [self._feed, keeper], self._work, over)
        # Said once: whoever goes on after another handover says so again.
        self._prepared = replace(self._prepared, request=replace(self._prepared.request, acknowledged=False))
        self._engine.start()

    def acknowledge(self) -> None:
        """The next engine says who took the run over."""
        self._prepared = replace(self._prepared, request=replace(self._prepared.request, acknowledged=True))

    def packet(self) -> str:
        """What a successor needs, with the run's secrets kept out."""
        return render_handover(self.directory, Redactor(self._prepared.inputs.secrets.values()))

    def take(self) -> Sequence[Message]:
        """What happened since the last time."""
        past, self._past = self._past, ()
        return [*past, *self._feed.take()]

    def submit(self, intent: Intent) -> None:
        """Hand an intent to the engine."""
        if self._engine:
            self._engine.submit(intent)

    @property
    def tied(self) -> str:
        """Why it cannot be detached; empty where it can."""
        return TIED if self._prepared.request.known_hosts else ""

    def detach(self) -> None:
        """Hand the run over to a process without a terminal; returns when that has taken it up. Takes seconds.

        Raises:
            WizardError: It could not be: the run goes on here as before, or is paused where it was let go of.
        """
        successor = Successor(self.directory)
        successor.wait_ready()
        self._detaching = True
        try:
            rolling_back = self._let_go()
            successor.take_over(handed(self._prepared, rolling_back=rolling_back))
            self.successor = successor.pid
        except WizardError as problem:
            successor.dismiss()
            self._put_right(problem)
            raise
        finally:
            self._detaching = False

    def _let_go(self) -> bool:
        """Stop the engine; whether what it did is a rollback.

        Raises:
            WizardError: It ended otherwise, before it heard of it.
        """
        self.submit(Stop(DETACHED, detached=True))
        self._ended.wait()
        state = replay(read(self.directory).records)
        if not (state.paused and state.paused.detached):
            raise WizardError("there is nothing to detach any more: the run stopped by itself")
        return self._work is not Session.walk or state.rolling is not None

    def _put_right(self, problem: WizardError) -> None:
        """Where the record says that the run was handed over, it must say too that nobody took it."""
        if self._ended.is_set() and _handed_over(self.directory) and not writer(self.directory):
            with suppress(WizardError), closing(self._journal()) as journal:
                self._feed(journal.append(ev.RunPaused(str(problem))))

    def _journal(self) -> Journal:
        return Journal(self.directory, Redactor(self._prepared.inputs.secrets.values()))

    def again(self, work: Work | None, accept: str = "") -> None:
        """Start another engine on the same run; see ``Source``."""
        request = self._prepared.request
        request = replace(request, accept=request.accept | ({accept} if accept else frozenset()))
        self._prepared = replace(self._prepared, request=request, history=read(self.directory))
        self._work = work or self._work
        self.begin()

    @property
    def redactor(self) -> Redactor:
        """Masks the run's secrets."""
        return Redactor(self._prepared.inputs.secrets.values())

    def report(self) -> str:
        """The report as Markdown, with the run's secrets kept out."""
        return render(self.directory, self.redactor)

    def earlier(self) -> Sequence[Timing]:
        """What earlier runs of the same checklist took; called in a thread."""
        return earlier_runs(self.checklist.checklist, self.directory)

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


def _handed_over(directory: Path) -> bool:
    """The record ends where the run was handed over."""
    paused = replay(read(directory).records).paused
    return paused is not None and paused.detached
