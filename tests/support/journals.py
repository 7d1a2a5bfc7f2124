"""Journals written as the engine writes them: the beginning of a run, and whichever events follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import Journal


def run_started(run: str = "r", title: str = "A title") -> ev.RunStarted:
    steps = [{"id": s, "title": s, "host": "local", "kind": "run", "changes": True} for s in ("one", "two")]
    blank: dict[str, Any] = {"path": "", "sha256": "", "source": "", "operator": "o", "machine": "m", "wizard": "0"}
    return ev.RunStarted(
        run=run,
        checklist="some",
        title=title,
        severity="low",
        inputs={},
        secrets=[],
        outline=[{"id": "p", "title": "P", "steps": steps}],
        exit_criteria=[],
        **blank,
    )


def write_journal(directory: Path, *events: ev.Event) -> Path:
    journal = Journal(directory, Redactor([]), who="tester")
    for event in events:
        journal.append(event)
    journal.close()
    return directory
