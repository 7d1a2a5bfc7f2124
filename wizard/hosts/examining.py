"""A look at a host for a person: what it runs, its clock, its tools and its room. One question; nothing hangs on it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from shlex import quote

from wizard.errors import HostError
from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.numbers import LATEST, natural
from wizard.hosts.sweeping import swept_today

LIMIT = 15.0
"""Seconds that a host has to answer; a dead mount must not hold up a run."""

KIBIBYTE = 1024

LARGEST = 2**53
"""Kibibytes that a file system has, at most."""

SIZES = 4
"""Words of a line of df ahead of the percentage that is used, at least: the file system, and three sizes."""

ROOMS = "rooms"
"""The line behind which df says what room there is, in the order of the paths it was asked about."""

SPOOL = "spool"
"""Stands for the directory where attempts are kept, wherever that is on the host."""

# wz_spool is the channel's own. A path that is not there yet is measured where its nearest parent is. Every run waits
# for this, so it starts few processes.
_SCRIPT = """\
printf 'clock\\t%s\\n' "$(date +%s.%N)"
while IFS='=' read -r name value; do
    [ "$name" != PRETTY_NAME ] || { printf 'os\\t%s\\n' "$value" && break; }
done 2>/dev/null </etc/os-release
printf 'kernel\\t%s\\n' "$(uname -srm 2>/dev/null)"
wanted() { printf 'tool\\t%s\\t' "$1" && command -v "$1" 2>/dev/null || echo; }
near() {
    there=$1
    while [ -n "$there" ] && ! [ -e "$there" ]; do there=${there%/*}; done
    there=${there:-/}
}
"""


@frozen
class Examination:
    """What a host was found to have.

    Args:
        skew: Seconds that its clock is ahead of ours, known to ``within``; None where it was not learnt.
        tools: Where each program is; empty where it is missing.
        disks: ``{path, mount, free, size}`` in bytes, by path asked for.
        swept: Its spool was swept today.
        why: Why nothing was learnt.
    """

    os: str = ""
    kernel: str = ""
    skew: float | None = None
    within: float = 0.0
    tools: Mapping[str, str] = field(default_factory=dict)
    disks: Sequence[Mapping[str, str | int]] = ()
    swept: bool = False
    why: str = ""


async def examine(host: Host, tools: Sequence[str], paths: Sequence[str]) -> Examination:
    """Look, once and without changing anything. What cannot be learnt stays empty; this never fails.

    Args:
        host: A connected host.
        tools: Programs to look for.
        paths: Full paths whose room is wanted, beside that of the spool and of ``/``.
    """
    try:
        asked = await swept_today(host) + script(tools, paths)
        sent = time.time()
        answer = await host.ask(asked, limit=LIMIT)
    except HostError as problem:
        return Examination(why=problem.what)
    got = time.time()
    if answer.timed_out:
        return Examination(why=f"no answer within {LIMIT:.0f} s")
    told, _, rooms = answer.text.partition(f"{ROOMS}\n")
    lines = [line.split("\t") for line in told.splitlines()]
    if not any(line[0] == "clock" for line in lines):
        return Examination(why=answer.complaint or "it said nothing")
    disks = _disks(rooms.splitlines(), [SPOOL, "/", *paths])
    return replace(_read(lines, sent, got), disks=disks)


def script(tools: Sequence[str], paths: Sequence[str]) -> str:
    """The question, as POSIX sh."""
    asked = [f"wanted {quote(tool)}\n" for tool in tools]
    rooms = ['near "${wz_spool-/}"', "near /", *(f"near {quote(one)}" for one in paths)]
    near = [f'{room} && set -- "$@" "$there"\n' for room in rooms]
    return "".join([_SCRIPT, *asked, "set --\n", *near, f'echo {ROOMS}\ndf -Pk -- "$@" 2>/dev/null\n'])


def _read(lines: Sequence[Sequence[str]], sent: float, got: float) -> Examination:
    said = {line[0]: line[1] for line in lines if len(line) > 1}
    skew, within = _skew(said.get("clock", ""), sent, got)
    return Examination(
        os=said.get("os", "").strip("\"'"),
        kernel=said.get("kernel", ""),
        skew=skew,
        within=within,
        tools={line[1]: line[2] for line in lines if line[0] == "tool" and len(line) > len(("tool", "name"))},
        swept=["swept"] in lines,
    )


def _skew(clock: str, sent: float, got: float) -> tuple[float | None, float]:
    """How far ahead its clock is, and how surely: it was read at some moment between question and answer."""
    whole, _, part = clock.partition(".")
    try:
        then = float(natural(whole, LATEST))
    except ValueError:
        return None, 0.0
    fine = part.isascii() and part.isdecimal()
    then += float(f"0.{part}") if fine else 0.5
    within = (got - sent) / 2 + (0.0 if fine else 0.5)
    return round(then - (sent + got) / 2, 3), round(within, 3)


def _disks(told: Sequence[str], paths: Sequence[str]) -> Sequence[Mapping[str, str | int]]:
    """What df told of each path; nothing where it left one out, as a line does not say which path it is about."""
    lines = [disk for disk in map(_disk, told) if disk]
    return [{"path": path, **disk} for path, disk in zip(paths, lines, strict=True)] if len(lines) == len(paths) else ()


def _disk(line: str) -> Mapping[str, str | int]:
    """A line of ``df -Pk`` (POSIX), told by its percentage: names of file systems and mounts may hold blanks."""
    words = line.split()
    for at, word in enumerate(words[SIZES:-1], start=SIZES):
        size, _, free = words[at - 3 : at]
        if word.endswith("%"):
            with suppress(ValueError):
                room = {"free": natural(free, LARGEST) * KIBIBYTE, "size": natural(size, LARGEST) * KIBIBYTE}
                return {"mount": " ".join(words[at + 1 :]), **room}
    return {}
