"""A head in a host's syslog, in every shell: left and found again, and why not where it cannot be."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.shells import SHELLS, shell_host
from tests.support.syslog import UNABLE, Syslog
from wizard.hosts.base import Host
from wizard.hosts.syslog import Kept, find, leave

RUN = "20260314-021500-0a1b"
HEAD = "5f" * 32

ONLY_PLAIN = """#!/bin/sh
[ "$1" != --socket-errors=on ] || { echo "logger: unrecognized option: socket-errors=on" >&2; exit 1; }
exec "$0.plain" "$@"
"""


@pytest.fixture
def syslog(tmp_path: Path) -> Syslog:
    made = Syslog(tmp_path / "bin")
    made.install()
    return made


@pytest.fixture(params=SHELLS)
async def db(request: pytest.FixtureRequest, spool: Path, syslog: Syslog) -> AsyncIterator[Host]:
    async with shell_host(spool, request.param, path=(str(syslog.folder),)) as host:
        yield host


async def test_what_was_left_is_found(db: Host, syslog: Syslog) -> None:
    assert await leave(db, RUN, 7, HEAD) == ""
    assert await leave(db, "another", 8, HEAD) == ""
    assert syslog.lines[0] == f"{os.getuid()} incident-wizard {RUN} 7 {HEAD}"
    assert await find(db, RUN) == (Kept(7, HEAD),)


async def test_a_logger_that_knows_fewer_options_is_enough(db: Host, syslog: Syslog) -> None:
    (syslog.folder / "logger").rename(syslog.folder / "logger.plain")
    syslog.replace("logger", ONLY_PLAIN)
    assert await leave(db, RUN, 7, HEAD) == ""
    assert await find(db, RUN) == (Kept(7, HEAD),)


async def test_why_it_could_not_be_left_is_what_the_host_says(db: Host, syslog: Syslog) -> None:
    syslog.replace("logger", UNABLE)
    assert await leave(db, RUN, 7, HEAD) == "logger: socket /dev/log: No such file or directory"


async def test_lines_of_others_and_lines_that_are_none_are_passed_over(db: Host, syslog: Syslog) -> None:
    mine = f"{os.getuid()} incident-wizard {RUN}"
    lines = [f"{os.getuid() + 1} incident-wizard {RUN} 3 {HEAD}", f"{mine} 4 {HEAD[1:]}", f"{mine} x {HEAD}", mine]
    syslog.write([*lines, f"{mine} 5 {HEAD} and more", f"{mine} 0 {HEAD}", f"{mine} 9 {HEAD}", f"{mine} 9 {HEAD}"])
    assert await find(db, RUN) == (Kept(9, HEAD),)


async def test_a_hostile_id_is_no_command_and_no_pattern(db: Host, syslog: Syslog) -> None:
    assert await leave(db, '$(touch x)";`id`.*', 7, HEAD) == ""
    assert syslog.lines == [f"{os.getuid()} incident-wizard __touch_x____id_._ 7 {HEAD}"]
