"""Where attempts are kept: closed to others, without room, made ahead, and tidied up."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
import termios
from pathlib import Path
from typing import IO

import pytest

from tests.services.attempts import (
    folder,
    kill,
    output_of,
    state_of,
    until_running,
)
from tests.services.shells import SHELLS, InsteadOfSh, command_lines, run, scratch, shell_host
from wizard.errors import HostError
from wizard.hosts import commands
from wizard.hosts.attachment import Settings
from wizard.hosts.base import Attempt, AttemptState, Host
from wizard.hosts.content import copied
from wizard.hosts.shellhost import ShellHost


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


CONTENTS = {"text": b"hunter2 ' $HOME\nEND\n" * 5_000, "binary": b"hunter2\0\xff" * 5_000, "short": b"hunter2", "": b""}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("read", [True, False])
async def test_a_content_reaches_the_script_and_stays_nowhere(
    host: Host, spool: Path, content: bytes, *, read: bool
) -> None:
    script = copied(content) if read else "echo not read"
    attempt = Attempt("content", f'{script}; ls -a "${{0%/*}}" >&2\n', content=content)

    ending, output = await run(host, attempt)

    assert ending.ok, output
    assert output.startswith(content if read else b"not read\n")
    assert b"secrets" not in output.removeprefix(content)
    kept = [path.read_bytes() for path in folder(spool, "content").iterdir() if path.is_file() and path.name != "out"]
    assert b"hunter2" not in b"".join(kept)
    assert b"hunter2" not in command_lines().encode()


async def test_the_spool_is_closed_to_others_and_the_script_keeps_the_login_umask(host: Host, spool: Path) -> None:
    os.umask(mask := os.umask(0))
    _, output = await run(host, Attempt("mask", 'umask; pwd; printf %s "$LC_ALL"'))
    printed, cwd, _ = output.decode().split("\n")
    assert int(printed, 8) == mask
    assert cwd == os.environ["HOME"]
    assert spool.stat().st_mode & 0o777 == 0o700
    inside = [path for path in folder(spool, "mask").iterdir() if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in inside)


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
    (spool / "full.claim").symlink_to(spool.parent / "none" / "claim")
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
            await host.prepare()
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


async def test_a_spool_that_was_prepared_is_there_ahead_of_an_attempt_and_empty_after_none(spool: Path) -> None:
    async with shell_host(spool) as host:
        assert not spool.exists()
        await asyncio.gather(host.prepare(), host.prepare())
        assert len(list(spool.glob("runner.*"))) <= 1
        assert len(list(spool.glob("d.*/state.ready"))) == 4
    while list(spool.iterdir()):
        await asyncio.sleep(0)


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
    listening, removing = HeldUp(tools, "mkfifo", "*.news"), HeldUp(tools, "rm", "*d.*.0")
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
        shell.stdin.write(commands.start(2, attempt, 1, commands.Launch(0, 0)))
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
