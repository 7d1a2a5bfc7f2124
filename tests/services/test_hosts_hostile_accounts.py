"""Another account of the host, against the spool and the holds: it can lay what it likes where everybody may write."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.attempts import at_work, until_running
from tests.services.shells import SHELLS, command_lines, run, shell_host
from wizard.errors import HostError
from wizard.hosts import sweeping
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.holding import ANY, Holder, hold, release

ANOTHER = 54321
"""The number of an account that owns nothing and has no name: its files are another's all the same."""

SPOOL = Path(sweeping.__file__).with_name("sh") / "spool.sh"

OTHERS = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of another account")

DANA = Holder("20260314-021500-0a1b", "dana", "laptop-7", "2026-03-14T02:15:00Z")
KIM = Holder("20260314-023000-77ff", "kim", "desk.example", "2026-03-14T02:30:00Z")


def links(place: Path, **texts: str) -> None:
    """Holds that another account laid."""
    for number, text in texts.items():
        path = place / f"incident-wizard.held.{number.lstrip('n')}"
        path.symlink_to(text)
        os.chown(path, ANOTHER, ANOTHER, follow_symlinks=False)


@OTHERS
@pytest.mark.parametrize(
    ("owner", "mode", "refused"),
    [
        (0, 0o755, False),
        (0, 0o1777, False),
        (0, 0o777, True),
        (0, 0o775, True),
        (ANOTHER, 0o755, True),
        (ANOTHER, 0o700, True),
        (ANOTHER, 0o1777, True),
    ],
)
@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("shell", SHELLS)
async def test_what_is_above_the_spool_is_ours_or_roots_and_closed_to_others(
    spool: Path, shell: str, depth: int, *, owner: int, mode: int, refused: bool
) -> None:
    (above := spool.parent / "above").mkdir(0o755)
    os.chown(above, owner, owner)
    above.chmod(mode)
    place = above.joinpath(*["between"] * (depth - 1), "spool")
    async with shell_host(place, shell) as there:
        if refused:
            with pytest.raises(
                HostError, match=f"{above} (belongs to another account|can be written by other)"
            ) as told:
                await run(there, Attempt("one", "true"))
            assert "`spool:`" in str(told.value.mend)
            assert not list(above.iterdir()), "nothing is made in there either"
        else:
            assert (await run(there, Attempt("one", "true")))[0].ok


@pytest.mark.parametrize("acl", ["", "u:54321:rwx", "g:54321:rwx"])
@pytest.mark.parametrize("shell", SHELLS)
def test_an_acl_is_not_taken_for_a_group_of_the_logins_own(tmp_path: Path, shell: str, acl: str) -> None:
    (above := tmp_path / "above").mkdir()
    above.chmod(0o775)
    if acl:
        subprocess.run(["setfacl", "-m", acl, str(above)], check=True)
    own_group = f"wz_me={os.getuid()}\nwz_only_ours() {{ :; }}\n"
    argv = ["busybox", "sh"] if shell == "busybox" else [shell]
    told = subprocess.run(
        [*argv, "-c", f"{SPOOL.read_text()}\n{own_group}wz_sound {above}"], capture_output=True, text=True, check=False
    )
    assert (told.returncode != 0) == bool(acl), told
    assert (f"{above} can be written by other accounts" in told.stdout) == bool(acl)


async def test_another_spool_in_its_place_is_not_used_by_a_channel_that_is_open(host: Host, spool: Path) -> None:
    assert (await run(host, Attempt("one", "true")))[0].ok
    await host.start(Attempt("long", "echo first; until [ -e go ]; do sleep 0.05; done; echo last"))
    await until_running(host, "long")
    real = spool.rename(spool.parent / "real")
    shutil.copytree(real, spool, ignore=shutil.ignore_patterns("pipe", "rest"))
    spool.chmod(0o700)
    for script in spool.glob("d.*/script"):
        script.write_text("echo another\n")
    before = {path.name for path in spool.iterdir()}
    with pytest.raises(HostError, match="is not the directory any more"):
        await run(host, Attempt("two", "echo two"))
    with pytest.raises(HostError, match="is not the directory any more"):
        await host.status("one")
    assert {path.name for path in spool.iterdir()} == before
    shutil.rmtree(spool)
    real.rename(spool)
    assert (await run(host, Attempt("two", "echo two")))[1] == b"two\n"
    assert (await host.cancel("long")).killed


