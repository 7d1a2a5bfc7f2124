"""A run at work in which people took notes, for what is done with notes."""

from __future__ import annotations

from screens.canned import CannedRun
from tests.screens import stories
from tests.screens.stories import followed
from wizard.run import events as ev
from wizard.run.events import Event, NoteAdded, NoteSettled

START = stories.upto("clean", ev.AttemptClaimed, 4)
SEQ = len(START)
NOTED: tuple[Event, ...] = (
    NoteAdded("customers report errors", "observation", "", "2026-03-14T01:40:00.000Z"),
    NoteAdded("the disk is full", "hypothesis", "look"),
    NoteAdded("somebody ran chown by hand", "hypothesis", "chown"),
    NoteAdded("tell the shop that writes are back", "todo"),
    NoteAdded("write to the on-call of tomorrow", "todo"),
    NoteSettled(SEQ + 2, "eliminated", "because df shows 40 % free"),
    NoteSettled(SEQ + 4, "done"),
)


def run_with(*events: Event) -> CannedRun:
    return CannedRun(followed(START, *events), outputs=stories.outputs(), running=True)
