"""Attempts ended before their own end: at a limit, by a person, by a signal."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.services.attempts import folder, kill, parent_of, script_pid, session_of, until_running
from tests.services.shells import Heard, alive, run, shell_host
from wizard.errors import HostError
from wizard.hosts.base import Attempt, AttemptState, Host


async def test_at_its_limit_a_step_is_ended_with_its_children(host: Host, mark: str) -> None:
    script = f"echo before; export {mark}; sleep 300 & sleep 300 | cat"
    ending, output = await run(host, Attempt("slow", script, limit=0.3))
    assert (ending.state, ending.exit_status, ending.timed_out) == (AttemptState.DONE, 124, True)
    assert not ending.ok
    assert output.startswith(b"before\n")
    assert alive(mark) == []


async def test_a_limit_is_kept_after_another_attempt_and_after_the_connection(spool: Path, mark: str) -> None:
    async with shell_host(spool) as host:
        await run(host, Attempt("quick", "true"))
        await host.start(Attempt("slow", f"export {mark}; sleep 300 & sleep 300", limit=0.5))
        await until_running(host, "slow")
    async with shell_host(spool) as again:
        ending = await again.follow("slow", 0, Heard())
    assert (ending.exit_status, ending.timed_out) == (124, True)
    assert alive(mark) == []


async def test_cancelling_ends_what_runs_and_its_children(host: Host, mark: str) -> None:
    # A shell that is told to end just while it starts a program may not hear of it; mksh does not.
    await host.start(Attempt("long", f"export {mark}; sleep 300 & echo up; exec sleep 300"))
    seen = asyncio.Event()
    following = asyncio.create_task(host.follow("long", 0, lambda _at, _data: seen.set()))
    await seen.wait()
    ending = await host.cancel("long")
    assert await following == ending
    assert (ending.state, ending.killed, ending.exit_status) == (AttemptState.DONE, True, 143)
    assert not ending.ok
    assert alive(mark) == []


async def test_cancelling_what_ignores_term_is_bounded(here: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.hosts.shellhost.GRACE", 1)
    await here.start(Attempt("deaf", "trap '' TERM; echo up; sleep 300; sleep 300"))
    await until_running(here, "deaf")
    seen = asyncio.Event()
    following = asyncio.create_task(here.follow("deaf", 0, lambda _at, _data: seen.set()))
    await seen.wait()
    ending = await here.cancel("deaf")
    assert (ending.killed, ending.exit_status) == (True, 137)
    assert (await following).killed


async def test_cancelling_waits_for_a_script_that_has_not_said_yet_who_it_is(here: Host, spool: Path) -> None:
    await here.start(Attempt("slow", "sleep 300"))
    await until_running(here, "slow")
    await script_pid(spool, "slow")
    pid = folder(spool, "slow") / "pid"
    said = pid.read_text()
    pid.write_text("")
    cancelling = asyncio.create_task(here.cancel("slow"))
    assert (await here.ask("sleep 300", limit=3)).timed_out
    assert not cancelling.done()
    pid.write_text(said)
    assert (await cancelling).killed


async def test_cancelling_first_means_a_late_start_runs_nothing(host: Host, tmp_path: Path) -> None:
    assert (await host.cancel("never")).state is AttemptState.CANCELLED
    with pytest.raises(HostError, match="another script"):
        await host.start(Attempt("never", f"touch '{tmp_path}/ran'"))
    assert (await host.follow("never", 0, Heard())).state is AttemptState.CANCELLED
    assert not (tmp_path / "ran").exists()


async def test_cancelling_what_is_done_changes_nothing(here: Host) -> None:
    ending, _ = await run(here, Attempt("done", "exit 4"))
    assert await here.cancel("done") == ending


async def test_a_hanging_question_does_not_hold_up_a_cancel(here: Host) -> None:
    hanging = asyncio.create_task(here.ask("sleep 300", limit=8))
    await here.start(Attempt("long", "sleep 300"))
    await until_running(here, "long")
    assert (await here.cancel("long")).killed
    assert not hanging.done()
    hanging.cancel()


async def test_a_script_ignores_no_signal(here: Host) -> None:
    # Only the classic signals, 1 to 31: the C library keeps 32 and 33 for itself, and a program that the machine
    # started with them ignored (as a container's supervisor may be) can neither see nor change that.
    classic = (1 << 31) - 1
    _, output = await run(here, Attempt("signals", "grep SigIgn /proc/self/status"))
    assert int(output.split()[1], 16) & classic == 0


async def test_a_script_can_be_interrupted_like_any_other(here: Host) -> None:
    ending, _ = await run(here, Attempt("int", "timeout -s INT 0.1 sleep 60"))
    assert ending.exit_status == 124


def children_of(pid: int) -> list[int]:
    """The processes that it started and that do anything."""
    return [one for one in session_of(os.getsid(pid)) if parent_of(one) == pid]


async def watch_of(runner: int, script: int) -> tuple[int, int]:
    """The keeper of a runner's watch, and the watch itself: what is kept for as long as the runner lives."""
    while True:
        for keeper in children_of(runner):
            watches = [one for one in children_of(keeper) if keeper != script and is_shell(one)]
            if watches:
                return keeper, watches[0]
        await asyncio.sleep(0)


def is_shell(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"/runner\0")


async def test_a_limit_is_kept_although_its_watch_was_killed(host: Host, spool: Path, mark: str) -> None:
    await host.start(Attempt("slow", f"export {mark}; sleep 300 & sleep 300", limit=2))
    await until_running(host, "slow")
    script = await script_pid(spool, "slow")
    _, watch = await watch_of(parent_of(script), script)
    kill(watch)
    ending = await host.follow("slow", 0, Heard())
    assert (ending.exit_status, ending.timed_out) == (124, True)
    assert alive(mark) == []


async def test_a_limit_is_kept_although_the_keeper_of_the_watch_was_killed(host: Host, spool: Path) -> None:
    await host.start(Attempt("slow", "sleep 300", limit=1))
    await until_running(host, "slow")
    script = await script_pid(spool, "slow")
    keeper, watch = await watch_of(parent_of(script), script)
    kill(keeper)
    assert (await host.follow("slow", 0, Heard())).timed_out
    kill(watch)
    assert (await run(host, Attempt("next", "sleep 300", limit=0.5)))[0].timed_out, "it has another watch by then"
