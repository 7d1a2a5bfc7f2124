from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.absent import absent_name
from tests.support.shellhost import ScriptedHost, ShellHost
from tests.support.stage import world
from wizard.checks.base import Observation, Outcome
from wizard.checks.journal import JournalCheck, JournalSpec
from wizard.checks.manual import ManualCheck, ManualCheckSpec
from wizard.checks.port import PortCheck, PortSpec
from wizard.checks.service import ServiceCheck, ServiceCheckSpec
from wizard.checks.user import UserCheck, UserSpec
from wizard.errors import UsageError
from wizard.hosts.base import Answer
from wizard.hosts.world import Mark

RUNNING = """\
MainPID=38
Result=success
NRestarts=0
User=autobot
Group=autobot
Id=redis-stack-server.service
LoadState=loaded
ActiveState=active
SubState=running
DropInPaths=
UnitFileState=enabled
NeedDaemonReload=no
InvocationID=09c6
KillMode=control-group
"""
MISSING = "MainPID=0\nResult=success\nId=nosuch.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n"
STOPPED = RUNNING.replace("MainPID=38", "MainPID=0").replace("=active", "=inactive").replace("running", "dead")
ORPHAN = b"83 redis-server 0::/system.slice/redis-stack-server.service\n"


def said(*texts: str | bytes) -> ScriptedHost:
    return ScriptedHost(*(Answer(0, text.encode() if isinstance(text, str) else text) for text in texts))


async def service(host: ScriptedHost, **fields: Any) -> Observation:
    return await ServiceCheck(ServiceCheckSpec(unit="redis-stack-server", **fields), world(host)).observe()


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"active": "active", "sub": "running", "result": "success"}, Outcome.PASS),
        ({"active": "inactive"}, Outcome.FAIL),
        ({"user": "autobot", "group": "autobot", "enabled": "enabled"}, Outcome.PASS),
        ({"user": "redis"}, Outcome.FAIL),
        ({"needs_reload": False, "drop_ins": False, "restarts": 0}, Outcome.PASS),
        ({"needs_reload": True}, Outcome.FAIL),
        ({"drop_ins": True}, Outcome.FAIL),
        ({"restarts": 1}, Outcome.FAIL),
        ({"properties": {"KillMode": "control-group"}}, Outcome.PASS),
        ({"properties": {"KillMode": "mixed"}}, Outcome.FAIL),
        ({"gone": True}, Outcome.FAIL),
    ],
)
async def test_a_unit_is_judged_as_it_is_loaded(fields: dict[str, Any], outcome: Outcome) -> None:
    assert (await service(said(RUNNING), **fields)).outcome is outcome


async def test_a_missing_unit_fails_although_its_result_is_success() -> None:
    seen = await service(said(MISSING), result="success")

    assert (seen.outcome, "not-found" in seen.observed) == (Outcome.FAIL, True)


async def test_drop_ins_are_named() -> None:
    overridden = RUNNING.replace("DropInPaths=", "DropInPaths=/etc/systemd/system/x.d/user.conf")

    assert "user.conf" in (await service(said(overridden), drop_ins=False)).observed


async def test_gone_means_that_no_process_is_left() -> None:
    assert (await service(said(STOPPED, b""), gone=True)).outcome is Outcome.PASS
    orphaned = await service(said(STOPPED, ORPHAN), gone=True)
    assert (orphaned.outcome, orphaned.observed) == (Outcome.FAIL, "still running: 83 redis-server")


