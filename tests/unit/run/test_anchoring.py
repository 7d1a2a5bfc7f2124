"""Leaving heads with hosts: of a definite event, on disk first, never waited for on the way, and told where in vain."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from wizard.errors import LinkLost
from wizard.hosts.base import Answer, Attempt, Destination
from wizard.hosts.fake import FakeHost
from wizard.run import anchoring
from wizard.run import engine as module
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.context import Context
from wizard.run.engine import Engine
from wizard.run.intents import Stop
from wizard.run.journal import heads, read
from wizard.run.preparation import Request, open_run, prepare
from wizard.run.session import Session

CHECKLIST = """\
checklist: anchors
title: Two phases
severity: low
hosts:
  db: {ssh: me@db}
phases:
  - id: first
    title: First
    steps:
      - {id: look, title: Look, why: to see, on: db, run: {command: uptime, read_only: true}}
  - id: second
    title: Second
    steps:
      - {id: again, title: Look, why: to see, on: db, run: {command: date, read_only: true}}
exit_criteria:
  - on: db
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""


@dataclass
class Db(FakeHost):
    """A host over SSH that does with a head what the test wants, and counts those that it took.

    A slow one answers what belongs to a phase only once it has the head of the phase before.
    """

    name: str = "db"
    destination: Destination | None = field(default_factory=lambda: Destination("me", "db", 22, None, ()))
    takes: Callable[[], Awaitable[Answer]] | None = None
    slow: bool = False
    took: list[tuple[str, int, str]] = field(default_factory=list)

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:
        left = re.match(r'line="(\S+) (\d+) (\S+)"\n', script)
        if not left or "logger" not in script:
            await self._until(2 if script == "true" else 0)
            return await super().ask(script, limit=limit, stdin=stdin)
        answer = await self.takes() if self.takes else Answer(0)
        if answer.ok:
            self.took.append((left[1], int(left[2]), left[3]))
        return answer

    async def start(self, attempt: Attempt) -> None:
        await self._until(1 if attempt.script == "date" else 0)
        await super().start(attempt)

    async def _until(self, took: int) -> None:
        while self.slow and len(self.took) < took:
            await asyncio.sleep(0.001)


@dataclass
class Trial:
    """A run on one host, by a whole engine."""

    folder: Path
    db: Db
    mode: str = "run"
    run: str = ""
    stops_at: type[ev.Event] | None = None

    def walked(self) -> str:
        self.db.answers_with("", "")
        (self.folder / "anchors.yaml").write_text(CHECKLIST)
        prepared = prepare(Request(str(self.folder / "anchors.yaml"), run_dir=self.directory, mode=self.mode))
        self.run = prepared.run

        async def begin() -> tuple[Context, Session]:
            context = replace(
                open_run(prepared, [hear]), hosts={"local": FakeHost("local").answers_with("", ""), "db": self.db}
            )
            return context, Session(context, Manner(dry=self.mode == "check"))

        def hear(message: object) -> None:
            if self.stops_at and isinstance(message, ev.Record) and isinstance(message.event, self.stops_at):
                engine.submit(Stop("stopped"))

        engine = Engine(begin, Session.walk)
        engine.start()
        outcome = engine.join(8)
        assert outcome is not None, f"it did not end: {self.events[-3:]}"
        return outcome.word

    @property
    def directory(self) -> Path:
        return self.folder / "run"

    @property
    def events(self) -> list[ev.Event]:
        return [record.event for record in read(self.directory).records]

    @property
    def anchors(self) -> list[ev.ChainAnchored]:
        return [event for event in self.events if isinstance(event, ev.ChainAnchored)]

    def event(self, number: int) -> ev.Event:
        return self.events[number - 1]


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    return Trial(tmp_path, Db())


def test_the_host_has_the_head_of_each_phases_end_and_of_the_runs(trial: Trial) -> None:
    trial.db.slow = True
    assert trial.walked() == "resolved"
    chain = heads(trial.directory)
    assert all(run == trial.run and chain[number - 1] == head for run, number, head in trial.db.took)
    anchored = [trial.event(number) for _, number, _ in trial.db.took]
    assert anchored == [ev.PhaseEnded("first"), ev.PhaseEnded("second"), trial.event(len(trial.events) - 1)]
    assert isinstance(anchored[-1], ev.RunEnded)
    assert [(one.host, one.number, one.head, one.why) for one in trial.anchors] == [
        ("db", number, head, "") for _, number, head in trial.db.took
    ]


