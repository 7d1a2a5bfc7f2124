"""Pictures of what a gate opens: editing, handing over, telling people, typing a name, and the page of a rollback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screens.canned import CannedRun
from tests.screens import stories
from tests.screens.pictures import LONG, SIZES, WIDE_COMMAND, Compare, pressing
from tests.screens.stories import (
    Held,
    at_editable_gate,
    at_handover,
    at_irreversible_approval,
    at_noticed_gate,
    followed,
    gate_events,
    interface,
    live,
    over,
    upto,
)
from wizard.run import events as ev
from wizard.run.engine import Outcome
from wizard.run.intents import ABORT, PAUSE

DIFF = "--- text in the checklist\n+++ text as edited\n@@ -1 +1 @@\n-systemctl start stock\n+systemctl start -v stock\n"


def long_named(told: list[ev.Record]) -> list[ev.Record]:
    """The same run with long names everywhere."""
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    outline = [
        {**phase, "title": LONG, "steps": [{**step, "title": LONG} for step in phase["steps"]]}
        for phase in started.outline
    ]
    return [replace(told[0], event=replace(started, title=LONG, outline=outline)), *told[1:]]


def at_long_gate() -> CannedRun:
    """A gate where everything is long, and the step said much."""
    start = long_named(upto("failed_and_rolled_back", ev.GateBlocked)[:-1])
    check = ev.CheckObserved("start", 0, LONG, "stock", "fail", LONG, LONG, [WIDE_COMMAND] * 5, 3, 3.0)
    offered = ev.EditOffered("start", WIDE_COMMAND, WIDE_COMMAND, WIDE_COMMAND, WIDE_COMMAND)
    return live(followed(start, check, offered, gate_events(blocked_by=[LONG], advice=[LONG])))


def at_edited_approval() -> CannedRun:
    """An approval of what a person wrote."""
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    edited = ev.StepEdited("start", "systemctl start -v stock", "", DIFF, "it says more so")
    rendered = ev.StepRendered("start", "systemctl start -v stock", "stock as captured", changes=True)
    asked = ev.QuestionAsked("start", "approve", "systemctl start -v stock", ["run", PAUSE, ABORT])
    return live(followed(start, gate_events(), edited, rendered, asked))


def undone_with_differences() -> CannedRun:
    """A rollback in which one thing did not come back."""
    left = {"where": f"/srv/stock/{'deep/' * 12}dump.rdb owner", "before": f"shop {LONG}", "now": "stock"}
    ended = ev.UndoEnded("open-access", "failed", "x", 1.0, [left], [left], "1 differences remain")
    start = upto("failed_and_rolled_back", ev.UndoStarted, 4)
    return live(followed(start, ended))


RUNS: dict[str, tuple[Callable[[], CannedRun], tuple[str, ...]]] = {
    "gate_long": (at_long_gate, ()),
    "gate_long_read_on": (at_long_gate, ("pagedown",)),
    "gate_told": (at_noticed_gate, ()),
    "tell": (at_noticed_gate, ("t", "1")),
    "edit": (at_editable_gate, ("2", "enter")),
    "edit_without_a_word": (at_editable_gate, ("2", "enter", "x", "ctrl+s")),
    "edit_long": (at_long_gate, ("2", "enter")),
    "approval_edited": (at_edited_approval, ()),
    "name_to_type": (stories.at_gate, ("7", "enter")),
    "name_typed_wrong": (stories.at_gate, ("7", "enter", "s", "enter")),
    "approval_irreversible": (at_irreversible_approval, ("1", "enter")),
    "hand_over": (stories.working, ("h", "R", "o", "b", "i", "n", "enter")),
    "take_over": (at_handover, ()),
    "undo_plan": (lambda: over("mitigated", Outcome("mitigated", 1)), ("escape", "u")),
    "undo_compared": (stories.undoing, ("u",)),
    "undo_differs": (undone_with_differences, ("u",)),
    "undo_nothing_yet": (stories.working, ("u",)),
    "undo_long": (at_long_gate, ("escape", "u")),
}


@SIZES
@pytest.mark.parametrize("name", RUNS)
def test_what_a_gate_opens(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    held = Held()
    source, keys = RUNS[name]
    assert snap_compare(interface(source(), held), terminal_size=size, run_before=pressing(*keys, held=held))
