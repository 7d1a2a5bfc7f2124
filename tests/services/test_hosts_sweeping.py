"""Sweeping a spool, in every shell: what is old and acknowledged goes; what is live, unknown or not so never does."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.services.attempts import until_running
from tests.services.shells import run, scratch
from wizard.errors import HostError
from wizard.hosts import sweeping
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.examining import examine
from wizard.hosts.sweeping import Swept, acknowledge

RUN = "20260314-021500-0a1b"
OTHER = "20260314-023000-77ff"
DAY = 86400.0
LONG = Attempt(f"{RUN}.long.do1", "echo $$ >pid-of-it; exec sleep 300")


def age(path: Path, days: float) -> None:
    """Let a file, or a directory with all in it, be so old."""
    then = time.time() - days * DAY
    for one in [path, *path.rglob("*")]:
        with suppress(FileNotFoundError):  # channels come and go meanwhile
            os.utime(one, (then, then), follow_symlinks=False)


def grow_old(spool: Path, days: float = 100) -> None:
    """Let all of a spool be so old."""
    age(spool, days)


def directory(spool: Path, key: str) -> Path:
    """Where an attempt is kept."""
    return spool / (spool / f"{key}.claim").read_text().split("\n", 1)[0]


def listing(spool: Path) -> set[str]:
    """All that belongs to claimed attempts; what channels make ahead comes when it comes."""
    claims = list(spool.glob("*.claim"))
    kept = [directory(spool, claim.stem) for claim in claims]
    return {str(path) for path in [*claims, *kept, *(path for one in kept for path in one.rglob("*"))]}


def mark(spool: Path, key: str) -> None:
    """Acknowledge it, whether that is right or not."""
    (spool / f"{key}.acked").touch()


async def until(seen: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not seen():
        assert time.monotonic() < deadline, f"never seen: {what}"
        await asyncio.sleep(0.01)


async def sweep(host: Host) -> Swept:
    """On another day than the last."""
    spool = Path((await host.ask('printf %s "$wz_spool"')).text)
    for stamp in spool.glob("swept.*"):
        stamp.unlink()
    return await sweeping.sweep(host)


async def done(host: Host, *names: str, run_id: str = RUN) -> list[str]:
    """Attempts that came to an end."""
    keys = [f"{run_id}.{name}.do1" for name in names]
    for key in keys:
        assert (await run(host, Attempt(key, "echo said; exit 3")))[0].state is AttemptState.DONE
    return keys


async def test_what_is_acknowledged_goes_after_a_fortnight_and_not_before(host: Host, spool: Path) -> None:
    old, young = await done(host, "old", "young")
    await acknowledge(host, RUN, [])
    kept = directory(spool, young)
    gone = directory(spool, old)
    age(spool / f"{old}.acked", 14.1)
    age(spool / f"{young}.acked", 13.9)
    swept = await sweep(host)
    assert swept.attempts == 1
    assert swept.freed > 0
    assert not gone.exists()
    assert not list(spool.glob(f"{old}*"))
    assert kept.is_dir()
    assert (await host.status(old)).state is AttemptState.ABSENT
    assert (await host.status(young)).exit_status == 3


async def test_only_what_came_to_an_end_that_is_on_record_is_acknowledged(host: Host, here: Host, spool: Path) -> None:
    known, dark = await done(host, "known", "dark")
    (foreign,) = await done(host, "known", run_id=OTHER)
    await host.cancel(f"{RUN}.never.do1")
    await here.start(LONG)
    await until_running(here, LONG.key)
    await acknowledge(host, RUN, [dark])
    assert {path.name for path in spool.glob("*.acked")} == {f"{known}.acked", f"{RUN}.never.do1.acked"}
    assert (await host.cancel(LONG.key)).killed
    age(spool / f"{known}.acked", 9)
    await acknowledge(host, RUN, [])
    assert time.time() - (spool / f"{known}.acked").stat().st_mtime > 8 * DAY, "it is acknowledged once"
    assert (spool / f"{dark}.acked").exists()
    assert not (spool / f"{foreign}.acked").exists()


async def test_what_is_not_acknowledged_stays_however_old(host: Host, spool: Path) -> None:
    await done(host, "one", "two")
    grow_old(spool)
    before = listing(spool)
    swept = await sweep(host)
    assert (swept.attempts, swept.leavings) == (0, 0)
    assert listing(spool) == before


async def test_what_runs_or_is_lost_stays_even_where_it_was_acknowledged_in_error(
    host: Host, here: Host, spool: Path
) -> None:
    await here.start(LONG)
    lost = Attempt(f"{RUN}.lost.do1", "kill -9 $PPID")
    await host.start(lost)
    rebooted, corrupt, ready = await done(host, "rebooted", "corrupt", "ready")
    claim = spool / f"{rebooted}.claim"
    name, _boot, *rest = claim.read_text().splitlines()
    claim.write_text("\n".join([name, "another-boot", *rest, ""]))
    for key in (rebooted, ready):
        next(directory(spool, key).glob("state.done.*")).unlink()
    (directory(spool, ready) / "taken").unlink()
    (directory(spool, corrupt) / "state.done.9").touch()
    keys = [LONG.key, lost.key, rebooted, corrupt, ready]
    for key in keys:
        mark(spool, key)
    await until((directory(spool, LONG.key) / "taken").exists, "it runs")
    grow_old(spool)
    states = {key: (await host.status(key)).state for key in keys}
    assert states[LONG.key] is AttemptState.RUNNING
    assert states[lost.key] is AttemptState.LOST
    assert states[rebooted] is AttemptState.REBOOTED
    assert states[corrupt] is AttemptState.CORRUPT
    before = listing(spool)
    assert (await sweep(host)).attempts == 0
    assert listing(spool) == before
    assert {key: (await host.status(key)).state for key in keys} == states
    assert (await here.cancel(LONG.key)).killed


async def test_directories_that_nobody_claimed_go_after_a_day_and_those_of_live_channels_stay(
    host: Host, here: Host, spool: Path
) -> None:
    await done(host, "one")
    await done(here, "two")
    ahead = {path.name for path in spool.glob("d.*") if not (path / "meta").exists()}
    assert ahead, "both channels have made some ahead"
    for name in ("d.gone.0", "d.gone.1", "d.young.0"):
        (spool / name).mkdir()
        (spool / name / "state.ready").touch()
    (spool / "d.gone.1" / "meta").write_text("d.gone.1\nboot\ninit\nsha\n")
    (spool / "d.dangling.0").mkdir()
    (spool / "d.dangling.0" / "meta").symlink_to("unused")
    grow_old(spool, 1.5)
    age(spool / "d.young.0", 0.9)
    swept = await sweep(host)
    assert swept.leavings == 3
    assert {path.name for path in spool.glob("d.*")} >= {*ahead, "d.young.0"}
    assert not {"d.gone.0", "d.gone.1", "d.dangling.0"} & {path.name for path in spool.glob("d.*")}
    await done(host, "three")
    await done(here, "four")


async def test_a_spool_that_was_copied_without_its_links_loses_nothing(host: Host, here: Host, spool: Path) -> None:
    (key,) = await done(here, "one")
    await here.close()
    await until(lambda: not list(spool.glob("runner.*")), "its runner has gone")
    claim, meta = spool / f"{key}.claim", directory(spool, key) / "meta"
    text = claim.read_text()
    claim.unlink()
    claim.write_text(text)
    assert meta.stat().st_nlink == 1
    grow_old(spool)
    await sweep(host)
    assert (await host.status(key)).exit_status == 3


async def test_a_sweep_that_was_killed_half_way_is_finished_by_a_later_one(host: Host, here: Host, spool: Path) -> None:
    (key,) = await done(here, "one")
    await acknowledge(here, RUN, [])
    left = directory(spool, key)
    (spool / f"{key}.claim").unlink()
    grow_old(spool)
    await sweep(host)
    assert left.exists(), "the channel that made it is still there"
    assert not (spool / f"{key}.acked").exists()
    await here.close()
    await until(lambda: not list(spool.glob("runner.*")), "its runner has gone")
    assert (await sweep(host)).leavings >= 1
    assert not left.exists()


async def test_no_more_than_so_many_go_at_once(host: Host, spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MOST", 2)
    await done(host, "a", "b", "c")
    await acknowledge(host, RUN, [])
    grow_old(spool)
    assert [(await sweep(host)).attempts for _ in range(3)] == [2, 1, 0]


async def test_a_claim_that_names_something_else_leads_nowhere(host: Host, spool: Path) -> None:
    (key,) = await done(host, "one")
    victim = spool.parent / "victim"
    shutil.copytree(directory(spool, key), victim, ignore=shutil.ignore_patterns("pipe"))
    claim = spool / f"{key}.claim"
    claim.write_text(claim.read_text().replace(claim.read_text().split("\n", 1)[0], "../victim"))
    mark(spool, key)
    grow_old(spool)
    assert (await sweep(host)).attempts == 0
    assert victim.is_dir()


async def test_a_spool_that_is_a_link_is_not_swept(host: Host, spool: Path) -> None:
    real = spool.parent / "elsewhere"
    real.mkdir(mode=0o700)
    spool.symlink_to(real)
    with pytest.raises(HostError, match="is a link"):
        await sweep(host)


async def test_where_there_is_no_spool_there_is_nothing_to_do(host: Host, spool: Path) -> None:
    assert await sweep(host) == Swept()
    await acknowledge(host, RUN, [])
    assert not spool.exists()


async def test_what_killed_channels_left_goes_after_a_day_and_what_live_ones_have_stays(host: Host, here: Host) -> None:
    await done(host, "one")
    await done(here, "two")
    gone, young = (Path(mkdtemp(prefix="wizard.", dir="/dev/shm")) for _ in range(2))
    mine, theirs = await scratch(host), await scratch(here)
    for path in (gone, mine, theirs):
        age(path, 1.5)
    try:
        await sweep(host)
        assert [path.exists() for path in (gone, young, mine, theirs)] == [False, True, True, True]
        await done(host, "three")
        await done(here, "four")
    finally:
        shutil.rmtree(gone, ignore_errors=True)
        shutil.rmtree(young)


async def test_beyond_its_budget_acknowledged_ones_go_at_once_and_then_nothing_new_starts(
    host: Host, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BUDGET", 2)
    big = "head -c 1500000 /dev/zero"
    assert (await run(host, Attempt(f"{RUN}.big.do1", big)))[0].ok
    kept = (directory(spool, f"{RUN}.big.do1") / "out").read_bytes()
    await acknowledge(host, RUN, [])
    (directory(spool, f"{RUN}.big.do1") / "out").write_bytes(kept)  # as an earlier wizard left it
    assert (await sweep(host)).attempts == 0
    assert (await run(host, Attempt(f"{OTHER}.big.do1", big)))[0].ok
    swept = await sweep(host)
    assert (swept.attempts, swept.full) == (1, False)
    assert (await run(host, Attempt(f"{OTHER}.big.do2", big)))[0].ok
    full = await sweep(host)
    assert (full.attempts, full.full) == (0, True)
    with pytest.raises(HostError, match=r"spool holds \d+ MiB of attempts, more than 2"):
        await run(host, Attempt(f"{OTHER}.next.do1", "true"))
    assert (await host.status(f"{OTHER}.next.do1")).state is AttemptState.ABSENT
    assert (await run(host, Attempt(f"{OTHER}.big.do2", big)))[1] == bytes(1500000), "what was started goes on"
    assert (await run(host, Attempt(f"{OTHER}.big.undo1.run", "true")))[0].ok, "a rollback is not held up"
    (directory(spool, f"{OTHER}.big.do1") / "out").write_bytes(b"")
    assert (await run(host, Attempt(f"{OTHER}.next.do1", "true")))[0].ok


async def test_it_is_swept_once_a_day_and_again_after_a_run_that_printed_much(host: Host, spool: Path) -> None:
    one, two = await done(host, "one", "two")
    await acknowledge(host, RUN, [two])
    assert not (await examine(host, [], [])).swept
    assert (await sweeping.sweep(host)).attempts == 0
    assert (await examine(host, [], [])).swept
    age(spool / f"{one}.acked", 15)
    assert await sweeping.sweep(host) == Swept()
    assert (spool / f"{one}.claim").exists()
    await acknowledge(host, RUN, [two], printed=sweeping.MUCH * 1024 * 1024 + 1)
    assert not (await examine(host, [], [])).swept
    assert (await sweeping.sweep(host)).attempts == 1
    assert not (spool / f"{one}.claim").exists()
