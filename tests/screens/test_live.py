"""The live source: one run, one engine after the other, and no secret in what it says of its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from screens.bridge import Message
from screens.live import LiveRun
from screens.writing import Writing
from tests.screens.sandbox import HARBOUR, build_harbour
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.engine import FAILED, PAUSED
from wizard.run.events import Record
from wizard.run.intents import Answer, CancelStep, Stop
from wizard.run.preparation import Request, prepare
from wizard.run.session import Session

Start = Callable[..., LiveRun]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    harbour = build_harbour(tmp_path)
    begun: list[LiveRun] = []

    def begin(run_dir: str = "run", **typed: str) -> LiveRun:
        request = Request(str(HARBOUR), [f"where={harbour}", "pace=0"], run_dir=tmp_path / run_dir, typed=typed)
        begun.append(LiveRun(prepare(request), Manner(approve=True), Session.walk))
        begun[-1].begin()
        return begun[-1]

    yield begin
    for live in begun:
        live.submit(Stop())
        live.wait()


def told_until(live: LiveRun, event: type[ev.Event]) -> list[Message]:
    """Everything up to an event of this kind, or to the end."""
    told: list[Message] = []
    while live.running and not any(isinstance(one, Record) and isinstance(one.event, event) for one in told):
        told += live.take()
    return told + list(live.take())


def records(told: list[Message]) -> list[int]:
    return [one.seq for one in told if isinstance(one, Record)]


def test_what_happens_is_heard_once_and_in_order(start: Start) -> None:
    live = start()
    told = told_until(live, ev.QuestionAsked)
    assert records(told) == list(range(1, len(records(told)) + 1))


def test_an_engine_makes_way_for_the_next_on_the_same_run(start: Start) -> None:
    live = start()
    told = told_until(live, ev.QuestionAsked)
    live.submit(Answer("preflight", "pause and keep state"))
    outcome = live.wait()
    assert outcome is not None
    assert outcome.word == PAUSED
    told += live.take()
    live.again(None)
    assert live.running
    assert live.outcome is None
    told += told_until(live, ev.QuestionAsked)
    assert records(told) == list(range(1, len(records(told)) + 1))


def test_its_report_is_written_by_the_time_it_has_ended(start: Start) -> None:
    live = start()
    told_until(live, ev.QuestionAsked)
    live.submit(Stop("enough"))
    live.wait()
    assert "enough" in (live.directory / "report.md").read_text()
    assert "harbour" in live.report()


def test_no_secret_is_in_the_error_that_ends_it(start: Start) -> None:
    first = start("run-swordfish")
    told_until(first, ev.QuestionAsked)
    second = start("run-swordfish", token="run-swordfish")
    outcome = second.wait()
    assert outcome is not None
    assert outcome.word == FAILED
    assert outcome.error is not None
    assert "holds a run already" in str(outcome.error)
    assert "swordfish" not in str(outcome.error)


def test_what_is_written_for_the_report_goes_on_record_masked_and_into_the_report(start: Start) -> None:
    live = start(token="swordfish-77!")
    told_until(live, ev.QuestionAsked)
    writing = Writing(live)
    assert writing.put(ev.SectionWritten("summary", "the token swordfish-77! was wrong")) == "Put on record."
    assert writing.put(ev.NoteAdded("tell the harbour", "todo")) == "Put on record."
    live.submit(Stop("enough"))
    live.wait()
    assert writing.put(ev.SectionWritten("impact", "said later: swordfish-77!")) == "Put on record."
    text = writing.save().read_text()
    assert "the token «masked» was wrong" in text
    assert "said later: «masked»" in text
    assert text == live.report()
    assert "tell the harbour" in text
    assert "swordfish" not in (live.directory / "events.jsonl").read_text()


WATCH = """\
checklist: watchful
title: Watch
severity: low
phases:
  - id: one
    title: One
    steps:
      - id: watch
        title: Watch
        why: it may fail again
        watch: {for: 1h, every: 10m}
        samples:
          - name: it is up
            command: {command: "true", stdout_is: ""}
        checks:
          - command: {command: "true", stdout_is: ""}
exit_criteria:
  - name: over
    command: {command: "true", stdout_is: ""}
"""


def test_a_watch_that_is_ended_early_goes_on_record_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "watch.yaml").write_text(WATCH)
    live = LiveRun(prepare(Request(str(tmp_path / "watch.yaml"))), Manner(), Session.walk)
    live.begin()
    told = told_until(live, ev.SampleTaken)
    live.submit(CancelStep("the load test is over"))
    told += told_until(live, ev.GateBlocked)
    live.submit(Stop())
    live.wait()
    happened = [one.event for one in told if isinstance(one, Record)]
    notes = [event for event in happened if isinstance(event, ev.NoteAdded)]
    assert [(note.tag, note.about, note.text) for note in notes] == [
        ("decision", "watch", "ended early: the load test is over")
    ]
    ended = next(event for event in happened if isinstance(event, ev.ActionEnded))
    assert not ended.ok
    assert "the load test is over" in live.report()
