"""The live source: one run, one engine after the other, and no secret in what it says of its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from screens.bridge import Message
from screens.live import LiveRun
from tests.fixtures.journals import make
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.engine import FAILED, PAUSED
from wizard.run.events import Record
from wizard.run.intents import Answer, Stop
from wizard.run.preparation import Request, prepare
from wizard.run.session import Session

CHECKLIST = Path(make.__file__).parents[1] / "checklists" / "harbour.yaml"
Start = Callable[..., LiveRun]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    harbour = tmp_path / "harbour"
    harbour.mkdir()
    (harbour / "board").write_text("yesterday\n")
    (harbour / "table").write_text("today\n")
    begun: list[LiveRun] = []

    def begin(run_dir: str = "run", **typed: str) -> LiveRun:
        request = Request(str(CHECKLIST), [f"where={harbour}", "pace=0"], run_dir=tmp_path / run_dir, typed=typed)
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
