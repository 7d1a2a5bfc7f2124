"""A run left to an engine without a terminal: each effect once, secrets through a pipe, nothing lost where it fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from screens.live import LiveRun
from tests.integration.commandline import checklist, wait_until
from wizard.detached import taken_up
from wizard.errors import WizardError
from wizard.jsontext import UnfitJson
from wizard.run import detachment
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.events import Record
from wizard.run.holder import holder, is_detached, let_go
from wizard.run.intents import BEGIN, Answer, Stop
from wizard.run.journal import read
from wizard.run.listing import summary, writer
from wizard.run.preparation import Request, prepare
from wizard.run.resuming import reopen
from wizard.run.session import PREFLIGHT, Session
from wizard.run.state import replay

HEAD = "inputs:\n  where: {type: path}\n  token: {type: secret, default: ''}\n"
STEPS = """\
  - id: one
    title: One
    steps:
      - id: first
        title: First
        why: it comes first
        run:
          command: "cd {{ where }}; echo first >> effects; cat gate; printf %s \\"$TOKEN\\" | wc -c >> effects"
          secrets: {TOKEN: "{{ token }}"}
          irreversible: it stays
        checks:
          - file: {path: "{{ where }}/effects", contains: [first]}
      - id: look
        title: Look
        why: it only looks
        run: {command: "cat {{ where }}/effects", read_only: true}
        checks:
          - file: {path: "{{ where }}/effects"}
      - id: second
        title: Second
        why: it comes second
        run: {command: "echo second >> {{ where }}/effects", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/effects", contains: [second]}
"""
SECRET = "swordfish-of-the-test"


class Place:
    """A run directory and where its effects are; every engine is stopped at the end."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.run = home / "run"
        self.file = home / "trial.yaml"
        self.file.write_text(checklist(STEPS, HEAD))
        os.mkfifo(home / "gate")
        self.begun: list[LiveRun] = []

    def begin(self) -> LiveRun:
        """A run whose first step is under way."""
        typed = {"token": SECRET, "where": str(self.home)}
        live = self.live(LiveRun(prepare(Request(str(self.file), run_dir=self.run, typed=typed)), MANNER, Session.walk))
        live.begin()
        self.until(ev.QuestionAsked)
        live.submit(Answer(PREFLIGHT, BEGIN))
        self.until(ev.QuestionAsked, 2)
        live.submit(Answer("first", "run"))
        wait_until(lambda: self.effects() == ["first"], "the first effect")
        return live

    def live(self, live: LiveRun) -> LiveRun:
        """To be stopped at the end."""
        self.begun.append(live)
        return live

    def effects(self) -> list[str]:
        """What was done, in order."""
        path = self.home / "effects"
        return [line.strip() for line in path.read_text().splitlines()] if path.exists() else []

    def of(self, kind: type[ev.Event]) -> list[ev.Event]:
        """The events of a kind, so far."""
        return [record.event for record in read(self.run).records if isinstance(record.event, kind)]

    def until(self, kind: type[ev.Event], count: int = 1) -> None:
        """Wait for so many events of a kind."""
        wait_until(
            lambda: (self.run / "events.jsonl").exists() and len(self.of(kind)) >= count, f"{count} {kind.__name__}"
        )

    def asked(self, step: str) -> None:
        """Wait until a person is asked about this step."""

        def seen() -> bool:
            question = replay(read(self.run).records).question
            return question is not None and question.scope == step

        wait_until(seen, f"the question about {step}")

    def free(self) -> None:
        """Wait until nobody holds the run."""
        wait_until(lambda: not writer(self.run), "the end of the engine")


MANNER = Manner(approve=True)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    made = Place(tmp_path)
    yield made
    for live in made.begun:
        live.submit(Stop())
        live.wait()
    if (made.run / "events.jsonl").exists() and writer(made.run):
        let_go(made.run)


def test_it_goes_on_by_itself_to_what_needs_a_person_and_each_effect_is_there_once(place: Place) -> None:
    live = place.begin()
    live.detach()
    found = holder(place.run)
    assert found is not None
    assert found.pid == live.successor != os.getpid()
    assert is_detached(place.run)
    assert summary(place.run).detached
    (place.home / "gate").write_text("")
    place.until(ev.RunPaused, 2)
    place.free()
    assert place.effects() == ["first", str(len(SECRET))]
    first, last = place.of(ev.RunPaused)
    assert isinstance(first, ev.RunPaused)
    assert isinstance(last, ev.RunPaused)
    assert first.detached
    assert not last.detached
    assert (last.scope, "waiting for a person" in last.reason) == ("second", True)
    assert len(place.of(ev.AttemptIntended)) == 2
    assert not read(place.run).broken


def test_it_is_taken_back_in_the_middle_of_a_step(place: Place) -> None:
    place.begin().detach()
    wait_until(lambda: len(place.of(ev.StepRendered)) == 2, "the step taken up again")
    assert len(place.of(ev.QuestionAsked)) == 2
    let_go(place.run)
    back = reopen(place.run, Request("", typed={"token": SECRET}))
    live = place.live(LiveRun(back, MANNER, Session.walk))
    live.begin()
    (place.home / "gate").write_text("")
    for step in ("first", "second"):
        place.asked(step)
        live.submit(Answer(step, "run"))
    outcome = live.wait(60)
    assert outcome is not None
    assert outcome.word == "resolved"
    assert place.effects() == ["first", str(len(SECRET)), "second"]


def test_secrets_are_neither_in_its_words_nor_in_its_environment_nor_in_the_run(place: Place) -> None:
    live = place.begin()
    live.detach()
    process = Path(f"/proc/{live.successor}")
    assert SECRET.encode() not in (process / "cmdline").read_bytes()
    assert SECRET.encode() not in (process / "environ").read_bytes()
    assert os.getsid(live.successor) == live.successor
    (place.home / "gate").write_text("")
    place.until(ev.RunPaused, 2)
    place.free()
    kept = b"".join(path.read_bytes() for path in place.run.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept


def test_what_cannot_be_started_costs_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    live = place.begin()
    monkeypatch.setattr(detachment, "_BOOT", "raise SystemExit(1)")
    with pytest.raises(WizardError, match="could not be detached"):
        live.detach()
    assert live.running
    assert live.outcome is None
    assert not place.of(ev.RunPaused)
    (place.home / "gate").write_text("")
    place.until(ev.QuestionAsked, 2)


def test_an_interpreter_that_is_gone_is_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    live = place.begin()
    monkeypatch.setattr(detachment.sys, "executable", str(place.home / "nowhere"))
    with pytest.raises(WizardError, match="no process can be started"):
        live.detach()
    assert live.running
    (place.home / "gate").write_text("")


LEAVES = "import sys; print('ready', flush=True); sys.stdin.read(); print('failed: the moon is full', flush=True)"


def test_where_it_is_not_taken_up_the_run_is_paused_and_the_record_says_why(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = place.begin()
    monkeypatch.setattr(detachment, "_BOOT", LEAVES)
    with pytest.raises(WizardError, match="the moon is full"):
        live.detach()
    assert live.outcome is not None
    assert live.outcome.word == "paused"
    last = place.of(ev.RunPaused)[-1]
    assert isinstance(last, ev.RunPaused)
    assert "the moon is full" in last.reason
    assert not last.detached
    told = [one.event for one in live.take() if isinstance(one, Record)]
    assert told[-1] == last
    (place.home / "gate").write_text("")
    live.again(Session.walk)
    place.asked("first")
    live.submit(Answer("first", "run"))
    place.asked("second")
    assert place.effects() == ["first", str(len(SECRET))]


def test_where_who_handed_over_is_killed_half_way_the_record_does_not_say_that_it_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = place.begin()
    gone: list[detachment.Successor] = []

    def killed(self: detachment.Successor, _given: detachment.Handed) -> None:
        gone.append(self)
        raise SystemExit

    monkeypatch.setattr(detachment.Successor, "take_over", killed)
    with pytest.raises(SystemExit):
        live.detach()
    assert summary(place.run).detail.startswith("detached by the operator")
    (successor,) = gone
    successor.dismiss()
    wait_until(lambda: "nobody took it up" in summary(place.run).detail, "the end of the successor")
    (place.home / "gate").write_text("")


def test_a_run_that_stopped_by_itself_is_not_handed_over(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    live = place.begin()
    (place.home / "gate").write_text("")
    place.until(ev.QuestionAsked, 2)
    taken: list[object] = []
    monkeypatch.setattr(detachment.Successor, "take_over", lambda *given: taken.append(given))
    ready: Callable[..., None] = detachment.Successor.wait_ready

    def stops_meanwhile(self: detachment.Successor) -> None:
        ready(self)
        live.submit(Answer("second", "abort"))
        live.wait()

    monkeypatch.setattr(detachment.Successor, "wait_ready", stops_meanwhile)
    with pytest.raises(WizardError, match="stopped by itself"):
        live.detach()
    assert not taken
    assert live.outcome is not None
    assert live.outcome.word == "aborted"


def test_a_rollback_that_is_over_is_not_walked_on_from(place: Place) -> None:
    live = place.begin()
    live.submit(Stop())
    live.wait()
    (place.home / "gate").write_text("")
    with pytest.raises(WizardError, match="its rollback is over"):
        taken_up(place.run, detachment.Handed({"token": SECRET}, rolling_back=True))
    assert taken_up(place.run, detachment.Handed({"token": SECRET})).request.detached


def test_what_is_handed_over_arrives_whole() -> None:
    given = detachment.Handed(
        {"token": SECRET}, "check", ("2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00", True), ("SHA256:x",)
    )
    assert detachment.decode(given.encode()) == given
    request = given.request()
    assert request.window is not None
    assert request.window.overridden
    assert (request.mode, request.accept, request.typed) == ("check", frozenset({"SHA256:x"}), {"token": SECRET})
    assert SECRET not in repr(given)
    with pytest.raises(UnfitJson):
        detachment.decode(given.encode()[:-1])
