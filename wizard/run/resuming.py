"""A run that goes on: read back from its journal, and refused where what it stands on has changed since."""

from __future__ import annotations

import difflib
from pathlib import Path

from wizard.checklist.document import Document
from wizard.checklist.inputs import Inputs, given_values, resolve
from wizard.checklist.loading import Source, source_of
from wizard.errors import JournalUnwritable, UsageError
from wizard.kinds import document_from
from wizard.run import events as ev
from wizard.run.journal import JOURNAL, Reading, read
from wizard.run.preparation import Prepared, Request
from wizard.run.session import MITIGATED
from wizard.run.state import RunState, replay

SHOWN = 40
"""Lines of a difference that are shown."""


def reopen(directory: Path, request: Request, *, as_started: bool = False, rolling_back: bool = False) -> Prepared:
    """Everything that a run needs to go on.

    Args:
        directory: The run directory.
        request: Inputs given now; secrets are among them or in the environment, as they were never stored.
        as_started: Go on with the checklist as it was, although its file has changed.
        rolling_back: It is to be undone, which a run that has ended can be, too.

    Raises:
        UsageError: It has ended, or checklist or inputs are not what they were; the difference is told.
        JournalUnwritable: Its journal was changed after it was written.
    """
    history = _sound(directory)
    state = replay(history.records)
    if state.started is None:
        raise UsageError("the run never began", where=str(directory), mend="Start a new one")
    if not rolling_back:
        _unfinished(state, directory)
    document = _document(state.started, as_started=as_started)
    inputs = _inputs(document, state.started, request)
    return Prepared(request, document, inputs, state.started.run, directory, history)


def _sound(directory: Path) -> Reading:
    history = read(directory)
    if history.broken:
        raise JournalUnwritable(
            f"the journal is broken: {history.broken.why}",
            where=f"{directory / JOURNAL}:{history.broken.line}",
            mend="It was changed after it was written; keep it as evidence and start a new run",
        )
    return history


def _unfinished(state: RunState, directory: Path) -> None:
    if state.ended and state.ended.outcome != MITIGATED:
        mend = "Start a new run; `wizard rollback` undoes this one" if state.undo_stack else "Start a new run"
        raise UsageError(f"the run has ended: {state.ended.outcome}", where=str(directory), mend=mend)


def _document(started: ev.RunStarted, *, as_started: bool) -> Document:
    then = Source(Path(started.path), started.source, started.sha256)
    now = Path(started.path)
    if not as_started and now.exists():
        text = source_of(now)
        if text.sha256 != started.sha256:
            raise UsageError(
                f"the checklist has changed since the run began\n{_difference(started.source, text.text)}",
                where=started.path,
                mend="--as-started goes on with it as it was; or put it back",
            )
    return document_from(then)


def _difference(then: str, now: str) -> str:
    lines = list(difflib.unified_diff(then.splitlines(), now.splitlines(), "as started", "now", lineterm="", n=1))
    more = [f"... and {len(lines) - SHOWN} lines more"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *more])


def _inputs(document: Document, started: ev.RunStarted, request: Request) -> Inputs:
    declared = document.checklist.inputs
    given = given_values(declared, pairs=request.sets, file=request.inputs)
    changed = [
        f"{name}: was {started.inputs[name]!r}, now {value!r}"
        for name, value in given.items()
        if name in started.inputs and started.inputs[name] != value
    ]
    if changed:
        what = "inputs have changed since the run began: " + "; ".join(changed)
        raise UsageError(what, mend="Leave them out: the run goes on with what it had; or start a new one")
    return resolve(declared, file=request.inputs, answers={**request.typed, **started.inputs})
