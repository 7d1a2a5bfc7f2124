"""Which run is meant where none is named: the only one that is live, to be watched; else the latest ones are told."""

from __future__ import annotations

from wizard import paths
from wizard.errors import UsageError
from wizard.report.times import shown
from wizard.run.listing import RunSummary, summary, writer
from wizard.text import one_line

LATEST = 5
"""Runs that are told."""

TITLE = 40


def unnamed_run(command: str) -> str:
    """The run that a command without one can only mean.

    Args:
        command: Its name.

    Raises:
        UsageError: Several could be meant, or none; the latest are named.
    """
    found = paths.runs()
    live = [run for run in found if writer(run)] if command == "watch" else []
    if len(live) == 1:
        return str(live[0])
    if not found:
        raise UsageError("there is no run yet", mend="Start one with: wizard run CHECKLIST")
    told = "\n".join(_told(summary(run)) for run in found[:LATEST])
    raise UsageError(f"which run? Give its id, or `last`: wizard {command} RUN", mend=f"The newest first:\n{told}")


def _told(one: RunSummary) -> str:
    began = shown(one.began) or "never began"
    return f"  {one_line(one.id, 40)}  {began}  {one_line(one.state, 20)}  {one_line(one.title, TITLE)}"
