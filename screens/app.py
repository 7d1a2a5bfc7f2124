"""The interface as the command line opens it: on a run, or to choose one."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from textual.screen import Screen

from screens.canned import past_run
from screens.detaching import DETACHED
from screens.inputs import Inputs
from screens.interface import Interface
from screens.leaving import Leaving, say_crashed, spare_what_is_gone
from screens.live import LiveRun
from screens.modals import past
from screens.opening import Opened
from screens.rehearsals import Rehearsals
from screens.report import report_of
from screens.run import RunScreen
from screens.settings import said
from screens.start import Start
from screens.terminal import need_terminal
from screens.watch import WatchScreen
from screens.watched import WatchedRun
from wizard.checklist.document import load
from wizard.checklist.inputs import InputsInvalid, given_values
from wizard.checklist.model import Checklist
from wizard.debuglog import debug_log
from wizard.kinds import registry
from wizard.paths import runs_directory, state_directory
from wizard.run.attempting import Manner
from wizard.run.engine import Outcome
from wizard.run.intents import Stop
from wizard.run.preparation import Prepared, Request, find_checklist, prepare
from wizard.run.resuming import reopen
from wizard.run.session import Session
from wizard.running import Work, told_end
from wizard.text import sanitise


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
    return _Sitting(lambda sitting: sitting.run_screen(prepared, how, work)).hold()


def opened(app: Interface, request: Request) -> Opened:
    """What an interface that is open already goes on with: a checklist's run, or its inputs where some are missing.

    Raises:
        WizardError: It cannot be run.
    """
    how = Asked(dry=request.mode == "check")
    try:
        prepared = prepare(request)
    except InputsInvalid as invalid:
        complaints = {name: f"{what}: {mend}" for name, what, mend in invalid.complaints}
        return _Sitting(lambda sitting: sitting.inputs_screen(request, complaints), app).opened()
    return _Sitting(lambda sitting: sitting.run_screen(prepared, how), app).opened()


def roll_back(prepared: Prepared, to: str, reason: str) -> int:
    """Undo a run with a person at the screen, who sees the plan first; returns the exit status."""

    async def work(session: Session) -> str:
        return await session.roll_back(to, reason)

    return run_interface(prepared, Asked(plan=to), work)


def open_interface() -> int:
    """Choose what to do; returns the exit status."""
    return _Sitting(Start).hold()


def watch_run(directory: Path) -> int:
    """Watch a run as it goes on, read-only; returns the exit status.

    Raises:
        UsageError: There is no terminal, or no journal.
    """
    need_terminal()
    watched = WatchedRun(directory)
    return _Sitting(lambda sitting: WatchScreen(watched, sitting.take_over)).hold()


def choose_rehearsal() -> str | None:
    """Ask what to practise: the step that is to fail, empty for the whole incident, None where a person leaves.

    Raises:
        UsageError: There is no terminal.
    """
    need_terminal()
    debug_log(state_directory())
    chosen: list[str] = []
    app = Interface(lambda: Rehearsals(chosen.append), loaded=said())
    with Leaving(app, lambda _stop: None, lambda: None).watching():
        app.run()
    return chosen[0] if chosen else None


class _Sitting:
    """One application from its first screen to its exit status, and the one run it may open.

    Args:
        first: Makes the first screen.
        app: The application, where it is open already.
    """

    def __init__(self, first: Callable[[_Sitting], Screen[Any]], app: Interface | None = None) -> None:
        self._first = lambda: first(self)
        self._app = app or Interface(self._first, loaded=said())
        self._live: LiveRun | None = None

    def hold(self) -> int:
        """Run the application; then stop what still runs, with its state kept, and say how to go on."""
        need_terminal()
        debug_log(state_directory())
        leaving = Leaving(self._app, self._submit, self._wait)
        with leaving.watching():
            self._app.run()
        spare_what_is_gone()
        return self.end(leaving.caught)

    def opened(self) -> Opened:
        """Itself, for an application that somebody else runs."""
        return Opened(self._first, self._submit, self._wait, self.end)

    def end(self, caught: int) -> int:
        """Stop what still runs, with its state kept, and say how to go on; returns the exit status."""
        if self._live and self._live.running:
            self._submit(Stop("the interface met an error of its own" if self._app.crashed else "left by the operator"))
        outcome = self._wait()
        if self._app.crashed:
            say_crashed(self._live.directory if self._live else state_directory())
        return self._status(outcome, caught)

    def run_screen(self, prepared: Prepared, how: Asked, work: Work = Session.walk) -> RunScreen:
        """A run, live."""
        debug_log(prepared.directory)
        self._live = LiveRun(prepared, Manner(approve=True, dry=how.dry), work)
        return RunScreen(self._live, how.plan)

    def inputs_screen(self, request: Request, complaints: Mapping[str, str] | None = None) -> Inputs:
        """The inputs of a checklist, ahead of its run."""
        checklist = load(find_checklist(request.checklist), registry()).checklist

        def begin(typed: Mapping[str, str]) -> None:
            prepared = prepare(replace(request, typed=typed))
            self._app.push_screen(self.run_screen(prepared, Asked(dry=request.mode == "check")))

        return Inputs(checklist.title, checklist.inputs, _given(checklist, request), begin, complaints)

    def run(self, checklist: str) -> None:
        """Begin a run of a checklist, by way of its inputs."""
        self._app.push_screen(self.inputs_screen(Request(checklist)))

    def past(self, directory: Path, what: str) -> None:
        """Do something with a run that was."""
        if what == past.LOOK:
            self._app.push_screen(RunScreen(past_run(directory)))
        elif what in {past.WATCH, past.TAKE_OVER}:
            self._app.push_screen(WatchScreen(WatchedRun(directory), self.take_over, asks=what == past.TAKE_OVER))
        elif what == past.REPORT:
            self._app.push_screen(report_of(past_run(directory)))
        else:
            self._reopen(directory, Request(""), rolling_back=what == past.ROLL_BACK)

    def take_over(self, directory: Path) -> None:
        """Go on here with a run that nobody holds any more."""
        self._reopen(directory, Request(""), rolling_back=False)

    def _reopen(self, directory: Path, request: Request, *, rolling_back: bool) -> None:
        """Go on with a run, or undo it; secrets that were never kept are asked for."""

        def begin(typed: Mapping[str, str]) -> None:
            prepared = reopen(
                directory, replace(request, typed=typed), rolling_back=rolling_back, as_started=rolling_back
            )
            self._app.push_screen(self._going_on(prepared, rolling_back=rolling_back))

        try:
            begin({})
        except InputsInvalid as invalid:
            checklist = past_run(directory).checklist
            declared = (
                {name: one for name, one in checklist.inputs.items() if name in invalid.missing} if checklist else {}
            )
            if not declared:
                raise
            self._app.push_screen(Inputs("what is not kept with a run", declared, {}, begin))

    def _going_on(self, prepared: Prepared, *, rolling_back: bool) -> RunScreen:
        if rolling_back:
            return self.run_screen(prepared, Asked(plan=""), Session.roll_back)
        return self.run_screen(prepared, Asked())

    def _submit(self, stop: Stop) -> None:
        if self._live:
            self._live.submit(stop)

    def _wait(self) -> Outcome | None:
        return self._live.wait() if self._live else None

    def _status(self, outcome: Outcome | None, caught: int) -> int:
        crashed = 1 if self._app.crashed else 0
        if self._live and self._live.successor:
            return _say_detached(self._live)
        if self._live and outcome:
            return max(told_end(self._live.directory, outcome, caught), crashed)
        if self._live:
            sys.stderr.write("nothing was begun\n")
        return 128 + caught if caught else max(self._app.return_code or 0, crashed)


def _given(checklist: Checklist, request: Request) -> Mapping[str, Any]:
    """What the command line gives; what is wrong with it is said by the form."""
    try:
        return given_values(checklist.inputs, pairs=request.sets, file=request.inputs)
    except InputsInvalid:
        return {}


def _say_detached(live: LiveRun) -> int:
    """The run goes on elsewhere; returns the exit status."""
    directory = live.directory
    # A name is copied more easily than a path that the terminal wraps; a run elsewhere has only its path.
    name = sanitise(shlex.quote(directory.name if directory.parent == runs_directory() else str(directory)))
    sys.stderr.write(f"detached: the run goes on in process {live.successor}, up to what needs a person\n")
    sys.stderr.write(f"look: wizard watch {name}; take it back: wizard resume {name}\n")
    return DETACHED
