from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.absent import absent_name
from tests.support.shellhost import ScriptedHost, ShellHost
from wizard.facts.accounts import NoSuchName, account, gid_of, require, uid_of
from wizard.facts.asking import Unseen
from wizard.facts.ports import listeners
from wizard.hosts.base import Answer

SS = b"""\
State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      511        127.0.0.1:6379 0.0.0.0:*  users:(("redis-server",pid=38,fd=6),("redis-server",pid=38,fd=8))
LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*
LISTEN 0      128             [::]:22           [::]:*    users:(("sshd",pid=33,fd=4))
"""
KERNEL = b"""\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000   998        0 1 1 0 100 0 0 10 0
   1: 0100007F:18EB 0100007F:9C40 01 00000000:00000000 00:00000000 00000000   998        0 1 1 0 100 0 0 10 0
   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 0
"""


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def without(tmp_path: Path) -> ShellHost:
    """A host whose PATH holds neither getent nor ss."""
    for name in ("awk", "cat", "id"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    return ShellHost(argv=["env", f"PATH={tmp_path}", "/bin/sh"])


async def test_root_is_found_by_name_and_number() -> None:
    for name in ("root", "0"):
        found = await account(ShellHost(), name)
        assert found
        assert (found.name, found.uid, found.gid, "root" in found.groups, found.can_log_in) == (
            "root",
            0,
            0,
            True,
            True,
        )


async def test_an_account_is_found_without_getent(without: ShellHost) -> None:
    found = await account(without, "root")

    assert found
    assert found.uid == 0
    assert await account(without, absent_name("account")) is None


async def test_a_missing_account_is_none() -> None:
    assert await account(ShellHost(), absent_name("account")) is None
    assert await account(ShellHost(), "-x") is None


async def test_a_name_service_that_fails_is_an_error() -> None:
    with pytest.raises(Unseen):
        await account(ScriptedHost(Answer(1, b"", b"sss_nss: timeout")), "redis")


async def test_names_become_numbers_and_numbers_stay() -> None:
    assert [await uid_of(ShellHost(), name) for name in ("root", "4711")] == [0, 4711]
    assert [await gid_of(ShellHost(), name) for name in ("root", "4711")] == [0, 4711]


async def test_missing_names_are_refused_by_name() -> None:
    name = absent_name("name")
    with pytest.raises(NoSuchName, match=f"no account {name}"):
        await require(ShellHost(), name, None)
    with pytest.raises(NoSuchName, match=f"no group {name}"):
        await require(ShellHost(), "root", name)


async def test_listeners_are_read_from_ss() -> None:
    found = await listeners(ScriptedHost(Answer(0, SS)))

    assert [str(listener) for listener in found] == [
        "127.0.0.1:6379 by redis-server",
        "127.0.0.53:53",
        ":::22 by sshd",
    ]
    assert [listener.serves("127.0.0.1") for listener in found] == [True, False, True]


async def test_listeners_are_read_from_the_kernel() -> None:
    found = await listeners(ScriptedHost(Answer(0, KERNEL)))

    assert [str(listener) for listener in found] == ["127.0.0.1:6379", "::1:22"]


async def test_a_real_port_is_seen_with_and_without_ss(open_port: int, without: ShellHost) -> None:
    for host in (ShellHost(), without):
        assert ("127.0.0.1", open_port) in {(found.address, found.port) for found in await listeners(host)}
