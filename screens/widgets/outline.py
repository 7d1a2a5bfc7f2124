"""Phases and steps with how each stands: what there is, how far it is, and where one looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.view import END, EVIDENCE, PAUSED, PHASE, WAITS, View
from screens.widgets.listing import Listing
from screens.widgets.pane import Frame
from screens.words import CHECKS, ENVIRONMENTS, STEPS, fit, plain
from wizard.run import state as st

WORDED = frozenset({st.BLOCKED, st.FAILED, st.UNKNOWN, st.SKIPPED, st.ACCEPTED, st.UNDONE, PAUSED})
"""How a step stands, said in a word as well: whatever is not as it should be."""

ASKS = "asks"
"""What stands in the list beside a step that waits for a word: there is no room for more."""

QUIET = frozenset({st.WAITING, st.NOT_NEEDED, st.UNDONE})
"""Steps that are told of in a fainter voice."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the outline; ``scope`` is what is looked at when it is chosen."""

    scope: str
    content: Content


class Outline(Listing):
    """The list. Moving in it looks at a step; choosing a phase folds it."""

    def __init__(self) -> None:
        super().__init__(id="outline", markup=False)
        self.frame = Frame(self)
        self._rows: list[Row] = []
        self._unfolded: set[str] = set()
        self._folded: set[str] = set()
        self._open_now: set[str] = set()

    def show(self, view: View, looking_at: str) -> None:
        """Tell how every step stands, with the cursor on what is looked at."""
        rows = list(self._told(view, looking_at))
        with self.prevent(OptionList.OptionHighlighted):
            if [row.scope for row in rows] != [row.scope for row in self._rows]:
                self.set_options([Option(row.content, id=row.scope) for row in rows])
            else:
                self._replace(rows)
            self._rows = rows
            place = next((n for n, row in enumerate(rows) if row.scope == looking_at), None)
            if place is not None and self.highlighted != place:
                self.highlighted = place
        done, total = view.progress()
        self.frame.say("Steps", f"{done} of {total} done")

    def scope_at(self, index: int) -> str:
        """What a line is about."""
        return self._rows[index].scope if 0 <= index < len(self._rows) else ""

    def toggle(self, phase: str) -> None:
        """Fold a phase that is open, open one that is folded."""
        here, there = (self._unfolded, self._folded) if phase in self._open_now else (self._folded, self._unfolded)
        here.discard(phase)
        there.add(phase)

    def _replace(self, rows: Sequence[Row]) -> None:
        for place, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
            if not old.content.is_same(new.content):
                self.replace_option_prompt_at_index(place, new.content)

    def _told(self, view: View, looking_at: str) -> Iterator[Row]:
        width = self.scrollable_content_region.width - 1 or 32
        if view.evidence:
            yield Row(EVIDENCE, _evidence(view, width))
        self._open_now = set()
        for number, phase in enumerate(view.phases(), start=1):
            scope = f"{PHASE}{phase['id']}"
            yield Row(scope, _phase(view, phase, number, width))
            if self._open(view, phase, looking_at):
                self._open_now.add(scope)
                for step in phase["steps"]:
                    yield Row(step["id"], _step(view, step["id"], width))
        if view.state.started and view.state.started.exit_criteria:
            yield Row(END, _exit(view, len(view.state.started.exit_criteria), width))

    def _open(self, view: View, phase: Any, looking_at: str) -> bool:
        """The phase that is worked on, the one looked at, and those a person opened."""
        scope = f"{PHASE}{phase['id']}"
        if scope in self._folded:
            return False
        steps = {step["id"] for step in phase["steps"]}
        at_work = view.state.phases.get(phase["id"]) == st.RUNNING
        return at_work or scope in self._unfolded or looking_at in steps


def _evidence(view: View, width: int) -> Content:
    outcomes = [seen.outcome for seen in view.evidence.values()]
    worst = next((outcome for outcome in ("fail", "unknown") if outcome in outcomes), "pass")
    glyph, style = CHECKS[worst]
    agree = sum(outcome == "pass" for outcome in outcomes)
    # It is not read again: once the steps have begun it tells how things were, and is no verdict on the run.
    name = "evidence at the start" if view.begun else "evidence"
    return _row(glyph, "dim" if view.begun else style, name, f"{agree}/{len(outcomes)}", width)


def _exit(view: View, total: int, width: int) -> Content:
    seen = list(view.state.checks.get(END, {}).values())
    passed = sum(one.outcome == "pass" for one in seen)
    glyph, style = ("✔", "$success") if passed == total else ("○", "dim")
    if any(one.outcome in {"fail", "unknown"} and one.final for one in seen):
        glyph, style = CHECKS["fail"]
    return _row(glyph, style, "exit criteria", f"{passed}/{total}", width)


def _phase(view: View, phase: Any, number: int, width: int) -> Content:
    steps = [view.state.steps[step["id"]] for step in phase["steps"]]
    done = sum(step.status in st.DONE for step in steps)
    glyph, style = _phase_sign(view, phase, steps)
    return _row(glyph, style, f"{number} {plain(phase['title'])}", f"{done}/{len(steps)}", width, "bold")


def _phase_sign(view: View, phase: Any, steps: Sequence[st.StepState]) -> tuple[str, str]:
    standing = view.state.phases.get(phase["id"])
    if any(step.status == st.UNDONE for step in steps):
        return STEPS[st.UNDONE]
    if standing == "done":
        return "✔", "$success"
    return ("▶", "bold $accent") if standing == st.RUNNING else ("○", "dim")


def _step(view: View, step: str, width: int) -> Content:
    state = view.state.steps[step]
    status = view.status(state)
    glyph, style = STEPS.get(status, ("·", ""))
    word = ASKS if status == WAITS else status if status in WORDED else ""
    colour = "dim" if status in QUIET else _colour(view, state)
    return _row(f"  {glyph}", style, f"{view.place(step)} {plain(state.title)}", word, width, colour)


def _colour(view: View, step: st.StepState) -> str:
    """A step that is changing a host bears the colour of that host's environment."""
    changing = step.changes and step.status in {st.RUNNING, st.CHECKING, st.BLOCKED}
    environment = "practice" if view.practice else view.environment(step.host)
    return ENVIRONMENTS.get(environment, "") if changing else ""


def _row(glyph: str, style: str, text: str, right: str, width: int, text_style: str = "") -> Content:
    room = width - len(glyph) - 1 - (len(right) + 1 if right else 0)
    shown = fit(text, room)
    pad = " " * (room - Content(shown).cell_length + 1) if right else ""
    return Content.assemble(
        (glyph, style), " ", (shown, text_style), pad, (right, style if text_style != "bold" else "dim")
    )
