"""What is looked at ahead of an act with a person there: the role of its host, and what the step requires."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.sitting import Sitting
from wizard.hosts.fake import FakeHost
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.desk import Paused
from wizard.run.intents import AGAIN, BEGIN, GO_ON, PAUSE
from wizard.run.preparation import Prepared, Request, prepare

CHECKLIST = """\
checklist: guarded
title: A guarded act
severity: low
hosts:
  one: {ssh: me@one, role: {command: role}}
phases:
  - id: only
    title: Only
    steps:
      - id: act
        title: Act
        why: to act
        on: one
        requires:
          - name: there is a copy
            command: {command: copies, stdout_is: "1"}
        run: {command: act, undo: take back}
        checks:
          - command: {command: "true", exit_status: 0, stdout_is: ""}
      - id: more
        title: More
        why: to do more
        on: one
        run: {command: more, irreversible: it stays}
        checks:
          - command: {command: "true", exit_status: 0, stdout_is: ""}
exit_criteria:
  - on: one
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""
PERSON = Manner(approve=True)
SAYS = {"begin": BEGIN, "approve": "run"}


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "guarded.yaml").write_text(CHECKLIST)
    return prepare(Request(str(tmp_path / "guarded.yaml"), run_dir=tmp_path / "run"))


@pytest.fixture
def one() -> FakeHost:
    host = FakeHost("one")
    host.answers_with("", "").answers_with("clock", "clock\t1700000000.5\n")
    return host.answers("role", "master\n").answers("copies", "1")


def sitting(prepared: Prepared, one: FakeHost, says: Callable[[ev.QuestionAsked], str]) -> Sitting:
    local = FakeHost("local").answers_with("", "").answers_with("clock", "clock\t1700000000.5\n")
    return Sitting(prepared, {"local": local, "one": one}, PERSON, says)


def acts(host: FakeHost) -> list[str]:
    return [attempt.script for attempt in host.started]


async def test_a_person_may_take_a_host_in_its_new_role_and_is_asked_once(prepared: Prepared, one: FakeHost) -> None:
    def says(asked: ev.QuestionAsked) -> str:
        if asked.purpose == "approve":
            one.answers("role", "replica\n")
        return SAYS.get(asked.purpose, GO_ON)

    here = sitting(prepared, one, says)
    assert await here.walk() == "resolved"
    assert here.asked.count(("host:one", "role")) == 1
    assert [(seen.role, seen.pinned) for seen in here.of(ev.RoleSeen)] == [
        ("master", True),
        ("replica", False),
        ("replica", True),
    ]


async def test_a_person_may_look_again_until_the_host_is_back_in_its_role(prepared: Prepared, one: FakeHost) -> None:
    def says(asked: ev.QuestionAsked) -> str:
        one.answers("role", "replica\n" if asked.purpose == "approve" else "master\n")
        return SAYS.get(asked.purpose, AGAIN)

    here = sitting(prepared, one, says)
    assert await here.walk() == "resolved"
    assert here.asked.count(("host:one", "role")) == 2
    assert acts(one) == ["act", "more"]


async def test_nothing_is_started_where_a_person_leaves_it(prepared: Prepared, one: FakeHost) -> None:
    def says(asked: ev.QuestionAsked) -> str:
        one.answers("role", "replica\n")
        return SAYS.get(asked.purpose, PAUSE)

    with pytest.raises(Paused):
        await sitting(prepared, one, says).walk()
    assert acts(one) == []


async def test_what_a_step_requires_is_looked_at_again_once_it_was_approved(prepared: Prepared, one: FakeHost) -> None:
    def says(asked: ev.QuestionAsked) -> str:
        one.answers("copies", "0" if asked.purpose == "approve" else "1")
        return SAYS.get(asked.purpose, PAUSE)

    here = sitting(prepared, one, says)
    with pytest.raises(Paused):
        await here.walk()
    (blocked,) = here.of(ev.GateBlocked)
    assert blocked.blocked_by == ["there is a copy"]
    assert acts(one) == []
