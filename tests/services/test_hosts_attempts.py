"""Attempts, with a real runner: started once, followed byte by byte, ended for certain."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import IO

import pytest

from tests.services.shells import SHELLS, Heard, InsteadOfSh, alive, command_lines, run, scratch, shell_host
from wizard.errors import HostError
from wizard.hosts import commands
from wizard.hosts.attachment import Settings
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.local import LocalDuplex
from wizard.hosts.shellhost import ShellHost


def folder(spool: Path, key: str) -> Path:
    """The directory that the claim names first."""
    return spool / (spool / f"{key}.claim").read_text().split("\n", 1)[0]


def wind_back(directory: Path, *left: str) -> None:
    """Leave of an attempt that ended only what was there before it was taken up, and these marks."""
    for mark in (*directory.glob("state.running.*"), *directory.glob("state.done.*"), directory / "taken"):
        mark.unlink()
    (directory / "complete").unlink(missing_ok=True)
    for name in left:
        (directory / name).touch()


async def until_running(host: Host, key: str) -> None:
    while (await host.status(key)).state is not AttemptState.RUNNING:
        pass


async def test_an_attempt_ends_with_its_scripts_status_and_output(host: Host) -> None:
    ending, output = await run(host, Attempt("one", "echo out; echo err >&2; exit 7"))
    assert (ending.state, ending.exit_status, ending.total, output) == (AttemptState.DONE, 7, 8, b"out\nerr\n")
    assert await host.status("one") == ending


async def test_output_is_byte_exact(host: Host, tmp_path: Path) -> None:
    data = os.urandom(3_000_000) + b"\0\n\n"
    (tmp_path / "data").write_bytes(data)
    ending, output = await run(host, Attempt("bytes", f"cat '{tmp_path}/data'"))
    assert ending.ok
    assert output == data


LINES = [
    b"one\n",
    b"no end",
    b"\n",
    b"  kept  \n",
    b"a\\b%s\n",
    b"tab\t\n",
    b"nul\0\n",
    b"caf\xc3\xa9\n",
    b"\x81\x88\xff\n",
    b"x" * 2000,
]


async def test_a_short_output_is_byte_exact_too(host: Host, tmp_path: Path) -> None:
    for number, line in enumerate(LINES):
        (tmp_path / "line").write_bytes(line)
        ending, output = await run(host, Attempt(f"line{number}", f"cat '{tmp_path}/line'"))
        assert (output, ending.total) == (line, len(line))


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
    (lock,) = spool.glob("runner.*")
    (runner,) = (pid for pid in alive(f"{spool}\0{lock.name.partition('.')[2]}\0") if parent_of(int(pid)) == 1)
    kill(int(runner))
    attempt = Attempt("second", f"echo ran >>'{tmp_path}/effect'")
    ending, _ = await run(here, attempt)
    assert ending.state is AttemptState.READY
    assert (await run(here, attempt))[0].ok
    assert (tmp_path / "effect").read_text() == "ran\n"


async def test_output_is_seen_while_the_step_still_runs(host: Host, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    seen = asyncio.Event()
    await host.start(Attempt("live", f"echo first; cat '{tmp_path}/gate'"))
    following = asyncio.create_task(host.follow("live", 0, lambda _at, _data: seen.set()))
    await asyncio.wait_for(seen.wait(), 5)
    assert not following.done()
    (tmp_path / "gate").write_bytes(b"go")
    assert (await following).total == 8


async def test_following_from_an_offset_gives_the_rest(host: Host) -> None:
    await run(host, Attempt("rest", "printf 0123456789"))
    heard = Heard(at=4)
    ending = await host.follow("rest", 4, heard)
    assert (bytes(heard.data), ending.total) == (b"456789", 10)


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


async def test_beyond_the_cap_output_is_counted_and_the_exit_status_kept(host: Host) -> None:
    lines = "i=0; while [ $i -lt 3000 ]; do echo line; i=$((i+1)); done"
    script = f"{lines}; head -c 300000 /dev/zero; echo why; exit 5"
    ending, output = await run(host, Attempt("cap", script, cap=100_001))
    kept_of_the_end, missing = 100_001 // 16, 15_000 + 300_004 - 100_001 - 100_001 // 16
    assert (ending.exit_status, ending.dropped, ending.total) == (5, missing, len(output))
    head, _, end = output[100_001:].partition(b" bytes of output are missing here]\n")
    assert output[:100_001] == (b"line\n" * 3000).ljust(100_001, b"\0")
    assert head == b"\n[%d" % missing
    assert end == b"why\n".rjust(kept_of_the_end, b"\0")


async def test_what_is_a_little_beyond_the_cap_is_kept_whole(host: Host) -> None:
    ending, output = await run(host, Attempt("brim", "printf %01000d 7; echo why; exit 5", cap=1000))
    assert (ending.exit_status, ending.dropped, output) == (5, 0, b"7".rjust(1000, b"0") + b"why\n")


async def test_output_that_the_host_had_no_room_for_is_not_missed_in_silence(spool: Path, tmp_path: Path) -> None:
    reads_more_than_it_writes = f"#!/bin/sh\n{shutil.which('dd')} bs=5000 count=1 2>/dev/null | head -c 10\nexit 1\n"
    (tmp_path / "dd").write_text(reads_more_than_it_writes)
    (tmp_path / "dd").chmod(0o755)
    async with shell_host(spool, path=(str(tmp_path),)) as host:
        ending, output = await run(host, Attempt("full", "printf %01000d 0; exit 5"))
    assert (ending.exit_status, len(output)) == (5, 10)
    assert ending.dropped > 0


async def test_at_its_limit_a_step_is_ended_with_its_children(host: Host) -> None:
    script = "echo before; export WIZARD_TEST=over-time; sleep 300 & sleep 300 | cat"
    ending, output = await run(host, Attempt("slow", script, limit=0.3))
    assert (ending.state, ending.exit_status, ending.timed_out) == (AttemptState.DONE, 124, True)
    assert not ending.ok
    assert output.startswith(b"before\n")
    assert alive("over-time") == []


async def test_a_limit_is_kept_after_another_attempt_and_after_the_connection(spool: Path) -> None:
    async with shell_host(spool) as host:
        await run(host, Attempt("quick", "true"))
        await host.start(Attempt("slow", "export WIZARD_TEST=unwatched; sleep 300 & sleep 300", limit=0.5))
        await until_running(host, "slow")
    async with shell_host(spool) as again:
        ending = await again.follow("slow", 0, Heard())
    assert (ending.exit_status, ending.timed_out) == (124, True)
    assert alive("WIZARD_TEST=unwatched") == []


async def test_a_step_that_leaves_a_daemon_ends_at_once(host: Host) -> None:
    ending, _ = await run(host, Attempt("daemon", "(exec sleep 60) & echo $!; exit 0"))
    assert ending.ok
    os.kill(int((await output_of(host, "daemon")).decode()), signal.SIGKILL)  # it is still there


async def output_of(host: Host, key: str) -> bytes:
    heard = Heard()
    await host.follow(key, 0, heard)
    return bytes(heard.data)


async def test_cancelling_ends_what_runs_and_its_children(host: Host) -> None:
    # A shell that is told to end just while it starts a program may not hear of it; mksh does not.
    await host.start(Attempt("long", "export WIZARD_TEST=cancelled; sleep 300 & echo up; exec sleep 300"))
    seen = asyncio.Event()
    following = asyncio.create_task(host.follow("long", 0, lambda _at, _data: seen.set()))
    await seen.wait()
    ending = await host.cancel("long")
    assert await following == ending
    assert (ending.state, ending.killed, ending.exit_status) == (AttemptState.DONE, True, 143)
    assert not ending.ok
    assert alive("WIZARD_TEST=cancelled") == []


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


async def test_secrets_reach_the_script_and_nobody_else(host: Host, spool: Path) -> None:
    secret = "hunter2 'quoted' \"$HOME\" \\ ü\nline two"
    script = 'printf %s "$TOKEN"; ls -a "${0%/*}" >&2; printf \' %s\' "$tools$dir"'
    await host.start(Attempt("secret", f"{script}; sleep 0.2", secrets={"TOKEN": secret, "tools": "t", "dir": "d"}))
    await until_running(host, "secret")
    assert "hunter2" not in command_lines()
    output = await output_of(host, "secret")
    assert output.startswith(secret.encode())
    assert output.endswith(b" td")
    assert b"secrets" not in output
    kept = b"".join(
        path.read_bytes() for path in folder(spool, "secret").iterdir() if path.is_file() and path.name != "out"
    )
    assert b"hunter2" not in kept


async def test_the_spool_is_closed_to_others_and_the_script_keeps_the_login_umask(host: Host, spool: Path) -> None:
    os.umask(mask := os.umask(0))
    _, output = await run(host, Attempt("mask", 'umask; pwd; printf %s "$LC_ALL"'))
    printed, cwd, _ = output.decode().split("\n")
    assert int(printed, 8) == mask
    assert cwd == os.environ["HOME"]
    assert spool.stat().st_mode & 0o777 == 0o700
    inside = [path for path in folder(spool, "mask").iterdir() if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in inside)


async def test_a_script_ignores_no_signal(here: Host) -> None:
    # Only the classic signals, 1 to 31: the C library keeps 32 and 33 for itself, and a program that the machine
    # started with them ignored (as a container's supervisor may be) can neither see nor change that.
    classic = (1 << 31) - 1
    _, output = await run(here, Attempt("signals", "grep SigIgn /proc/self/status"))
    assert int(output.split()[1], 16) & classic == 0


async def test_a_script_can_be_interrupted_like_any_other(here: Host) -> None:
    ending, _ = await run(here, Attempt("int", "timeout -s INT 0.1 sleep 60"))
    assert ending.exit_status == 124


async def test_a_killed_runner_leaves_an_attempt_lost_not_failed(here: Host, spool: Path) -> None:
    await here.start(Attempt("lost", "echo up; exec sleep 300"))
    await until_running(here, "lost")
    following = asyncio.create_task(here.follow("lost", 0, Heard()))
    script = await script_pid(spool, "lost")
    kill(parent_of(script))
    ending = await asyncio.wait_for(following, 5)
    assert (ending.state, ending.exit_status, ending.state.known) == (AttemptState.LOST, None, False)
    assert (await here.status("lost")).state is AttemptState.LOST
    assert (await run(here, Attempt("next", "true")))[0].ok  # by a runner of its own, at once
    kill(script)
    while alive(f"{spool}\0"):  # nor does its watch stay
        await asyncio.sleep(0)


async def script_pid(spool: Path, key: str) -> int:
    while not (words := (folder(spool, key) / "pid").read_text().split()):
        await asyncio.sleep(0)
    return int(words[0])


def parent_of(pid: int) -> int:
    return int(stat_of(pid)[1])


def state_of(pid: int) -> str:
    return stat_of(pid)[0]


def stat_of(pid: int) -> list[str]:
    """The fields of proc(5) from the third on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