async def test_steady_means_the_same_process_and_no_restart() -> None:
    again = RUNNING.replace("MainPID=38", "MainPID=99").replace("NRestarts=0", "NRestarts=1")

    assert (await service(said(RUNNING, f"{RUNNING}--\n{RUNNING}"), steady=5.0)).outcome is Outcome.PASS
    changed = await service(said(RUNNING, f"{RUNNING}--\n{again}"), steady=5.0)
    assert changed.outcome is Outcome.FAIL
    assert "MainPID was 38, then 99" in changed.observed
    assert (await service(said(RUNNING, f"{RUNNING}--\n{STOPPED}"), steady=5.0)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "fields", [{}, {"unit": "redis*", "active": "active"}, {"steady": 300.0}, {"gone": True, "steady": 5.0}]
)
def test_contradictions_of_service_are_flaws(fields: dict[str, Any]) -> None:
    assert list(ServiceCheckSpec.model_construct(**{"unit": "redis", **fields}).flaws())


CURSOR = "s=1;i=1;b=2"


def line(text: str, cursor: str = "s=1;i=2") -> str:
    return json.dumps({"__REALTIME_TIMESTAMP": "2000000", "MESSAGE": text, "__CURSOR": cursor}) + "\n"


def journal_of(logged: str, *, sees: bool = True, dropped: str = "") -> ScriptedHost:
    unit = Answer(0, RUNNING.encode())
    pages = [Answer(0, f"{text}end 0\n".encode()) for text in (logged, dropped)]
    return ScriptedHost(unit, *pages, Answer(0, line("the mark", CURSOR).encode()) if sees else Answer(9))


async def journal(host: ScriptedHost, **fields: Any) -> Observation:
    spec = JournalSpec(unit="redis-stack-server", since="step_start", **fields)
    return await JournalCheck(spec, world(host, {"step_start": Mark(1.0, CURSOR)})).observe()


async def test_a_clear_sight_of_no_bad_line_passes() -> None:
    seen = await journal(journal_of(line("DB saved on disk")), lacks="Permission denied")

    assert (seen.outcome, seen.observed) == (Outcome.PASS, "1 lines, none of them so")


async def test_a_bad_line_fails_and_is_shown() -> None:
    bad = "Failed opening the temp RDB file temp-83.rdb: Permission denied\x1b[2J"

    seen = await journal(journal_of(line(bad)), lacks="(?i)permission DENIED")

    assert seen.outcome is Outcome.FAIL
    assert seen.evidence == ("Failed opening the temp RDB file temp-83.rdb: Permission denied␛[2J",)


async def test_silence_that_could_not_have_been_heard_is_unknown() -> None:
    assert (await journal(journal_of("", sees=False), lacks="denied")).outcome is Outcome.UNKNOWN
    dropped = journal_of("", dropped=line("Suppressed 5 messages from redis-stack-server.service"))
    assert (await journal(dropped, lacks="denied")).outcome is Outcome.UNKNOWN
    missing = ScriptedHost(Answer(0, MISSING.encode()), Answer(0, b"end 0\n"))
    assert (await journal(missing, lacks="denied")).outcome is Outcome.UNKNOWN


async def test_a_bad_line_fails_even_for_a_reader_who_sees_little() -> None:
    assert (await journal(journal_of(line("denied"), sees=False), lacks="denied")).outcome is Outcome.FAIL


async def test_an_expected_line_must_be_there() -> None:
    assert (await journal(journal_of(line("DB saved")), contains="saved")).outcome is Outcome.PASS
    assert (await journal(journal_of(line("nothing")), contains="saved")).outcome is Outcome.FAIL
    assert (await journal(journal_of("", sees=False), contains="saved")).outcome is Outcome.UNKNOWN


def _with_log(log: str) -> ScriptedHost:
    unit, end = Answer(0, RUNNING.encode()), Answer(0, b"end 0\n")
    mark = Answer(0, line("the mark", CURSOR).encode())
    return ScriptedHost(unit, end, end, mark, Answer(0, f"+0000\n{len(log)}\n{log}".encode()))


