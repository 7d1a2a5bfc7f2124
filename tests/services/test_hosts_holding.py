"""Holding a host, in every shell: one run at a time, taken over only by who says so, and seen by who lost it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.services.shells import InsteadOfSh, run, shell_host
from wizard.errors import HostError, NoRoom
from wizard.hosts.attachment import Settings
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.holding import ANY, Holder, hold, release
from wizard.hosts.shellhost import ShellHost

DANA = Holder("20260314-021500-0a1b", "dana", "laptop-7", "2026-03-14T02:15:00Z")
KIM = Holder("20260314-023000-77ff", "kim", "desk.example", "2026-03-14T02:30:00Z")


@pytest.fixture
def dana(host: Host) -> Host:
    return host


@pytest.fixture
def kim(here: Host) -> Host:
    return here


async def test_the_second_is_told_who_holds_it_and_since_when(dana: Host, kim: Host) -> None:
    first = await hold(dana, DANA)
    assert (first.mine, first.number, first.other) == (True, 1, None)
    second = await hold(kim, KIM)
    assert (second.mine, second.number, second.other) == (False, 1, DANA)


async def test_the_same_run_holds_it_still_after_a_crash(dana: Host, kim: Host) -> None:
    await hold(dana, DANA)
    again = await hold(kim, Holder(DANA.run, "dana", "another-machine", "later"))
    assert (again.mine, again.number) == (True, 1)


async def test_what_was_let_go_of_is_there_for_the_next(dana: Host, kim: Host, spool: Path) -> None:
    await hold(dana, DANA)
    await release(dana, DANA.run)
    assert not list(spool.glob("incident-wizard.held.*"))
    second = await hold(kim, KIM)
    assert (second.mine, second.other) == (True, None)


async def test_only_its_holder_lets_go_of_it(dana: Host, kim: Host) -> None:
    await hold(dana, DANA)
    await release(kim, KIM.run)
    assert not (await hold(kim, KIM)).mine


async def test_who_was_taken_over_starts_nothing_more_but_sees_what_runs_to_its_end(dana: Host, kim: Host) -> None:
    await hold(dana, DANA)
    assert (await run(dana, Attempt("before", "true")))[0].ok
    over = await hold(kim, KIM, ANY)
    assert (over.mine, over.other) == (True, DANA)
    with pytest.raises(HostError, match=f"taken over by another run .*{KIM.run}"):
        await run(dana, Attempt("after", "true"))
    assert (await dana.status("after")).state is AttemptState.ABSENT
    assert (await run(dana, Attempt("before", "true")))[0].ok
    assert (await hold(dana, DANA)).other == KIM
    assert (await run(kim, Attempt("theirs", "true")))[0].ok


async def test_a_take_over_that_has_ended_is_seen_too(dana: Host, kim: Host) -> None:
    await hold(dana, DANA)
    await hold(kim, KIM, ANY)
    await release(kim, KIM.run)
    with pytest.raises(HostError, match="taken over by another run"):
        await run(dana, Attempt("after", "true"))


async def test_who_was_taken_over_while_away_starts_nothing_on_coming_back(dana: Host, kim: Host) -> None:
    await hold(dana, DANA)
    os.kill(int((await dana.ask("echo $$")).text), signal.SIGKILL)
    await hold(kim, KIM, ANY)
    with pytest.raises(HostError, match=f"taken over by another run .*{KIM.run}"):
        await run(dana, Attempt("after", "true"))
    assert (await dana.status("after")).state is AttemptState.ABSENT


async def test_what_is_taken_over_is_what_the_person_was_told_of(dana: Host, kim: Host) -> None:
    await hold(dana, DANA)
    await hold(kim, KIM, ANY)
    third = Holder("20260314-030000-1234", "lee", "m", "t")
    assert (await hold(dana, third, "1")).other == KIM
    assert (await hold(dana, third, "2")).mine


async def test_a_hold_of_another_account_cannot_be_taken_away_and_counts_no_more(
    kim: Host, spool: Path, tmp_path: Path
) -> None:
    """In a directory like /tmp only its owner takes a file away: here `rm` is told so."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/rm").write_text('#!/bin/sh\ncase "$*" in *held.1) exit 1 ;; esac\nexec /bin/rm "$@"\n')
    (tmp_path / "bin/rm").chmod(0o755)
    await hold(kim, KIM)
    async with shell_host(spool, path=(str(tmp_path / "bin"),)) as dana:
        assert (await hold(dana, DANA, ANY)).number == 2
        await release(dana, DANA.run)
    assert (spool / "incident-wizard.held.1").is_dir()
    with pytest.raises(HostError, match="taken over"):
        await run(kim, Attempt("after", "true"))
    again = await hold(kim, KIM)
    assert (again.mine, again.other) == (True, None)


async def test_where_there_is_no_room_for_a_hold_that_is_said(spool: Path) -> None:
    spool.mkdir(mode=0o700)
    full = InsteadOfSh("dash", f"mount -t tmpfs -o mode=0700,nr_inodes=1 none {spool}")
    host = ShellHost("here", full, Settings(spool=str(spool)))
    try:
        with pytest.raises(NoRoom, match=r"nothing was started.*No space left on device"):
            await hold(host, DANA)
    finally:
        await host.close()


async def test_of_many_at_once_one_holds_it(dana: Host) -> None:
    await hold(dana, DANA)
    await release(dana, DANA.run)
    holders = [Holder(f"run-{number}", "dana", "m", "t") for number in range(40)]
    got = await asyncio.gather(*(hold(dana, one) for one in holders))
    assert sum(one.mine for one in got) == 1


async def test_words_are_never_commands_and_strange_holds_never_a_way_out(
    dana: Host, spool: Path, tmp_path: Path
) -> None:
    await hold(dana, Holder("r", "$(touch pwned)`id`\"; touch pwned #'", "a b\n", "t"))
    await release(dana, "r")
    outside = tmp_path / "outside"
    outside.mkdir()
    (spool / "incident-wizard.held.1").mkdir()
    (spool / "incident-wizard.held.2").write_text("")
    for name in ("incident-wizard.held.-5", "incident-wizard.held.12345678901", "incident-wizard.held.x y"):
        (spool / name).symlink_to(outside)
    assert (await hold(dana, DANA)).number == 3
    await release(dana, DANA.run)
    (spool / "incident-wizard.held.7").symlink_to("\x1b[31m evil\n text")
    told = await hold(dana, DANA)
    assert not told.mine
    assert (await hold(dana, DANA, ANY)).number == 8
    assert not list(outside.iterdir())