async def test_a_runner_that_goes_with_its_lock_while_it_is_looked_for_costs_no_answer(host: Host, spool: Path) -> None:
    await run(host, Attempt("gone", "true"))
    wind_back(folder(spool, "gone"), "state.running.somebody", "taken")
    assert (await asyncio.wait_for(host.status("gone"), 10)).state is AttemptState.LOST
    assert (await asyncio.wait_for(host.follow("gone", 0, Heard()), 10)).state is AttemptState.LOST


async def test_an_attempt_of_an_earlier_boot_is_called_rebooted(here: Host, spool: Path) -> None:
    await run(here, Attempt("old", "exit 0"))
    await here.start(Attempt("cut", "sleep 300"))
    await until_running(here, "cut")
    await here.cancel("cut")
    wind_back(folder(spool, "cut"), "state.running.somebody", "taken")
    for key in ("old", "cut"):
        claim = spool / f"{key}.claim"
        nonce, _boot, *rest = claim.read_text().splitlines()
        claim.write_text("\n".join([nonce, "another-boot", *rest]) + "\n")
    assert (await here.status("cut")).state is AttemptState.REBOOTED
    assert (await here.status("old")).ok


class Rebooting(InsteadOfSh):
    """A host that goes down as soon as it is told to start something, once, and comes up as another boot."""

    def __init__(self, tmp_path: Path) -> None:
        super().__init__("dash")
        self.boots = 0
        self._boot_id = tmp_path / "boot-id"

    async def open(self, command: str) -> LocalDuplex:
        self.boots += 1
        self._boot_id.write_text(f"boot-{self.boots}\n")
        self._before = f"mount --bind {self._boot_id} /proc/sys/kernel/random/boot_id"
        duplex = await super().open(command)
        if self.boots == 1:
            deliver = duplex.write

            async def write(data: bytes) -> None:
                if data.startswith(b"wz_start"):
                    await duplex.close()
                await deliver(data)

            duplex.write = write  # type: ignore[method-assign]
        return duplex


