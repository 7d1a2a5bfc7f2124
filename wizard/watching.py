"""A run watched without an interface: what happens in it told as it happens, until it ends or stops."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

from wizard.console import JsonLines, Narrator
from wizard.run.engine import EXIT_AT_GATE, EXIT_INCOMPLETE, EXIT_OTHERWISE, EXIT_RESOLVED
from wizard.run.events import Record
from wizard.run.following import POLL, Follower
from wizard.run.listing import BROKEN, CRASHED, LIVE, PAUSED
from wizard.run.recorder import Output
from wizard.run.rollback import INCOMPLETE
from wizard.run.session import RESOLVED
from wizard.text import sanitise

INTERRUPTED = 130
UNREADABLE = 6
"""Exit status where the journal cannot be read on."""


def unfit_terminal() -> str:
    """Why no interface can be shown here; empty where one can."""
    if os.environ.get("TERM", "") in {"", "dumb"}:
        return "this terminal cannot show the interface (TERM is not set, or dumb)"
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "there is no terminal for the interface"
    return ""


def watch(directory: Path, *, as_json: bool = False) -> int:
    """Tell a run from its beginning, as it goes on; returns the exit status that its end stands for.

    Interrupting it ends only the watching.
    """
    follower, tell = Follower(directory), JsonLines() if as_json else _Told()
    try:
        while True:
            for message in follower.take():
                tell(message)
            sys.stderr.flush()
            if follower.standing[0] != LIVE:
                return _ended(follower)
            time.sleep(POLL)
    except KeyboardInterrupt:
        sys.stderr.write("no longer watched; the run goes on\n")
        return INTERRUPTED


def exit_status(follower: Follower) -> int:
    """What the end of a run stands for: as the command that ran it would have said, as far as the journal tells."""
    word, _ = follower.standing
    if word == RESOLVED:
        return EXIT_OTHERWISE if follower.state.deviations else EXIT_RESOLVED
    return {PAUSED: EXIT_AT_GATE, INCOMPLETE: EXIT_INCOMPLETE, BROKEN: UNREADABLE}.get(word, EXIT_OTHERWISE)


def _ended(follower: Follower) -> int:
    word, detail = follower.standing
    said = f"{word}: {detail}" if detail else word
    sys.stderr.write(f"{sanitise(said)}; the run is kept in {sanitise(str(follower.directory))}\n")
    if word in {PAUSED, CRASHED}:
        sys.stderr.write(f"go on: wizard resume {sanitise(shlex.quote(str(follower.directory)))}\n")
    return exit_status(follower)


class _Told:
    """The console's lines, each with the time that the record gives it: much of it may be long past."""

    def __init__(self) -> None:
        self._at = ""
        self._narrator = Narrator(clock=lambda: self._at)

    def __call__(self, message: Record | Output) -> None:
        if isinstance(message, Record):
            self._at = f"{message.at[11:19]}Z"
        self._narrator(message)