def test_a_run_that_pauses_leaves_its_head_too(trial: Trial) -> None:
    trial.db.answers("true", 1)
    trial.stops_at = ev.GateBlocked
    assert trial.walked() == "paused"
    assert trial.event(trial.db.took[-1][1]) == ev.RunPaused("stopped")


def test_what_is_left_with_a_host_is_on_disk_before(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []

    async def on_disk(_journal: object, number: int) -> None:
        await asyncio.sleep(0)
        synced.append(number)

    async def takes() -> Answer:
        assert len(trial.db.took) < len(synced), "it was sent before it was on disk"
        return Answer(0)

    monkeypatch.setattr("wizard.run.journal.Journal.on_disk", on_disk)
    trial.db.takes = takes
    assert trial.walked() == "resolved"
    assert trial.db.took
    assert synced == [number for _, number, _ in trial.db.took]


def test_a_disk_that_does_not_take_it_keeps_it_from_the_host_and_says_so(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def on_disk(_journal: object, _number: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("wizard.run.journal.Journal.on_disk", on_disk)
    assert trial.walked() == "resolved"
    assert trial.db.took == []
    assert all("Input/output error" in one.why for one in trial.anchors)


def test_nobody_waits_for_a_host_that_does_not_answer(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "PATIENCE", 0.5)
    never = asyncio.Event

    async def takes() -> Answer:
        await never().wait()
        return Answer(0)

    trial.db.takes = takes
    assert trial.walked() == "resolved"
    kinds = [type(event) for event in trial.events]
    assert kinds.index(ev.ChainAnchored) > kinds.index(ev.PhaseStarted, kinds.index(ev.PhaseEnded))
    assert {one.why for one in trial.anchors} == {anchoring.TOO_LATE}
    assert isinstance(trial.event(trial.anchors[-1].number), ev.RunEnded)


def test_a_host_without_a_logger_costs_nothing_and_is_named(trial: Trial) -> None:
    async def takes() -> Answer:
        return Answer(127, stderr=b"sh: 1: logger: not found\n")

    trial.db.takes = takes
    assert trial.walked() == "resolved"
    assert {one.why for one in trial.anchors} == {"sh: 1: logger: not found"}


def test_a_link_that_is_lost_meanwhile_is_said(trial: Trial) -> None:
    async def takes() -> Answer:
        raise LinkLost("the link was lost: cut")

    trial.db.takes = takes
    assert trial.walked() == "resolved"
    assert {one.why for one in trial.anchors} == {"the link was lost: cut"}


def test_a_check_without_changes_writes_into_no_syslog(trial: Trial) -> None:
    trial.mode = "check"
    assert trial.walked() == "resolved"
    assert (trial.db.took, trial.anchors) == ([], [])


def test_the_operators_own_machine_is_left_nothing(trial: Trial) -> None:
    trial.db.destination = None
    assert trial.walked() == "resolved"
    assert (trial.db.took, trial.anchors) == ([], [])


def test_a_newer_head_takes_the_place_of_one_that_is_not_sent_yet(trial: Trial) -> None:
    began: list[int] = []

    async def takes() -> Answer:
        """The first one is held up until the run has ended."""
        began.append(len(began))
        while len(began) == 1 and not any(isinstance(event, ev.RunEnded) for event in trial.events):
            await asyncio.sleep(0.001)
        return Answer(0)

    trial.db.takes = takes
    assert trial.walked() == "resolved"
    (_, first, _), (_, last, _) = trial.db.took
    assert isinstance(trial.event(first), ev.PhaseEnded)
    assert any(isinstance(event, ev.RunEnded) for event in trial.events[:last])


def test_who_stops_a_run_does_not_wait_long_for_a_host_that_says_nothing(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> Answer:
        await asyncio.Event().wait()
        return Answer(0)

    async def close(_host: FakeHost) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(anchoring, "PATIENCE", 600.0)
    monkeypatch.setattr(module, "CLOSING", 600.0)
    monkeypatch.setattr(module, "HURRY", 0.05)
    monkeypatch.setattr(FakeHost, "close", close)
    trial.db.answers("true", 1)
    trial.db.takes, trial.stops_at = never, ev.GateBlocked
    assert trial.walked() == "paused"
    assert trial.anchors[-1].why == "no answer within 0.05 s"


def test_a_host_that_says_nothing_holds_up_a_stop_for_less_than_a_second() -> None:
    assert 2 * module.HURRY < 1
