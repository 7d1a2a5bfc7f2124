"""Holding a host before it is changed: what the first attempt needs is made there while the host is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from wizard.errors import HostError
from wizard.hosts.base import Answer, Destination
from wizard.hosts.fake import FakeHost
from wizard.hosts.holding import NAME
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.context import Context
from wizard.run.engine import Engine
from wizard.run.journal import read
from wizard.run.preparation import Request, open_run, prepare
from wizard.run.session import Session

CHECKLIST = """\
checklist: held
title: One change
severity: low
hosts:
  db: {ssh: me@db}
phases:
  - id: only
    title: Only
    steps:
      - id: change
        title: Change
        why: to be held
        on: db
        run: {command: touch x, undo: rm x}
        checks: [{command: {command: "test -e x"}}]
exit_criteria:
  - on: db
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""


@dataclass
class Db(FakeHost):
    """A host over SSH that tells who holds it only once its spool is being made, and the other way round."""

    name: str = "db"
    destination: Destination | None = field(default_factory=lambda: Destination("me", "db", 22, None, ()))
    asked_for: asyncio.Event = field(default_factory=asyncio.Event)
    preparing: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: HostError | None = None

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:
        if NAME in script and "mkdir" in script:
            self.asked_for.set()
            await self.preparing.wait()
            return Answer(0, b"taken\t1\t/var/tmp\tours\t\n")
        return await super().ask(script, limit=limit, stdin=stdin)

    async def prepare(self) -> None:
        self.preparing.set()
        await self.asked_for.wait()
        if self.trouble:
            raise self.trouble


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Db], list[ev.Event]]:
    """Walk the checklist on this host by a whole engine; what is on record then."""
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "held.yaml").write_text(CHECKLIST)

    def walked(db: Db) -> list[ev.Event]:
        db.answers_with("", "")
        prepared = prepare(Request(str(tmp_path / "held.yaml"), run_dir=tmp_path / "run"))

        async def begin() -> tuple[Context, Session]:
            hosts = {"local": FakeHost("local").answers_with("", ""), "db": db}
            context = replace(open_run(prepared, []), hosts=hosts)
            return context, Session(context, Manner(), None)

        engine = Engine(begin, Session.walk)
        engine.start()
        assert engine.join(30), "one waits for the other to end"
        return [record.event for record in read(tmp_path / "run").records]

    return walked


def test_the_spool_is_made_while_the_host_is_asked_for(walk: Callable[[Db], list[ev.Event]]) -> None:
    told = walk(Db())
    assert [event.outcome for event in told if isinstance(event, ev.RunEnded)] == ["resolved"]


def test_what_is_in_the_way_of_the_spool_is_for_the_attempt_to_say(walk: Callable[[Db], list[ev.Event]]) -> None:
    told = walk(Db(trouble=HostError("the spool cannot be made")))
    assert [event.host for event in told if isinstance(event, ev.HostHeld)] == ["db"]
    assert not [event for event in told if isinstance(event, ev.TroubleMet)]
