"""A run without an interface: the engine in its thread, a reader in this one, signals turned into intents."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType

from wizard.backlog import Backlog, Told
from wizard.console import JsonLines, Narrator
from wizard.debuglog import debug_log
from wizard.frozen import frozen
from wizard.run.attempting import Manner
from wizard.run.engine import Engine, Outcome
from wizard.run.intents import PAUSE, UNDO_EVERYTHING, Stop
from wizard.run.preparation import Prepared
from wizard.run.recorder import Reader
from wizard.run.session import Session
from wizard.run.unattended import Unattended, read_decisions
from wizard.running import Work, engine_of, report_keeper, told_end
from wizard.signals import SIGNALS

TICK = 0.05
"""Seconds between two looks at what there is to tell, and at whether the engine has ended."""

HEAD_START = 0.015
"""Seconds that the engine has for itself once it connects, before what is needed later is loaded beside it."""

Reads = Callable[[Told], None]


@frozen
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
    backlog, current = Backlog(), report_keeper(prepared)
    answering = Unattended(decisions, UNDO_EVERYTHING if how.roll_back else PAUSE)
    debug_log(prepared.directory)
    if any(host.ssh for host in prepared.document.checklist.hosts.values()):
        importlib.import_module("wizard.hosts.ssh")
    ahead = threading.Event()
    readers: list[Reader] = [backlog, answering, current]
    engine = engine_of(prepared, Manner(dry=how.dry), readers, _with_head_start(work, ahead), backlog.wake)
    answering.submit = engine.submit

    def make_reader() -> Reads:
        ahead.wait(2 * HEAD_START)
        _load_what_is_needed_later(prepared.document.source)
        return (JsonLines if how.as_json else Narrator)()

    outcome, caught = _watch(engine, backlog, make_reader)
    current.close()
    return told_end(prepared.directory, outcome, caught, "--headless")


def _with_head_start(work: Work, ahead: threading.Event) -> Work:
    """The same work, which tells when it has had its head start."""

    def begin(session: Session) -> Awaitable[str]:
        asyncio.get_running_loop().call_later(HEAD_START, ahead.set)
        return work(session)

    return begin


def _load_what_is_needed_later(source: str) -> None:
    """The report, and the checklist as the report reads it: while hosts are waited for, this is free."""
    importlib.import_module("wizard.report.files")
    importlib.import_module("wizard.report.log").checklist_of(source)


def _watch(engine: Engine, backlog: Backlog, make_reader: Callable[[], Reads]) -> tuple[Outcome, int]:
    """Read until the engine ends; a signal stops it with the state kept. Returns the signal caught, or 0."""
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        backlog.hush()
        engine.submit(Stop(SIGNALS[signal.Signals(number)]))

    for number in SIGNALS:
        signal.signal(number, stop)
    engine.start()
    reader = make_reader()
    while (outcome := engine.join(0)) is None:
        backlog.drain(reader, TICK)
        sys.stderr.flush()
    backlog.drain(reader, 0)
    return outcome, caught[0] if caught else 0
