from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lab_host import LabHost
from tests.support.redis_lab import Lab, break_saving, redis_lab
from wizard.checklist.redis_target import RedisTarget
from wizard.facts.redis import open_redis, read_values
from wizard.facts.redis_replies import RedisUnanswered, Trouble
from wizard.facts.redis_writes import obstacles, writes_paused

NAMES = ["dbsize", "keys", "lastsave", "role", "info.persistence.rdb_changes_since_last_save", "info.tcp_port"]
SERVER = ["server.pid", "server.uid", "server.exe", "config.dir", "config.save", "config.proc-title-template"]
WAYS = pytest.mark.parametrize("forwards", [True, False], ids=["tunnel", "redis-cli"])


@pytest.fixture(params=[False, True], ids=["socket", "tcp"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with redis_lab(tmp_path / "redis", tcp=request.param) as lab:
        yield lab


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Lab]:
    with redis_lab(tmp_path / "redis", password='it\'s "secret" $HOME') as lab:
        yield lab


def target(lab: Lab, **more: object) -> RedisTarget:
    return RedisTarget.model_validate(lab.target(**more))


async def test_both_ways_give_the_same_answers(lab: Lab) -> None:
    lab.cli("MSET", "a", "1", "b", "2")
    lab.cli("-n", "3", "SET", "c", "3")
    lab.cli("CONFIG", "SET", "save", "900 1 300 10")

    through_tunnel = await read_values(LabHost(), target(lab), NAMES + SERVER[:5])
    through_cli = await read_values(LabHost(forwards=False), target(lab), NAMES + SERVER[:5])

    assert through_tunnel == through_cli
    assert through_tunnel["dbsize"] == "2"
    assert through_tunnel["keys"] == "3"
    assert through_tunnel["role"] == "master"
    assert through_tunnel["config.save"] == "900 1 300 10"
    assert through_tunnel["config.dir"] == str(lab.directory)


@WAYS
async def test_the_process_behind_the_server_is_the_real_one(lab: Lab, *, forwards: bool) -> None:
    seen = await read_values(
        LabHost(forwards=forwards), target(lab), ["server.pid", "server.uid", "server.user", "server.exe"]
    )

    assert seen["server.pid"] == str(lab.process.pid)
    assert seen["server.uid"] == str(os.getuid())
    assert seen["server.exe"] == lab.program()


@WAYS
async def test_a_strange_value_arrives_unharmed(lab: Lab, *, forwards: bool) -> None:
    odd = 'tab\there "quoted" back\\slash {title}'
    if lab.cli("CONFIG", "SET", "proc-title-template", odd) != "OK":
        odd = lab.cli("CONFIG", "GET", "proc-title-template").partition("\n")[2] or "absent"
    if odd == "absent":  # 6.0 and older servers have no such setting to try it with
        return
    assert await read_values(LabHost(forwards=forwards), target(lab), [SERVER[5]]) == {SERVER[5]: odd}


@WAYS
async def test_the_password_lets_us_in_and_is_in_no_command_line(locked: Lab, *, forwards: bool) -> None:
    host = LabHost(forwards=forwards)

    assert (await read_values(host, target(locked), ["dbsize"])) == {"dbsize": "0"}
    assert not any("secret" in script for script in host.asked)


@WAYS
@pytest.mark.parametrize("password", [None, "wrong"])
async def test_a_locked_server_is_denied_not_absent(locked: Lab, password: str | None, *, forwards: bool) -> None:
    with pytest.raises(RedisUnanswered) as refused:
        await read_values(LabHost(forwards=forwards), target(locked, password=password), ["dbsize"])

    assert refused.value.trouble is Trouble.DENIED


@WAYS
async def test_a_password_too_many_is_told(lab: Lab, *, forwards: bool) -> None:
    """A server that suddenly needs none may run on its defaults."""
    with pytest.raises(RedisUnanswered, match="without any password configured") as refused:
        await read_values(LabHost(forwards=forwards), target(lab, password="x"), ["dbsize"])

    assert refused.value.trouble is Trouble.DENIED


@WAYS
async def test_a_user_who_may_not_ask_is_denied(lab: Lab, *, forwards: bool) -> None:
    lab.cli("ACL", "SETUSER", "guest", "on", ">pw", "+ping", "+info")
    guest = target(lab, username="guest", password="pw")

    with pytest.raises(RedisUnanswered) as refused:
        await read_values(LabHost(forwards=forwards), guest, ["dbsize"])

    assert refused.value.trouble is Trouble.DENIED
    assert "NOPERM" in str(refused.value)


@WAYS
async def test_where_nothing_listens_the_server_is_absent(closed_port: int, *, forwards: bool) -> None:
    nowhere = RedisTarget(address=f"127.0.0.1:{closed_port}")

    with pytest.raises(RedisUnanswered) as refused:
        await read_values(LabHost(forwards=forwards), nowhere, ["dbsize"])

    assert refused.value.trouble is Trouble.ABSENT


async def test_without_redis_cli_both_failures_are_told(tmp_path: Path) -> None:
    host = LabHost(forwards=False, path=str(tmp_path / "none"))

    with pytest.raises(
        RedisUnanswered, match="redis-cli cannot be run, and asking directly failed: forwarding is forbidden"
    ):
        await read_values(host, RedisTarget(address=str(tmp_path / "s")), ["dbsize"])


@WAYS
async def test_an_unknown_setting_is_said_to_be_unknown(lab: Lab, *, forwards: bool) -> None:
    with pytest.raises(RedisUnanswered, match="this server knows no setting nothing-like-it"):
        await read_values(LabHost(forwards=forwards), target(lab), ["config.nothing-like-it"])


@WAYS
async def test_a_pause_is_seen_without_writing(lab: Lab, *, forwards: bool) -> None:
    async with open_redis(LabHost(forwards=forwards), target(lab)) as redis:
        assert not await writes_paused(redis)
        lab.cli("CLIENT", "PAUSE", "60000", "WRITE")
        assert await writes_paused(redis)
        lab.cli("CLIENT", "UNPAUSE")
        assert not await writes_paused(redis)

    assert lab.cli("DBSIZE") == "0"
    assert "rdb_changes_since_last_save:0" in lab.cli("INFO", "persistence")


@WAYS
async def test_a_pause_is_seen_although_writes_are_refused_too(lab: Lab, *, forwards: bool) -> None:
    break_saving(lab)
    lab.cli("CLIENT", "PAUSE", "60000", "WRITE")

    async with open_redis(LabHost(forwards=forwards), target(lab)) as redis:
        assert await obstacles(redis) == ["MISCONF: the last background save failed", "paused by CLIENT PAUSE"]
