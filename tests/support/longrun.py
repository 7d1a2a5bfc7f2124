"""A run that stands at a gate, and has so many events behind it as a night of watching leaves."""

from __future__ import annotations

from pathlib import Path

from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import Journal

EVENTS = 10_000

STEPS = """\
  - id: one
    title: One
    steps:
      - id: first
        title: First
        why: it comes first
        run: {command: "echo first >> $HOME/effects", irreversible: it stays}
        checks:
          - command: {command: "cat $HOME/effects", exit_status: 0, stdout: "first"}
      - id: second
        title: Second
        why: it comes second
        run: {command: "echo second >> $HOME/effects", irreversible: it stays}
        checks:
          - name: it opens only by hand
            command: {command: "test -e $HOME/opened", exit_status: 0, stdout_is: ""}
"""


def grown(run: Path, events: int) -> None:
    """Notes and looks at the first step's check behind what a paused run has, until it has so many events."""
    journal = Journal(run, Redactor([]))
    while journal.length < events:
        journal.append(ev.CheckObserved("first", 0, "seen", "local", "pass", "first", "first", [], 1, 0.1))
        journal.append(ev.SampleTaken("first", journal.length, "ok", {"it answers": "PONG"}, [], {"keys": 1.0}))
    journal.append(ev.NoteAdded("the last of all words", "todo"))
    journal.close()