async def test_a_reboot_during_the_start_leaves_it_unknown_and_nothing_is_started_in_the_dark(
    spool: Path, tmp_path: Path
) -> None:
    transport, said = Rebooting(tmp_path), list[str]()
    host = ShellHost("here", transport, Settings(spool=str(spool)), lambda _link, why: said.append(why))
    ending, _ = await run(host, Attempt("key", f"touch '{tmp_path}/effect'"))
    await host.close()
    assert (ending.state, ending.state.known, transport.boots) == (AttemptState.REBOOTED, False, 2)
    assert not (tmp_path / "effect").exists()
    assert said[-1].endswith("again; it has rebooted since")


@pytest.mark.parametrize(
    "damage", ["two ends", "an end before a start", "no state", "nobody took it", "empty claim", "no directory"]
)
async def test_a_damaged_record_is_corrupt_and_never_run_again(here: Host, spool: Path, damage: str) -> None:
    await run(here, Attempt("bad", "true"))
    directory = folder(spool, "bad")
    match damage:
        case "two ends":
            (directory / "state.done.1").touch()
        case "an end before a start":
            (directory / "taken").unlink()
        case "no state":
            wind_back(directory)
            (directory / "state.ready").unlink()
        case "nobody took it":
            wind_back(directory, "taken")
        case "empty claim":
            (spool / "bad.claim").write_text("")
        case _:
            directory.rename(spool / "elsewhere")
    assert (await here.status("bad")).state is AttemptState.CORRUPT
    assert (await here.follow("bad", 0, Heard())).state is AttemptState.CORRUPT
    assert (await here.cancel("bad")).state is AttemptState.CORRUPT


