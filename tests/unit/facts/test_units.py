from __future__ import annotations

import pytest

from tests.support.shellhost import ScriptedHost
from wizard.facts.asking import Unseen
from wizard.facts.units import name_flaw, parse, processes, show, show_twice
from wizard.hosts.base import Answer

RUNNING = """\
Type=simple
MainPID=38
Result=success
NRestarts=0
User=autobot
Group=autobot
Id=redis-stack-server.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/etc/systemd/system/redis-stack-server.service
DropInPaths=/etc/systemd/system/redis-stack-server.service.d/a.conf /run/systemd/system/b.conf
UnitFileState=enabled
NeedDaemonReload=no
InvocationID=09c632a1416c4cffb43384142351b6f1
"""
MISSING = """\
Type=
MainPID=0
Result=success
NRestarts=0
Id=nosuch.service
LoadState=not-found
ActiveState=inactive
SubState=dead
UnitFileState=
NeedDaemonReload=no
"""


def test_the_properties_are_read_in_any_order() -> None:
    unit = parse("redis-stack-server", RUNNING)

    assert (unit.loaded, unit.running, unit["User"], len(unit.drop_ins)) == (True, True, "autobot", 2)
    assert str(unit) == "active (running), main process 38"


def test_a_missing_unit_is_not_loaded_although_its_result_is_success() -> None:
    unit = parse("nosuch", MISSING)

    assert (unit.loaded, unit.running, str(unit)) == (False, False, "not-found")


async def test_no_systemd_is_an_error() -> None:
    stderr = b"System has not been booted with systemd as init system (PID 1). Can't operate.\n"

    with pytest.raises(Unseen, match="not been booted"):
        await show(ScriptedHost(Answer(1, b"", stderr)), "redis")


async def test_two_reads_are_told_apart() -> None:
    later = RUNNING.replace("MainPID=38", "MainPID=99")

    first, second = await show_twice(ScriptedHost(Answer(0, f"{RUNNING}--\n{later}".encode())), "redis", 3.0)

    assert (first["MainPID"], second["MainPID"]) == ("38", "99")


async def test_only_processes_of_this_unit_are_listed() -> None:
    said = b"""\
83 redis-server 0::/system.slice/redis-stack-server.service
38 redis server 0::/system.slice/redis-stack-server.service/child
38 redis server 1:name=systemd:/system.slice/redis-stack-server.service/child
99 other 0::/system.slice/redis-stack-server.service.d
"""

    assert await processes(ScriptedHost(Answer(0, said)), parse("x", RUNNING)) == ["38 redis server", "83 redis-server"]


async def test_a_reader_that_cannot_see_other_processes_says_so() -> None:
    denied = b"head: cannot open '/proc/1/cgroup' for reading: Permission denied\n"

    with pytest.raises(Unseen, match="Permission denied"):
        await processes(ScriptedHost(Answer(1, b"", denied)), parse("x", RUNNING))


@pytest.mark.parametrize("name", ["redis*", "a b", "", "a/b", "a;b", "x\n"])
def test_a_name_that_may_mean_many_units_is_a_flaw(name: str) -> None:
    assert name_flaw(name)


@pytest.mark.parametrize("name", ["redis", "getty@tty1.service", "dev-disk-by\\x2duuid.device"])
def test_a_name_of_one_unit_is_fine(name: str) -> None:
    assert not name_flaw(name)
