"""A run without an interface: the engine in its thread, a reader in this one, signals turned into intents."""

from __future__ import annotations

import importlib
import logging
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from wizard.console import Inbox, JsonLines, Narrator
from wizard.paths import JOURNAL, private_directory, private_file
from wizard.redact import Redactor
from wizard.report.current import KeepsReport
from wizard.run.attempting import Manner
from wizard.run.context import Context
from wizard.run.engine import FAILED, PAUSED, Engine, Outcome
from wizard.run.events import Record
from wizard.run.intents import PAUSE, UNDO_EVERYTHING, Stop
from wizard.run.preparation import Prepared, open_run
from wizard.run.recorder import Output
from wizard.run.session import Session
from wizard.run.unattended import Unattended, read_decisions
from wizard.text import sanitise

TICK = 0.05
"""Seconds between two looks at what there is to tell, and at whether the engine has ended."""

SIGNALS = {signal.SIGHUP: "hung up", signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}

Told = Callable[[Record | Output], None]
Work = Callable[[Session], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Unasked:
    """How a run goes on without a person.

    Args:
        answers: A file of answers given beforehand.
        roll_back: Undo everything at a gate that stays shut, rather than stop with the state kept.
        as_json: Print events as JSON lines.
        dry: Change nothing.
    """

    answers: Path | None = None
    roll_back: bool = False
    as_json: bool = False
    dry: bool = False


def run_headless(prepared: Prepared, how: Unasked, work: Work = Session.walk) -> int:
    """Do the work to its end and tell it; returns the exit status.

    Raises:
        UsageError: The answers cannot be used.
    """
    decisions = read_decisions(how.answers, prepared.document.checklist)
    redactor = Redactor(prepared.inputs.secrets.values())
    inbox, current = Inbox(), KeepsReport(lambda: _write_report(prepared.directory, redactor))
    answering = Unattended(decisions, UNDO_EVERYTHING if how.roll_back else PAUSE)
    _debug_log(prepared.directory)
    if any(host.ssh for host in prepared.document.checklist.hosts.values()):
        importlib.import_module("wizard.hosts.ssh")

    async def prepare() -> tuple[Context, Session]:
        context = open_run(prepared, [inbox, answering, current])
        return context, Session(context, Manner(dry=how.dry), prepared.request.window)

    engine = Engine(prepare, work, inbox.wake)
    answering.submit = engine.submit
    outcome, caught = _watch(engine, inbox, JsonLines if how.as_json else Narrator)
    current.close()
    return _told_end(prepared.directory, outcome, caught)


def _write_report(directory: Path, redactor: Redactor) -> None:
    from wizard.report.files import write_report  # noqa: PLC0415 - loaded while the engine waits for its hosts

    write_report(directory, redactor)


def _debug_log(directory: Path) -> None:
    # A debug log on a full disk is no reason to print tracebacks over a run.
    logging.raiseExceptions = False
    logging.basicConfig(
        filename=private_file(private_directory(directory) / "debug.log"),
        level=logging.INFO,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )


def _watch(engine: Engine, inbox: Inbox, make_reader: Callable[[], Told]) -> tuple[Outcome, int]:
    """Read until the engine ends; a signal stops it with the state kept. Returns the signal caught, or 0."""
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        engine.submit(Stop(SIGNALS[signal.Signals(number)]))

    for number in SIGNALS:
        signal.signal(number, stop)
    engine.start()
    # The engine waits for its hosts now, so this is the time to load what is needed later.
    reader = make_reader()
    importlib.import_module("wizard.report.files")
    while (outcome := engine.join(0)) is None:
        inbox.drain(reader, TICK)
    inbox.drain(reader, 0)
    return outcome, caught[0] if caught else 0


def _told_end(directory: Path, outcome: Outcome, caught: int) -> int:
    if outcome.error:
        sys.stderr.write(f"wizard: {sanitise(str(outcome.error))}\n")
    sys.stderr.write(f"{outcome.word}; the run is kept in {directory}\n")
    if outcome.word in {PAUSED, FAILED} and (directory / JOURNAL).exists():
        again = shlex.quote(str(directory))
        sys.stderr.write(f"go on: wizard resume {again} --headless; undo: wizard rollback {again} --headless\n")
    return 128 + caught if caught and outcome.word == PAUSED else outcome.exit_status