async def test_a_log_file_is_read_beside_the_journal() -> None:
    new = _with_log("1:M 05 Oct 2025 09:51:44.042 # Permission denied\n")
    old = _with_log("1:M 05 Oct 1969 09:51:44.042 # Permission denied\n")
    undated = _with_log("# Permission denied\n")

    assert (await journal(new, lacks="denied", files=["/l"])).outcome is Outcome.FAIL
    assert (await journal(old, lacks="denied", files=["/l"])).outcome is Outcome.PASS
    seen = await journal(undated, lacks="denied", files=["/l"])
    assert (seen.outcome, "bear no time" in seen.evidence[-1]) == (Outcome.UNKNOWN, True)


async def test_without_its_mark_nothing_is_later_than_it() -> None:
    spec = JournalSpec(unit="x", since="run_start", lacks="y")

    with pytest.raises(UsageError, match="no run_start mark"):
        await JournalCheck(spec, world(ScriptedHost(Answer(0)))).observe()


def test_a_journal_check_names_its_mark_and_its_flaws() -> None:
    assert JournalSpec(unit="x", since="run_start", lacks="y").marks == {"run_start"}
    assert list(JournalSpec(unit="x", since="run_start").flaws())
    assert list(JournalSpec(unit="x y", since="run_start", lacks="(", contains="[").flaws())


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def port(host: ShellHost, **fields: Any) -> Outcome:
    return (await PortCheck(PortSpec(**fields), world(host)).observe()).outcome


async def test_a_real_port_is_open_until_it_is_closed(open_port: int, closed_port: int) -> None:
    assert await port(ShellHost(), port=open_port) is Outcome.PASS
    assert await port(ShellHost(), port=open_port, address="127.0.0.1") is Outcome.PASS
    assert await port(ShellHost(), port=open_port, address="192.0.2.1") is Outcome.FAIL
    assert await port(ShellHost(), port=open_port, listening=False) is Outcome.FAIL
    assert await port(ShellHost(), port=closed_port, listening=False) is Outcome.PASS


@pytest.mark.parametrize(
    ("users", "by", "outcome"),
    [
        ('users:(("redis-server",pid=38,fd=6))', "redis-server", Outcome.PASS),
        ('users:(("nc",pid=38,fd=6))', "redis-server", Outcome.FAIL),
        ("", "redis-server", Outcome.UNKNOWN),
    ],
)
async def test_who_listens_is_known_only_where_it_may_be_seen(users: str, by: str, outcome: Outcome) -> None:
    host = said(f"LISTEN 0 511 0.0.0.0:6379 0.0.0.0:* {users}\n")

    assert await port(host, port=6379, address="127.0.0.1", by=by) is outcome


def test_contradictions_of_port_are_flaws() -> None:
    assert list(PortSpec(port=0).flaws())
    assert list(PortSpec(port=1, listening=False, by="x").flaws())


async def user(account: str, **fields: Any) -> Outcome:
    return (await UserCheck(UserSpec(account=account, **fields), world(ShellHost())).observe()).outcome


async def test_accounts_are_judged_by_what_is_asked() -> None:
    assert await user("root", group="root", login=True) is Outcome.PASS
    assert await user("root", group=absent_name("group")) is Outcome.FAIL
    assert await user("daemon", login=True) is Outcome.FAIL
    assert await user(absent_name("account")) is Outcome.FAIL
    assert await user(absent_name("account"), exists=False) is Outcome.PASS
    assert await user("root", exists=False) is Outcome.FAIL


def test_contradictions_of_user_are_flaws() -> None:
    assert list(UserSpec(account="x", exists=False, login=True).flaws())


async def test_what_only_a_person_sees_is_unknown_until_somebody_says_so() -> None:
    check = ManualCheck(ManualCheckSpec(ask="Is the light green?"), world(ShellHost()))

    assert (await check.observe()).outcome is Outcome.UNKNOWN
    assert check.judge("seen", "bright green", "anna").outcome is Outcome.PASS
    assert check.judge("not seen").outcome is Outcome.FAIL
    assert check.judge("maybe").outcome is Outcome.UNKNOWN
