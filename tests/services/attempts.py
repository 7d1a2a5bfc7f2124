"""Looking at what a host keeps of attempts, and at the processes that work for them."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.services.shells import Heard
from wizard.hosts.base import AttemptState, Host


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


async def output_of(host: Host, key: str) -> bytes:
    heard = Heard()
    await host.follow(key, 0, heard)
    return bytes(heard.data)


async def script_pid(spool: Path, key: str, *, said: bool = False) -> int:
    """The process that a script is.

    Args:
        spool: Where attempts are kept.
        key: Of the attempt.
        said: Wait until it has printed something: before that it is reached by way of its runner.
    """
    place = folder(spool, key)
    while not (words := (place / "pid").read_text().split()) or (said and not (place / "out").read_bytes()):
        await asyncio.sleep(0)
    return int(words[0])


def at_work(spool: Path) -> list[int]:
    """The processes that stand in a spool or have something of it open: runners, their helpers, and scripts."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            opened = (link.readlink() for link in (entry / "fd").iterdir())
            if any(path.is_relative_to(spool) for path in ((entry / "cwd").readlink(), *opened)):
                found.append(int(entry.name))
    return found


def runners_of(spool: Path) -> list[int]:
    """The runners that stand in a spool, but not what they started: each leads its session."""
    found = []
    for pid in at_work(spool):
        with suppress(OSError):
            if os.getsid(pid) == pid and Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"/runner\0"):
                found.append(pid)
    return found


def parent_of(pid: int) -> int:
    return int(stat_of(pid)[1])


def state_of(pid: int) -> str:
    return stat_of(pid)[0]


def stat_of(pid: int) -> list[str]:
    """The fields of proc(5) from the third on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def session_of(leader: int) -> list[int]:
    """The processes of a session that do anything."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, _, session, *_ = stat_of(int(entry.name))
            if session == str(leader) and state != "Z":
                found.append(int(entry.name))
    return found


def sink_of(directory: Path) -> list[int]:
    """The processes that read what an attempt prints: a shell and its `dd`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "fd" / "0").samefile(directory / "pipe"):
                found.append(int(entry.name))
    return found


def kill(pid: int) -> None:
    """Kill a process and wait until it is dead, and its locks are free: on a busy machine that is not at once."""
    os.kill(pid, signal.SIGKILL)
    with suppress(OSError):
        while state_of(pid) not in {"Z", "X"}:
            os.sched_yield()