async def test_no_command_line_names_what_the_next_attempts_are_called(host: Host, spool: Path) -> None:
    await host.start(Attempt("long", "exec sleep 300"))
    await until_running(host, "long")
    (lock,) = spool.glob("runner.*")
    assert at_work(spool)
    assert lock.suffix.removeprefix(".") not in command_lines()
    await host.cancel("long")


@OTHERS
async def test_holds_of_another_account_keep_nobody_off_the_host(host: Host, here: Host, spool: Path) -> None:
    await host.prepare()
    links(spool, n1="20260314-000000-0000 eve box since word", n2="-", n999999999="-", n1000000000="-")
    got = await hold(host, DANA)
    assert (got.mine, got.other) == (True, None)
    links(spool, **{f"n{got.number + 1}": "20260314-000000-0000 eve box since word"})
    assert (await run(host, Attempt("one", "true")))[0].ok
    told = await hold(here, KIM)
    assert (told.mine, told.other) == (False, DANA)
    over = await hold(here, KIM, ANY)
    assert (over.mine, over.other) == (True, DANA)
    with pytest.raises(HostError, match=f"taken over by another run .*{KIM.run}"):
        await run(host, Attempt("two", "true"))
    await release(here, KIM.run)
    assert (await hold(host, DANA)).mine


@OTHERS
async def test_a_link_of_another_account_is_no_proof_of_a_hold_whatever_its_text(host: Host, spool: Path) -> None:
    got = await hold(host, DANA)
    held = spool / f"incident-wizard.held.{got.number}"
    assert (await run(host, Attempt("before", "true")))[0].ok
    os.chown(held, ANOTHER, ANOTHER)
    with pytest.raises(HostError, match="taken over"):
        await run(host, Attempt("one", "true"))


async def test_who_was_taken_over_is_not_let_in_by_a_third_ones_hold_of_the_same_number(host: Host, here: Host) -> None:
    first = await hold(host, DANA)
    await hold(here, KIM, ANY)
    await release(here, KIM.run)
    lee = Holder("20260314-030000-1234", "lee", "m", "t")
    third = await hold(here, lee)
    assert (third.mine, third.number) == (True, first.number)
    with pytest.raises(HostError, match=f"taken over by another run .*{lee.run}"):
        await run(host, Attempt("one", "true"))
    assert (await host.status("one")).state is AttemptState.ABSENT


async def test_a_hold_that_was_let_go_of_is_not_that_which_the_same_run_made_later(host: Host, here: Host) -> None:
    await hold(host, DANA)
    await release(here, DANA.run)
    await hold(here, DANA)
    with pytest.raises(HostError, match="taken over"):
        await run(host, Attempt("one", "true"))
    assert (await run(here, Attempt("two", "true")))[0].ok


@pytest.fixture
def bait() -> Iterator[Path]:
    """A name in memory that a shell would take for two, one of them a pattern."""
    path = Path(f"/dev/shm/wizard.{secrets.token_hex(4)} d.*")
    path.symlink_to("/etc")
    yield path
    path.unlink()


async def test_names_that_others_lay_in_memory_have_no_attempt_swept(host: Host, spool: Path, bait: Path) -> None:
    for key in ("20260314-021500-0a1b.one.do1", "20260314-021500-0a1b.two.do1"):
        await run(host, Attempt(key, "true"))
    for path in spool.glob("d.*"):
        os.utime(path, (0, 0))
    before = {path.name for path in spool.iterdir()}
    await sweeping.sweep(host)
    assert before <= {path.name for path in spool.iterdir()}
    assert bait.is_symlink()
