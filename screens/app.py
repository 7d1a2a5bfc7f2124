"""The interface as the command line opens it: on a run, or to choose one."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from screens.interface import Interface
from screens.leaving import Leaving
from screens.live import LiveRun
from screens.run import RunScreen
from wizard.errors import UsageError
from wizard.run.attempting import Manner
from wizard.run.intents import Stop
from wizard.run.preparation import Prepared, Request, prepare
from wizard.run.session import Session
from wizard.running import Work, debug_log, told_end


@dataclass(frozen=True, slots=True)
class Asked:
    """How a run goes on with a person.

    Args:
        dry: Change nothing.
        plan: The work is a rollback to this step, or to the beginning where it is empty: show what would be undone, and
            begin only on the person's word. None where the work begins by itself.
    """

    dry: bool = False
    plan: str | None = None


def run_interface(prepared: Prepared, how: Asked, work: Work = Session.walk) -> int:
    """Do the work with a person at the screen; returns the exit status.

    Raises:
        UsageError: There is no terminal.
    """
    need_terminal()
    debug_log(prepared.directory)
    run = LiveRun(prepared, Manner(approve=True, dry=how.dry), work)
    return _shown(Interface(lambda: RunScreen(run, how.plan)), run)


def open_checklist(request: Request) -> int:
    """Run a checklist with a person at the screen; returns the exit status.

    Raises:
        WizardError: It cannot be run.
    """
    need_terminal()
    return run_interface(prepare(request), Asked(dry=request.mode == "check"))


def roll_back(prepared: Prepared, to: str, reason: str) -> int:
    """Undo a run with a person at the screen, who sees the plan first; returns the exit status."""

    async def work(session: Session) -> str:
        return await session.roll_back(to, reason)

    return run_interface(prepared, Asked(plan=to), work)


def open_interface() -> int:
    """Choose what to do; returns the exit status."""
    need_terminal()
    raise UsageError("not there yet")


def need_terminal() -> None:
    """Refuse where nobody could see or answer anything.

    Raises:
        UsageError: There is no terminal, or none that can show an interface.
    """
    mend = "Run with --headless, which passes a gate only on what is observed"
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise UsageError("this terminal cannot show the interface (TERM is not set, or dumb)", mend=mend)
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("the interface needs a terminal", mend=mend)


def _shown(app: Interface, run: LiveRun) -> int:
    """Run the application; then stop what still runs, with its state kept, and say how to go on."""
    leaving = Leaving(app, run.submit, run.wait)
    with leaving.watching():
        app.run()
    if run.running:
        run.submit(Stop("the interface ended on an error of its own" if app.crashed else "left by the operator"))
    outcome = run.wait()
    if app.crashed:
        _say_crashed(run.directory)
    if outcome is None:
        sys.stderr.write("nothing was begun\n")
        return app.return_code or 1
    return max(told_end(run.directory, outcome, leaving.caught), 1 if app.crashed else 0)


def _say_crashed(directory: Path) -> None:
    sys.stderr.write(f"wizard: the interface met an error of its own; {directory}/debug.log has the details\n")
