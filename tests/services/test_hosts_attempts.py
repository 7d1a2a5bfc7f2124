"""Attempts, with a real runner: started once, whoever starts them, and run to their end."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.services.attempts import (
    kill,
    output_of,
    runners_of,
    until_running,
)
from tests.services.shells import Heard, run, shell_host
from wizard.errors import HostError
from wizard.hosts.base import Attempt, AttemptState, Host


async def test_an_attempt_ends_with_its_scripts_status_and_output(host: Host) -> None:
    ending, output = await run(host, Attempt("one", "echo out; echo err >&2; exit 7"))
    assert (ending.state, ending.exit_status, ending.total, output) == (AttemptState.DONE, 7, 8, b"out\nerr\n")
    assert await host.status("one") == ending


async def test_attempts_of_one_host_run_at_the_same_time(host: Host, tmp_path: Path) -> None:
    for name in ("there", "back"):
        os.mkfifo(tmp_path / name)
    one = f"echo hello >'{tmp_path}/there'; cat '{tmp_path}/back'"
    two = f"cat '{tmp_path}/there'; echo hello >'{tmp_path}/back'"
    ended = await asyncio.gather(run(host, Attempt("one", one)), run(host, Attempt("two", two)))
    assert [(ending.ok, output) for ending, output in ended] == [(True, b"hello\n")] * 2


async def test_however_a_script_ends_the_next_one_runs(host: Host) -> None:
    ways = ["kill -INT $$", "kill -TERM $$", "kill -KILL $$", "exec true", "if", "set -e; false", "kill -PIPE $$"]
    for number, way in enumerate(ways):
        ending, _ = await run(host, Attempt(f"way{number}", way))
        assert ending.state is AttemptState.DONE
        assert (await run(host, Attempt(f"next{number}", "echo fine")))[1] == b"fine\n"


async def test_an_attempt_whose_runner_is_gone_is_run_by_the_next(here: Host, spool: Path, tmp_path: Path) -> None:
    await run(here, Attempt("first", "true"))
    (runner,) = runners_of(spool)
    kill(runner)
    attempt = Attempt("second", f"echo ran >>'{tmp_path}/effect'")
    assert (await run(here, attempt))[0].ok
    assert (tmp_path / "effect").read_text() == "ran\n"


async def test_a_step_is_started_once_however_many_start_it(host: Host, tmp_path: Path, spool: Path) -> None:
    attempt = Attempt("once", f"echo ran >>'{tmp_path}/effect'")
    async with shell_host(spool) as other:
        await asyncio.gather(*(each.start(attempt) for each in [host, other] * 12))
        endings = await asyncio.gather(*(each.follow("once", 0, Heard()) for each in (host, other)))
    assert endings[0].ok
    assert endings[0] == endings[1]
    assert (tmp_path / "effect").read_text() == "ran\n"
    assert len(list(spool.glob("d.*/meta"))) == 1


async def test_a_thousand_that_start_it_at_once_start_it_once(spool: Path, tmp_path: Path) -> None:
    attempt = Attempt("once", f"echo ran >>'{tmp_path}/effect'")
    async with (
        shell_host(spool) as one,
        shell_host(spool) as two,
        shell_host(spool) as three,
        shell_host(spool) as four,
    ):
        await asyncio.gather(*(each.start(attempt) for each in [one, two, three, four] * 250))
        endings = await asyncio.gather(*(each.follow("once", 0, Heard()) for each in (one, two, three, four)))
    assert {ending.ok for ending in endings} == {True}
    assert (tmp_path / "effect").read_text() == "ran\n"


async def test_a_key_claimed_for_another_script_is_refused(here: Host) -> None:
    await run(here, Attempt("key", "true"))
    with pytest.raises(HostError, match="another script"):
        await here.start(Attempt("key", "false"))


async def test_a_step_that_leaves_a_daemon_ends_at_once(host: Host) -> None:
    ending, _ = await run(host, Attempt("daemon", "(exec sleep 60) & echo $!; exit 0"))
    assert ending.ok
    os.kill(int((await output_of(host, "daemon")).decode()), signal.SIGKILL)  # it is still there


async def test_what_was_started_outlives_the_connection(spool: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    async with shell_host(spool) as host:
        await host.start(Attempt("long", f"echo one; cat '{tmp_path}/gate'; echo two; exit 6"))
        await until_running(host, "long")
    (tmp_path / "gate").write_text("")
    async with shell_host(spool) as again:
        assert (await run(again, Attempt("long", f"echo one; cat '{tmp_path}/gate'; echo two; exit 6")))[1] == (
            b"one\ntwo\n"
        )
        assert (await again.status("long")).exit_status == 6
