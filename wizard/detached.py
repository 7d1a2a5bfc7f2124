"""An engine without a terminal: it takes up a run that was handed over, and goes on to what needs a person.

There it pauses and ends, with the state kept: nobody answers in a person's place. Whoever wants the run back sends it
``LET_GO``; see ``wizard.run.holder``.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from wizard.debuglog import debug_log
from wizard.errors import UsageError, WizardError
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.detachment import FAILED, READY, TAKEN_UP, Handed, decode
from wizard.run.engine import FAILED as ENGINE_FAILED
from wizard.run.engine import PAUSED, Engine, Outcome
from wizard.run.events import Record
from wizard.run.holder import LET_GO
from wizard.run.intents import PAUSE, Stop
from wizard.run.journal import Journal, read
from wizard.run.listing import writer
from wizard.run.preparation import Prepared
from wizard.run.recorder import Output
from wizard.run.resuming import reopen
from wizard.run.session import Session
from wizard.run.state import replay
from wizard.run.unattended import Unattended
from wizard.running import engine_of, report_keeper
from wizard.signals import SIGNALS

TICK = 0.5
"""Seconds between two looks whether the engine has ended; signals are heard at once."""

TAKEN_OVER = "let go of, for a person who takes it over"

log = logging.getLogger(__name__)


def program() -> NoReturn:
    """Run as a process; it leaves without taking its objects apart."""
    try:
        status = main(Path(sys.argv[2]))
    except Exception:
        log.exception("the engine without a terminal met an error of its own")
        status = 1
    logging.shutdown()
    os._exit(status)


def main(directory: Path) -> int:
    """Say that it is ready, wait for what is handed over, and work it; returns the exit status."""
    debug_log(directory)
    for module in ("wizard.report.files", "wizard.hosts.ssh"):
        importlib.import_module(module)
    _say(READY)
    data = sys.stdin.buffer.read()
    if not data:
        _nobody_came(directory)
        return 0
    try:
        given = decode(data)
        prepared = taken_up(directory, given)
    except (WizardError, ValueError, KeyError) as problem:
        _say(f"{FAILED}{problem}")
        return 1
    return _work(prepared)


def _nobody_came(directory: Path) -> None:
    """Where who handed over was killed half-way, the record must not say that the run goes on."""
    with suppress(WizardError):
        paused = replay(read(directory).records).paused
        if paused and paused.detached and not writer(directory):
            with closing(Journal(directory, Redactor([]))) as journal:
                journal.append(ev.RunPaused("it was to go on without a terminal, and nobody took it up"))


def taken_up(directory: Path, given: Handed) -> Prepared:
    """The run as it was left.

    Raises:
        WizardError: It cannot go on by itself.
    """
    prepared = reopen(directory, given.request(), as_started=True)
    records = prepared.history.records if prepared.history else ()
    if (given.rolling_back and replay(records).rolling is None) or _was_undone(records):
        # To walk on would do again what a person has just had undone.
        raise UsageError("its rollback is over, and nothing else goes on by itself", mend="wizard resume ends it")
    return prepared


def _was_undone(records: Sequence[Record]) -> bool:
    """The last thing that was done is a rollback that has ended, with no word of a person since."""
    for record in reversed(records):
        if isinstance(record.event, ev.RollbackEnded):
            return True
        if isinstance(record.event, ev.PhaseStarted | ev.StepStarted | ev.StepEnded | ev.GateAnswered):
            return False
    return False


def _work(prepared: Prepared) -> int:
    keeper, answering = report_keeper(prepared), Unattended({}, at_safe_stop=PAUSE)
    manner = Manner(approve=True, dry=prepared.request.mode == "check", take_up=True)
    engine = engine_of(prepared, manner, [_announcing(), answering, keeper], Session.walk, lambda: None)
    answering.submit = engine.submit
    _heed(engine)
    engine.start()
    while (outcome := engine.join(TICK)) is None:
        continue
    keeper.close()
    _say_last(outcome)
    return outcome.exit_status


def _announcing() -> Callable[[Record | Output], None]:
    said: list[bool] = []

    def announce(message: Record | Output) -> None:
        if not said and isinstance(message, Record):
            said.append(True)
            _say(TAKEN_UP, last=True)

    return announce


def _heed(engine: Engine) -> None:
    """Signals stop it with the state kept; one of them is a person's who takes over."""

    def stop(number: int, _frame: FrameType | None) -> None:
        known = SIGNALS.get(signal.Signals(number))
        engine.submit(Stop(known or TAKEN_OVER))

    for number in (*SIGNALS, LET_GO):
        signal.signal(number, stop)


def _say_last(outcome: Outcome) -> None:
    """Where it never took the run up, somebody still listens."""
    if outcome.word in {PAUSED, ENGINE_FAILED} and outcome.error:
        log.warning("ended: %s", outcome.error)
        _say(f"{FAILED}{outcome.error}", last=True)


def _say(line: str, *, last: bool = False) -> None:
    """Tell whoever started this; that nobody listens any more is no trouble."""
    with suppress(OSError):
        os.write(1, f"{line}\n".replace("\n", " ").rstrip().encode("utf-8", "backslashreplace") + b"\n")
    if last:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.close(nowhere)
