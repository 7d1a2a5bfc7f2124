"""What a host keeps of an attempt, and for how long: secrets least of all, and nothing once a run has ended."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.services.attempts import folder, kill, runners_of
from tests.services.shells import InsteadOfSh, command_lines, run, scratch, shell_host
from wizard.errors import HostError
from wizard.hosts.attachment import Settings
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.shellhost import ShellHost
from wizard.hosts.sweeping import acknowledge

RUN = "20260314-021500-0a1b"
SECRET = "hunter2-4711"
NEEDS = [
    pytest.param(Attempt("needs", 'printf %s "$TOKEN"', limit=60, secrets={"TOKEN": SECRET}), id="secret"),
    pytest.param(Attempt("needs", "head -c 12", limit=60, content=SECRET.encode()), id="content"),
    pytest.param(
        Attempt("needs", 'head -c 8; printf %s "$TOKEN"', limit=60, secrets={"TOKEN": "4711"}, content=b"hunter2-"),
        id="both",
    ),
]


def holding(place: Path, text: str) -> list[Path]:
    """The files below that hold a text."""
    files = [path for path in place.rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes()]


async def left_behind(spool: Path, needs: Attempt) -> Path:
    """An attempt whose runner and channel were killed before it was taken up; where its secret is."""
    async with shell_host(spool) as host:
        await host.prepare()
        (runner,) = runners_of(spool)
        os.kill(runner, signal.SIGSTOP)
        await host.start(needs)
        files = await scratch(host)
        kill(int((await host.ask("echo $$")).text))
        kill(runner)
    shutil.rmtree(files)
    return Path((folder(spool, needs.key) / "secrets").read_text().strip())


@pytest.mark.parametrize("needs", NEEDS)
async def test_a_secret_that_no_script_took_up_is_in_memory_and_closed(spool: Path, needs: Attempt) -> None:
    secret = await left_behind(spool, needs)
    assert secret.parent == Path("/dev/shm")
    assert secret.stat().st_mode & 0o077 == 0
    assert not holding(spool, SECRET)
    secret.unlink()


@pytest.mark.parametrize("needs", NEEDS)
async def test_a_secret_goes_once_the_limit_of_its_attempt_is_over(host: Host, spool: Path, needs: Attempt) -> None:
    secret = await left_behind(spool, needs)
    assert (await host.status(needs.key)).state is AttemptState.READY
    await host.prepare()
    assert secret.exists(), "it may be taken up still"
    await host.close()
    then = time.time() - 200
    os.utime(spool / f"{needs.key}.claim", (then, then))
    await host.prepare()
    await host.ask("true")
    while secret.exists():
        await host.ask("true")
    assert (await run(host, needs))[1] == SECRET.encode(), "who starts it brings the secret along"


@pytest.mark.parametrize("needs", NEEDS)
async def test_a_script_is_not_run_without_its_secrets_nor_with_those_of_another(
    spool: Path, host: Host, needs: Attempt
) -> None:
    secret = await left_behind(spool, needs)
    secret.unlink()
    secret.symlink_to(spool.parent / "theirs")
    (spool.parent / "theirs").write_text("TOKEN=theirs\n")
    try:
        bare = Attempt(needs.key, needs.script, limit=60)
        ending, output = await run(host, bare)
        assert (ending.ok, output.startswith(b"The secrets of this step are gone")) == (False, True)
    finally:
        secret.unlink()


async def test_what_a_question_is_given_is_in_no_file_that_has_a_name(host: Host) -> None:
    seen = await host.ask('cat; grep -rl hunter2 "$wz_tmp" | grep in; echo end', stdin=SECRET.encode())
    assert seen.text == f"{SECRET}end"
    await host.ask("true")  # in the same place, which holds the last answer
    assert not holding(await scratch(host), SECRET)
    assert SECRET not in command_lines()


async def test_a_question_does_not_know_what_makes_a_frame_of_this_channel(host: Host) -> None:
    await host.connect()
    nonce = host._attached._channel.nonce  # type: ignore[attr-defined] # what a frame is known by
    said = await host.ask("printf '[%s]' \"$wz_nonce\"; set; env")
    assert said.text.startswith("[]")
    assert nonce not in said.text


async def test_output_and_script_go_as_soon_as_the_run_has_ended(host: Host, spool: Path) -> None:
    key, dark = f"{RUN}.one.do1", f"{RUN}.two.do1"
    for one in (key, dark):
        await run(host, Attempt(one, f"echo {SECRET}"))
    assert len(holding(spool, SECRET)) == 4
    await acknowledge(host, RUN, [dark])
    assert {path.parent for path in holding(spool, SECRET)} == {folder(spool, dark)}
    assert (await host.status(key)).ok, "that it was done is known all the same"


async def test_a_host_without_proc_is_told_so_and_runs_nothing(spool: Path, tmp_path: Path) -> None:
    host = ShellHost("here", InsteadOfSh("dash", "mount -t tmpfs none /proc"), Settings(spool=str(spool)))
    try:
        with pytest.raises(HostError, match="no /proc, without which no step's limit of time can be kept") as told:
            await run(host, Attempt("one", f"touch '{tmp_path}/effect'", limit=1))
        assert "mount -t proc" in str(told.value)
    finally:
        await host.close()
    assert not (tmp_path / "effect").exists()


async def test_where_the_spool_cannot_be_made_the_way_out_is_named() -> None:
    async with shell_host(Path("/proc/sys/nowhere/spool")) as host:
        with pytest.raises(HostError, match="attempts cannot be kept there") as told:
            await run(host, Attempt("one", "true"))
    assert "`spool:` of the host in the checklist names another place" in str(told.value)
