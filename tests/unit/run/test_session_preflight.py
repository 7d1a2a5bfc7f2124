"""Before the first step: hosts told as they answer, an unknown key asked about, a look at each, and one question."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.sitting import Sitting
from wizard.errors import HostKeyUnknown, HostUnreachable, WizardError
from wizard.hosts.fake import FakeHost, Script
from wizard.run import events as ev
from wizard.run.attempting import Manner
from wizard.run.desk import Paused
from wizard.run.intents import ACCEPT_KEY, BEGIN, PAUSE
from wizard.run.journal import read
from wizard.run.preparation import Prepared, Request, prepare
from wizard.run.resuming import reopen

CHECKLIST = """\
checklist: two
title: Two hosts
severity: low
hosts:
  one: {ssh: me@one}
  two: {ssh: me@two}
evidence:
  - fact: day
    sources:
      first: {on: one, command: date}
phases:
  - id: only
    title: Only
    steps:
      - id: look
        title: Look
        why: to see
        on: one
        run: {command: uptime, read_only: true}
exit_criteria:
  - on: one
    command: {command: "true", exit_status: 0, stdout_is: ""}
"""


def key(name: str) -> HostKeyUnknown:
    return HostKeyUnknown("nobody accepted it", fingerprint=f"SHA256:{name}", where=name, mend="compare it")


def hosts() -> dict[str, FakeHost]:
    made = {name: FakeHost(name) for name in ("local", "one", "two")}
    for host in made.values():
        host.answers_with("", "")
        host.answers_with("clock", f"clock\t1700000000.5\nos\tOS of {host.name}\ntool\tgit\t/usr/bin/git\n")
        host.answers("date", "today")
    return made


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    monkeypatch.setenv("WIZARD_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "two.yaml").write_text(CHECKLIST)
    return prepare(Request(str(tmp_path / "two.yaml"), run_dir=tmp_path / "run"))


PERSON = Manner(approve=True)


async def test_a_person_begins_the_first_step_having_seen_hosts_and_evidence(prepared: Prepared) -> None:
    here = Sitting(prepared, hosts(), PERSON, lambda _asked: BEGIN)
    assert await here.walk() == "resolved"
    assert here.asked == [("preflight", "begin")]
    kinds = [type(event) for event in here.events]
    asked = kinds.index(ev.QuestionAsked)
    assert kinds[:asked].count(ev.HostExamined) == 3
    assert kinds[:asked].count(ev.EvidenceObserved) == 1
    assert ev.PhaseStarted not in kinds[:asked]
    assert ev.StepStarted in kinds[asked:]


async def test_nobody_is_asked_where_nobody_is_there(prepared: Prepared) -> None:
    here = Sitting(prepared, hosts(), Manner(), lambda _asked: PAUSE)
    assert await here.walk() == "resolved"
    assert here.asked == []
    assert len(here.of(ev.HostExamined)) == 3


async def test_a_run_that_only_checks_asks_too_where_somebody_is_there(prepared: Prepared) -> None:
    here = Sitting(prepared, hosts(), Manner(approve=True, dry=True), lambda _asked: BEGIN)
    assert await here.walk() == "resolved"
    assert here.asked == [("preflight", "begin")]


async def test_pausing_begins_nothing_and_the_resumed_run_reads_everything_and_asks_again(prepared: Prepared) -> None:
    here = Sitting(prepared, hosts(), PERSON, lambda _asked: PAUSE)
    with pytest.raises(Paused):
        await here.walk()
    assert here.of(ev.StepStarted) == []
    again = Sitting(reopen(prepared.directory, Request("")), hosts(), PERSON, lambda _asked: BEGIN)
    assert await again.walk() == "resolved"
    assert again.asked == [("preflight", "begin")]
    assert next(event.moment for event in again.of(ev.EvidenceObserved)) == "before"


async def test_a_run_whose_first_step_began_is_not_asked_again(prepared: Prepared) -> None:
    made = hosts()
    made["one"].runs("uptime", Script(exit_status=1))
    here = Sitting(prepared, made, PERSON, lambda _asked: BEGIN)
    walked = asyncio.create_task(here.walk())
    while not here.of(ev.GateBlocked):
        assert not walked.done()
        await asyncio.sleep(0)
    walked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walked
    again = Sitting(reopen(prepared.directory, Request("")), hosts(), PERSON, lambda _asked: BEGIN)
    walked = asyncio.create_task(again.walk())
    while not again.of(ev.GateBlocked):
        assert not walked.done()
        await asyncio.sleep(0)
    walked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walked
    assert again.asked == []


async def test_an_unknown_key_is_asked_about_one_after_the_other_and_then_trusted(prepared: Prepared) -> None:
    made = hosts()
    made["one"].unknown_key, made["two"].unknown_key = key("one"), key("two")
    here = Sitting(prepared, made, PERSON, lambda asked: ACCEPT_KEY if asked.purpose == "host_key" else BEGIN)
    assert await here.walk() == "resolved"
    assert here.asked == [("host:one", "host_key"), ("host:two", "host_key"), ("preflight", "begin")]
    shown = [(event.host, event.fingerprint) for event in here.events if isinstance(event, ev.HostKeyShown)]
    assert shown == [("one", "SHA256:one"), ("two", "SHA256:two")]
    connected = {event.host: event for event in here.events if isinstance(event, ev.HostConnected)}
    assert connected["one"].identity["accepted"]
    assert not connected["local"].identity["accepted"]


async def test_who_does_not_trust_a_key_is_not_asked_for_the_next(prepared: Prepared) -> None:
    made = hosts()
    made["one"].unknown_key, made["two"].unknown_key = key("one"), key("two")
    here = Sitting(prepared, made, PERSON, lambda _asked: PAUSE)
    with pytest.raises(Paused):
        await here.walk()
    assert here.asked == [("host:one", "host_key")]
    assert made["two"].unknown_key


async def test_without_a_person_an_unknown_key_is_an_error_as_ever(prepared: Prepared) -> None:
    made = hosts()
    made["two"].unknown_key = key("two")
    here = Sitting(prepared, made, Manner(), lambda _asked: ACCEPT_KEY)
    with pytest.raises(HostKeyUnknown):
        await here.walk()
    assert here.of(ev.TroubleMet) == []


async def test_a_host_that_cannot_be_reached_is_told_to_who_watches(prepared: Prepared) -> None:
    class Gone(FakeHost):
        async def connect(self) -> object:  # type: ignore[override]
            raise HostUnreachable("no route", where=self.name)

    made = {**hosts(), "two": Gone("two")}
    here = Sitting(prepared, made, PERSON, lambda _asked: BEGIN)
    with pytest.raises(WizardError, match="no route"):
        await here.walk()
    assert [event.scope for event in here.of(ev.TroubleMet)] == ["host:two"]
    assert len(here.of(ev.HostConnected)) == 2


async def test_a_look_that_fails_blocks_nothing(prepared: Prepared) -> None:
    made = hosts()
    made["one"].answers_with("clock", HostUnreachable("cut"))
    here = Sitting(prepared, made, PERSON, lambda _asked: BEGIN)
    assert await here.walk() == "resolved"
    why = {event.host: event.why for event in here.of(ev.HostExamined)}
    assert why["one"] == "cut"
    assert why["two"] == ""


async def test_a_journal_with_such_a_look_is_read_again(prepared: Prepared) -> None:
    here = Sitting(prepared, hosts(), PERSON, lambda _asked: BEGIN)
    await here.walk()
    examined = [one.event for one in read(prepared.directory).records if isinstance(one.event, ev.HostExamined)]
    assert {one.host: one.os for one in examined}["one"] == "OS of one"
    assert examined[0].tools == {"git": "/usr/bin/git"}