async def test_a_prepared_attempt_whose_launch_was_cut_off_is_launched_by_the_next_start(
    here: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = Attempt("cut", f"echo ran >>'{tmp_path}/effect'")
    await run(here, attempt)
    wind_back(folder(spool, "cut"))
    assert (await here.status("cut")).state is AttemptState.READY
    ending, _ = await run(here, attempt)
    assert ending.ok
    assert (tmp_path / "effect").read_text() == "ran\nran\n"


async def test_a_runner_that_was_killed_before_it_had_the_attempt_leaves_it_to_the_next(
    host: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = Attempt("cut", f"echo ran >>'{tmp_path}/effect'")
    await run(host, attempt)
    wind_back(folder(spool, "cut"), "state.running.somebody")
    assert (await host.status("cut")).state is AttemptState.READY
    assert (await run(host, attempt))[0].ok
    assert (tmp_path / "effect").read_text() == "ran\nran\n"


async def test_a_runner_that_was_killed_when_it_had_the_attempt_is_followed_by_none(
    host: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = Attempt("cut", f"echo ran >>'{tmp_path}/effect'")
    await run(host, attempt)
    wind_back(folder(spool, "cut"), "state.running.somebody", "taken")
    ending, _ = await run(host, attempt)
    assert (ending.state, ending.state.known) == (AttemptState.LOST, False)
    assert (await host.cancel("cut")).state is AttemptState.LOST
    assert (tmp_path / "effect").read_text() == "ran\n"


async def test_what_was_cancelled_before_it_was_taken_up_is_taken_up_by_none(
    host: Host, spool: Path, tmp_path: Path
) -> None:
    attempt = Attempt("late", f"echo ran >>'{tmp_path}/effect'")
    await run(host, attempt)
    wind_back(folder(spool, "late"))
    assert (await host.cancel("late")).state is AttemptState.CANCELLED
    assert (await run(host, attempt))[0].state is AttemptState.CANCELLED
    assert (tmp_path / "effect").read_text() == "ran\n"


class Cramped(InsteadOfSh):
    """A machine whose spool has room for so many files and no more."""

    def __init__(self, shell: str, spool: Path, files: int) -> None:
        super().__init__(shell, f"mount -t tmpfs -o mode=0700,nr_inodes={files} none {spool}")


FILL = "cd '{spool}' && i=0 && while touch fill.$i 2>/dev/null; do i=$((i + 1)); done; exit 7"


@pytest.mark.parametrize("shell", SHELLS)
async def test_an_end_is_recorded_where_there_is_no_room_for_one_more_file(spool: Path, shell: str) -> None:
    spool.mkdir(mode=0o700)
    host = ShellHost("here", Cramped(shell, spool, 400), Settings(spool=str(spool)))
    try:
        ending, _ = await run(host, Attempt("full", FILL.format(spool=spool)))
        assert (ending.state, ending.exit_status) == (AttemptState.DONE, 7)
        left = (await host.ask(f"cd {spool}/$(head -n 1 {spool}/full.claim) && echo state.*")).text.split()
        assert [name for name in left if not name.startswith("state.running.")] == ["state.done.7"]
    finally:
        await host.close()


RACE = """
until [ -e go ]; do :; done
set -C
printf '' >taken
set -- $?
set +C
[ "$1" -ne 0 ] || echo won >>winners
"""


@pytest.mark.parametrize("shell", ["dash", "bash", "mksh", "busybox sh"])
def test_what_is_to_be_made_once_is_made_once_by_every_shell(tmp_path: Path, shell: str) -> None:
    """What take_up of runner.sh relies on, also between shells of different kinds."""
    for number in range(30):
        place = tmp_path / str(number)
        place.mkdir()
        racers = [
            subprocess.Popen([*words.split(), "-c", RACE], cwd=place, stderr=subprocess.DEVNULL)
            for words in (shell, shell, "dash", shell)
        ]
        (place / "go").touch()
        for racer in racers:
            racer.wait()
        assert (place / "winners").read_text() == "won\n"


@pytest.mark.parametrize("trap", ["open to others", "a link", "a file"])
async def test_a_spool_that_cannot_be_trusted_is_refused(here: Host, spool: Path, tmp_path: Path, trap: str) -> None:
    match trap:
        case "open to others":
            spool.mkdir()
            spool.chmod(0o777)
        case "a link":
            (tmp_path / "elsewhere").mkdir(mode=0o700)
            spool.symlink_to(tmp_path / "elsewhere")
        case _:
            spool.touch()
    with pytest.raises(HostError):
        await here.start(Attempt("x", "true"))


async def test_a_start_that_finds_no_room_runs_nothing_and_says_so(here: Host, spool: Path) -> None:
    await run(here, Attempt("x", "true"))
    (spool / "full.claim").symlink_to("/nonexistent/claim")
    with pytest.raises(HostError):
        await here.start(Attempt("full", "true"))
    assert len(list(spool.glob("d.*/meta"))) == 1


NO_ROOM = """#!/bin/sh
case $1 in d.*) [ -e '{room}' ] || exit 1 ;; esac
exec {real} "$@"
"""


async def test_a_spool_without_room_for_the_first_attempts_is_used_once_there_is_room(
    spool: Path, tmp_path: Path
) -> None:
    (tmp_path / "mkfifo").write_text(NO_ROOM.format(room=tmp_path / "room", real=shutil.which("mkfifo")))
    (tmp_path / "mkfifo").chmod(0o755)
    async with shell_host(spool, path=(str(tmp_path),)) as host:
        with pytest.raises(HostError):
            await host.start(Attempt("one", "true"))
        (tmp_path / "room").touch()
        assert (await run(host, Attempt("one", "true")))[0].ok


STAND_INS = {
    "busctl": "echo b true",
    "systemd-run": 'echo "$*" >>"${0%/*}/units"; while [ "$1" != -- ]; do shift; done; shift; setsid "$@" &',
}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts units")
async def test_where_the_end_of_a_login_kills_its_processes_each_attempt_is_a_unit(spool: Path, tmp_path: Path) -> None:
    for name, script in STAND_INS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    async with shell_host(spool, path=(str(tmp_path),)) as host:
        assert (await host.connect()).launcher == "systemd-run"
        ended = [await run(host, Attempt(key, f"echo {key}; exit 3", limit=9)) for key in ("one", "two")]
    assert [(ending.exit_status, output) for ending, output in ended] == [(3, b"one\n"), (3, b"two\n")]
    assert [line.count("--unit=incident-wizard-") for line in (tmp_path / "units").read_text().splitlines()] == [1, 1]


async def test_what_was_made_ahead_is_taken_away_again(spool: Path) -> None:
    async with shell_host(spool) as host:
        await run(host, Attempt("one", "true"))
    kept = {"one.claim", folder(spool, "one").name}
    while {path.name for path in spool.iterdir()} != kept:
        await asyncio.sleep(0)


async def test_after_a_channel_that_was_killed_its_runner_cleans_up(spool: Path) -> None:
    async with shell_host(spool) as host:
        await run(host, Attempt("one", "true"))
        kept = {"one.claim", folder(spool, "one").name}
        files = await scratch(host)
        kill(int((await host.ask("echo $$")).text))
        while files.exists() or {path.name for path in spool.iterdir()} != kept:
            await asyncio.sleep(0)


HELD = """#!/bin/sh
case $* in {held})
    echo there >>'{gate}.there'
    read -r _ <'{gate}'
    ;;
esac
exec {real} "$@"
"""


class HeldUp:
    """A command that waits, where its arguments are such, until it is let go on."""

    def __init__(self, tools: Path, name: str, arguments: str) -> None:
        tools.mkdir(exist_ok=True)
        gate = tools / f"{name}.gate"
        os.mkfifo(gate)
        self._gate = os.open(gate, os.O_RDWR)
        self._there = tools / f"{name}.gate.there"
        (tools / name).write_text(HELD.format(held=arguments, gate=gate, real=shutil.which(name)))
        (tools / name).chmod(0o755)

    @property
    def waiting(self) -> int:
        """How many have come to wait."""
        return len(self._there.read_text().splitlines()) if self._there.exists() else 0

    def go_on(self) -> None:
        os.write(self._gate, b"\n" * 10)


async def test_a_start_overtaken_by_the_end_of_its_channel_can_be_made_again(spool: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    listening, removing = HeldUp(tools, "mkfifo", "*.news"), HeldUp(tools, "rm", "*/d.*.0")
    attempt = Attempt("late", f"echo ran >>'{tmp_path}/effect'")
    async with shell_host(spool, path=(str(tools),)) as host:
        starting = asyncio.create_task(host.start(attempt))
        while not listening.waiting:
            await asyncio.sleep(0)
        starting.cancel()
        closing = asyncio.create_task(host.close())
        while not removing.waiting:
            await asyncio.sleep(0)
        listening.go_on()
        while removing.waiting < 2 and not (spool / "late.claim").exists():
            await asyncio.sleep(0)
        removing.go_on()
        await closing
    async with shell_host(spool) as again:
        assert (await run(again, attempt))[0].ok
    assert (tmp_path / "effect").read_text() == "ran\n"


def test_a_channel_that_nobody_reads_any_more_ends_although_one_waits_to_speak(spool: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(bytes(3_000_000))
    attempt = Attempt("flood", f"cat '{tmp_path}/data'")
    ping = commands.call("wz_ping", 0, background=False)
    with subprocess.Popen(["/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as shell:
        assert shell.stdin
        assert shell.stdout
        shell.stdin.write(commands.bootstrap("nonce", "channel", str(spool), ()))
        shell.stdin.write(commands.call("wz_ready_spool", 1, background=False))
        shell.stdin.write(commands.start(2, attempt, 0, 1, 0, apart=False))
        while b" D 2 " not in shell.stdout.readline():
            pass
        shell.stdin.write(ping)
        while unread(shell.stdin) or state_of(shell.pid) != "S":
            pass
        shell.stdout.close()
        shell.stdin.close()
        try:
            shell.wait(10)
        finally:
            shell.kill()


def unread(pipe: IO[bytes]) -> int:
    """Bytes that wait in it."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


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
