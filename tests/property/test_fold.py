"""The fold: pure, deterministic, and the same whether events come from the engine or from the journal."""

import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run import state
from wizard.run.journal import Journal, decode, encode, read, utc_now

STEPS = ("one", "two", "three")
words = st.text(string.printable, max_size=20)
steps = st.sampled_from(STEPS)
outcomes = st.sampled_from(["pass", "fail", "unknown", "skip"])
ends = st.sampled_from(["verified", "skipped", "accepted", "not needed"])

started = ev.RunStarted(
    run="r",
    checklist="c",
    title="t",
    severity="low",
    path="p",
    sha256="0",
    source="",
    operator="o",
    machine="m",
    wizard="0",
    inputs={},
    secrets=[],
    outline=[
        {
            "id": "phase",
            "title": "Phase",
            "steps": [{"id": s, "title": s, "host": "local", "kind": "run", "changes": True} for s in STEPS],
        }
    ],
    exit_criteria=[],
)


def check(scope: str, outcome: str, index: int) -> ev.CheckObserved:
    return ev.CheckObserved(scope, index, "t", "local", outcome, "e", "o", [], 1, 0.1)


events: st.SearchStrategy[ev.Event] = st.one_of(
    st.builds(ev.StepStarted, steps, st.just("phase"), words, st.just("local"), words, words),
    st.builds(ev.StepRendered, steps, words, words, st.booleans()),
    st.builds(ev.BeforeCaptured, steps, words, words),
    st.builds(ev.UndoRegistered, steps, words, words),
    st.builds(ev.StepEnded, steps, ends, words, st.floats(0, 1)),
    st.builds(check, steps, outcomes, st.integers(0, 3)),
    st.builds(ev.ValueCaptured, steps, words, words),
    st.builds(ev.GateBlocked, steps, st.lists(words), st.lists(words)),
    st.builds(ev.GateAnswered, steps, words, words),
    st.builds(ev.UndoEnded, steps, st.sampled_from(["restored, proven", "failed"]), words, st.floats(0, 1)),
    st.builds(ev.NoteAdded, words),
    st.builds(ev.EditOffered, steps, words, words, words, words),
    st.builds(ev.StepEdited, steps, words, words, words, words),
    st.builds(ev.HandedOver, words, words),
    st.builds(ev.HandoverAcknowledged, words, words),
    st.builds(ev.RunPaused, words),
)


def records(body: list[ev.Event]) -> list[ev.Record]:
    return [ev.Record(seq, utc_now(), "o", event) for seq, event in enumerate([started, *body], start=1)]


@given(st.lists(events, max_size=30))
def test_a_state_replayed_from_the_lines_is_the_state_that_was(body: list[ev.Event]) -> None:
    lived = records(body)
    told = [decode(encode(record, "0"))[0] for record in lived]
    assert _plain(state.replay(told)) == _plain(state.replay(lived))


@given(st.lists(events, max_size=30))
def test_folding_changes_no_earlier_state(body: list[ev.Event]) -> None:
    now = state.RunState()
    for record in records(body):
        before = _plain(now)
        later = state.apply(now, record)
        assert _plain(now) == before
        now = later


@given(st.lists(events, max_size=40))
def test_the_undo_stack_is_newest_first_and_holds_each_step_once(body: list[ev.Event]) -> None:
    stack: list[str] = []
    for event in body:
        if isinstance(event, ev.UndoRegistered):
            stack = [event.step, *(step for step in stack if step != event.step)]
        if isinstance(event, ev.UndoEnded) and event.outcome != "failed":
            stack = [step for step in stack if step != event.step]
    assert list(state.replay(records(body)).undo_stack) == stack


@given(st.lists(events, max_size=40))
def test_an_edit_holds_until_its_step_is_undone_and_is_owned_up_to_where_the_step_stands(body: list[ev.Event]) -> None:
    now: dict[str, ev.StepEdited] = {}
    owned: list[str] = []
    for event in body:
        if isinstance(event, ev.StepEdited):
            now[event.step] = event
        elif isinstance(event, ev.UndoEnded) and event.outcome != "failed":
            now.pop(event.step, None)
        elif isinstance(event, ev.StepEnded) and event.outcome != "not needed" and event.step in now:
            owned += [event.step] if now[event.step].diff else []
    folded = state.replay(records(body))
    assert {one.id: one.edits[-1] for one in folded.steps.values() if one.edits} == now
    assert [one.split()[0] for one in folded.deviations if " edited: " in one] == owned


@given(st.lists(events, max_size=40))
def test_a_run_waits_for_a_successor_from_being_handed_over_until_somebody_takes_it(body: list[ev.Event]) -> None:
    handed = [event for event in body if isinstance(event, ev.HandedOver | ev.HandoverAcknowledged)]
    waits = bool(handed) and isinstance(handed[-1], ev.HandedOver)
    assert (state.replay(records(body)).handed_over is not None) == waits


@given(st.lists(st.text(max_size=30), max_size=10))
def test_a_journal_holds_any_text(tmp_path_factory: Any, texts: list[str]) -> None:
    directory = tmp_path_factory.mktemp("journal")
    journal = Journal(directory, Redactor([]), who="tester")
    for text in texts:
        journal.append(ev.NoteAdded(text))
    journal.close()
    reading = read(directory)
    assert reading.broken is None
    assert len(reading.records) == len(texts)


def _plain(folded: state.RunState) -> str:
    return repr(folded).replace("(", "[").replace(")", "]").replace(",]", "]")
