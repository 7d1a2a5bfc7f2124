"""Text that others chose: nothing of it is obeyed by the terminal, read as markup, or able to do anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

import screens
from screens.audience import ToTell, to_tell
from screens.modals import approve, gate, question, steering
from screens.modals.handover import take_over
from screens.modals.tell import Telling
from screens.rollback import compared_told, plan_told
from screens.view import View
from screens.widgets.checking import checks_told, evidence_told
from screens.widgets.detail import step_told
from screens.widgets.heading import heading
from screens.widgets.undo import rollback_told, stack_told
from tests.screens import stories
from tests.screens.hostile_text import HOSTILE_TEXT, poison
from wizard.checklist.model import Notice
from wizard.report.packet import packet
from wizard.report.packet_text import packet_text
from wizard.run import events as ev
from wizard.run.recorder import Output
from wizard.text import hidden

STORIES = ["failed_and_rolled_back", "hostile_text", "unknown_outcome"]


def told(view: View) -> Iterator[Content]:
    """Everything the run screen and its modals would say."""
    now = datetime(2026, 3, 14, tzinfo=UTC)
    for running in (True, False):
        yield heading(view, running=running, now=now, width=80)
    for step in view.state.steps.values():
        yield step_told(view, step)
        yield checks_told(view, step.id)
    yield evidence_told(view)
    yield stack_told(view)
    if view.undoing:
        yield rollback_told(view, view.undoing)
    yield from _of(
        steering.over(view, None), steering.cancel(view), steering.leave(view), steering.roll_back(view, "start")
    )
    if view.waiting and isinstance(view.waiting.event, ev.GateBlocked):
        yield from _of(gate.gate(view, view.waiting))
    elif view.waiting:
        yield from _of(question.question(view, view.waiting))


def _of(*modals: Any) -> Iterator[Content]:
    for modal in modals:
        yield from [modal._body] if isinstance(modal._body, Content) else [modal._body(70), modal._body(96)]
        for choice in modal._choices:
            yield Content(choice.label)
            yield Content(choice.effect)


@given(HOSTILE_TEXT, st.sampled_from(STORIES), st.integers(0, 120))
def test_nothing_that_a_terminal_would_obey_is_told(text: str, name: str, upto: int) -> None:
    view = View()
    view.take(poison(stories.records(name)[: upto + 1], text))
    for content in told(view):
        assert hidden(content.plain) is None, repr(content.plain)


@given(HOSTILE_TEXT)
def test_nothing_that_a_gate_opens_tells_anything_to_be_obeyed(text: str) -> None:
    start = stories.upto("failed_and_rolled_back", ev.GateBlocked)
    edited = ev.StepEdited("start", "x", "", text, text)
    asked = ev.QuestionAsked("start", "approve", text, ["run"])
    given_over = ev.HandedOver(text, text, "start", text)
    left = {"where": text, "before": text, "now": text}
    undone = ev.UndoEnded("start", "failed", text, 1.0, [left], [left], text)
    rolling = [ev.RollbackStarted(["start"], text, text), ev.UndoStarted("start"), undone]
    whole = poison(stories.followed(start, edited, asked, given_over, *rolling), text)
    view = View()
    view.take([*whole[: len(start)], Output("start", "stock", text.encode("utf-8", "surrogatepass"))])
    notices = [notices_of(text)]
    view._notify = (Notice(who="x", text="x").model_copy(update={"who": text, "when": text, "text": text}),)
    assert view.waiting is not None
    shown = [*_of(gate.gate(view, view.waiting), Telling(notices, "why"))]
    view.take(whole[len(start) : len(start) + 2])
    assert view.waiting is not None
    shown += _of(approve.approve(view, view.waiting), take_over(packet_text(packet(whole))))
    view.take(whole[len(start) + 2 :])
    steps = view.undoing.plan if view.undoing else ()
    shown += [plan_told(view, view.undoing, steps), compared_told(view, view.undoing, 60)]
    for content in shown:
        assert hidden(content.plain) is None, repr(content.plain)


def notices_of(text: str) -> ToTell:
    """One as it is made of a checklist."""
    view = View()
    view._notify = (Notice(who="x").model_copy(update={"who": text, "when": text, "text": text}),)
    return to_tell(view, "gate")[0]


SAFE = {"Static", "Label", "OptionList", "Option", "Input", "Select", "Markdown", "Pane", "notify"}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", sorted(Path(screens.__file__).parent.rglob("*.py")), ids=lambda path: path.name)
def test_no_sink_reads_text_as_markup(path: Path) -> None:
    """Static, Label, OptionList and notify take markup unless told otherwise, so they are told otherwise."""
    for call in calls(path):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in {"Static", "Label", "OptionList", "notify"}:
            given_markup = {keyword.arg: keyword.value for keyword in call.keywords}.get("markup")
            assert isinstance(given_markup, ast.Constant), f"{path.name}:{call.lineno}"
            assert given_markup.value is False
        assert name not in {"from_markup", "from_ansi"}, f"{path.name}:{call.lineno}"


async def test_a_title_that_looks_like_an_action_does_nothing_when_clicked() -> None:
    start = stories.upto("clean", ev.ActionEnded, 2)
    title = "[@click=app.exit(3)]click me[/] [/oops]"
    started = start[0].event
    assert isinstance(started, ev.RunStarted)
    outline = [
        {**phase, "title": title, "steps": [{**step, "title": title} for step in phase["steps"]]}
        for phase in started.outline
    ]
    source = stories.live([replace(start[0], event=replace(started, title=title, outline=outline)), *start[1:]])
    app = stories.interface(source)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for place in [(12, 0), (10, 2), (10, 3), (60, 2), (60, 1), (10, 36)]:
            await pilot.click(offset=place)
        assert app.return_code is None
        assert app.is_running
