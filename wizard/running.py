"""What a run needs whoever reads it: its engine, its debug log, the report kept current, and the last words."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from wizard.paths import JOURNAL
from wizard.redact import Redactor
from wizard.report.current import KeepsReport
from wizard.run.attempting import Manner
from wizard.run.context import Context
from wizard.run.engine import FAILED, PAUSED, Engine, Outcome
from wizard.run.preparation import Prepared, open_run
from wizard.run.recorder import Reader
from wizard.run.session import Session
from wizard.text import sanitise

_GIVEN = b'"kind":"handed_over"'
"""What the journal of a run holds that was handed over."""

Work = Callable[[Session], Awaitable[str]]
"""What is done with a session: it is walked, or rolled back."""


def engine_of(
    prepared: Prepared, manner: Manner, readers: Sequence[Reader], work: Work, over: Callable[[], None]
) -> Engine:
    """An engine that does the work on a prepared run; it is not started yet.

    Args:
        prepared: The run.
        manner: How its steps are walked.
        readers: Who hears of everything that happens, in the engine's thread.
        work: What to do.
        over: Called when it has ended.
    """

    async def prepare() -> tuple[Context, Session]:
        context = open_run(prepared, readers)
        return context, Session(context, manner, prepared.request.window)

    return Engine(prepare, work, over)


def report_keeper(prepared: Prepared) -> KeepsReport:
    """A reader that keeps the run's ``report.md`` current, and the packet of a handover; it must be closed."""
    redactor = Redactor(prepared.inputs.secrets.values())
    return KeepsReport(lambda: _write(prepared.directory, redactor))


def _write(directory: Path, redactor: Redactor) -> None:
    from wizard.report.files import write_handover, write_report  # noqa: PLC0415 - while the engine waits for its hosts

    write_report(directory, redactor)
    if _GIVEN in (directory / JOURNAL).read_bytes():
        write_handover(directory, redactor)


def told_end(directory: Path, outcome: Outcome, caught: int = 0, option: str = "") -> int:
    """Say on standard error how the run ended and how to go on; returns the exit status.

    Args:
        directory: The run directory.
        outcome: How the engine ended.
        caught: The signal that stopped it, or 0.
        option: An option that whoever goes on should give again.
    """
    if outcome.error:
        sys.stderr.write(f"wizard: {sanitise(str(outcome.error))}\n")
    sys.stderr.write(f"{outcome.word}; the run is kept in {sanitise(str(directory))}\n")
    if outcome.word in {PAUSED, FAILED} and (directory / JOURNAL).exists():
        again = sanitise(" ".join([shlex.quote(str(directory)), *([option] if option else [])]))
        sys.stderr.write(f"go on: wizard resume {again}; undo: wizard rollback {again}\n")
    return 128 + caught if caught and outcome.word == PAUSED else outcome.exit_status
