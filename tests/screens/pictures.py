"""What the tests with pictures share: two sizes of a terminal, long names, keys to press first, and runs to picture."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from screens.canned import CannedRun
from tests.screens import stories
from tests.screens.stories import Held, live, over, upto
from wizard.errors import HostKeyUnknown, HostUnreachable
from wizard.run import events as ev
from wizard.run.engine import FAILED, PAUSED, Outcome

Compare = Callable[..., bool]
Before = Callable[[Pilot[int]], Awaitable[None]]


DARK = pytest.param("dark", id=pytest.HIDDEN_PARAM)
"""The usual theme: its tests and pictures are not named for it."""

LIGHT = pytest.param("light", id="light")
ASCII = pytest.param("ascii", id="ascii")
LAST_ASCII = "~"
"""No character of the ASCII theme is beyond it."""

SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "small"])
LONG = "a name that goes on and on, as names do that somebody gave in a hurry at night, and then on " * 3
WIDE_COMMAND = (
    "install -m 0600 -o root -- /srv/stock/dump.rdb /var/backups/stock/" + "very/" * 30 + "deep\nsync\necho done"
)
UNREACHABLE = HostUnreachable("no route to host", where="ops@192.0.2.10", mend="Check the network, then go on")
KEY = HostKeyUnknown(
    "the host's key is not known", fingerprint="SHA256:pXk0+Vq3bT0m0Ck1yQ8a9JrJ0bV", where="192.0.2.10"
)


def themes(*which: object) -> pytest.MarkDecorator:
    """Show what a test shows in these themes, of ``screens.theme.THEMES``, in place of the dark one."""
    return pytest.mark.parametrize("theme", which, indirect=True)


def text_of(pilot: Pilot[int]) -> str:
    """The text of the whole screen."""
    return "\n".join("".join(part.text for part in strip) for strip in pilot.app.screen._compositor.render_strips())


def pressing(*keys: str, held: Held) -> Before:
    """Wait until the modals listen, then press."""

    async def before(pilot: Pilot[int]) -> None:
        await pilot.pause()
        for key in keys:
            held.later()
            await pilot.press(key)
        await pilot.pause()

    return before


def long_names() -> CannedRun:
    """Everything is called by a long name."""
    told = upto("clean", ev.ActionEnded, 2)
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    steps = [
        {**phase, "title": LONG, "steps": [{**step, "title": LONG} for step in phase["steps"]]}
        for phase in started.outline
    ]
    return live([replace(told[0], event=replace(started, title=LONG, outline=steps)), *told[1:]])


RUNS: dict[str, tuple[Callable[[], CannedRun], tuple[str, ...]]] = {
    "empty": (lambda: live([]), ()),
    "at_work": (stories.working, ()),
    "checking": (stories.checking, ()),
    "gate": (stories.at_gate, ()),
    "gate_out_of_reach": (stories.at_gate_out_of_reach, ()),
    "gate_evidence": (stories.at_evidence_gate, ()),
    "gate_window": (stories.at_closed_window, ()),
    "gate_picked": (stories.at_gate, ("7",)),
    "gate_reason": (stories.at_gate, ("3", "enter", "enter")),
    "gate_looked_around": (stories.at_gate, ("escape",)),
    "approval": (stories.at_approval, ()),
    "approval_phase": (stories.at_approval, ("2",)),
    "approval_long": (lambda: stories.at_approval(command=WIDE_COMMAND), ()),
    "question": (stories.at_manual, ("2",)),
    "question_shown": (stories.at_shown_manual, ()),
    "safe_stop": (stories.at_safe_stop, ()),
    "watching": (stories.watching, ()),
    "undoing": (stories.undoing, ()),
    "evidence": (stories.working, ("s", "home", "enter")),
    "steps": (stories.working, ("s",)),
    "zoomed": (stories.working, ("tab", "z")),
    "note": (stories.working, ("n",)),
    "cancel": (stories.working, ("c",)),
    "pause": (stories.working, ("p",)),
    "leave": (stories.working, ("q",)),
    "help": (stories.working, ("question_mark",)),
    "resolved": (lambda: over("clean", Outcome("resolved", 0)), ()),
    "rolled_back": (lambda: over("failed_and_rolled_back", Outcome("rolled back", 1)), ()),
    "incomplete": (lambda: over("rollback_incomplete", Outcome("rollback incomplete", 5)), ()),
    "paused": (lambda: over("unknown_outcome", Outcome(PAUSED, 4)), ()),
    "unreachable": (lambda: over("unknown_outcome", Outcome(FAILED, 3, UNREACHABLE)), ()),
    "unknown_key": (lambda: over("unknown_outcome", Outcome(FAILED, 3, KEY)), ()),
    "roll_back": (lambda: over("mitigated", Outcome("mitigated", 1)), ("escape", "b")),
    "hostile": (lambda: live(stories.records("hostile_text")[:18]), ("escape",)),
    "long_names": (long_names, ()),
}  # fmt: skip
