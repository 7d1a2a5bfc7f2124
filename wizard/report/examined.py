"""What hosts were found to have when the run last connected: for a reader who asks later on what it all ran."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.frozen import frozen
from wizard.report.log import Log
from wizard.run import events as ev

MEBIBYTE = 1024 * 1024


@frozen
class Examined:
    """One host, in words. ``tools`` names programs that were missing."""

    host: str
    system: str
    sudo: str
    clock: str
    room: str
    tools: str


def examined(log: Log) -> tuple[Examined, ...]:
    """Every host as it was looked at last."""
    last = {event.host: event for _, event in log.of(ev.HostExamined)}
    return tuple(_examined(event) for event in last.values())


def _examined(seen: ev.HostExamined) -> Examined:
    if seen.why:
        return Examined(seen.host, f"not observed: {seen.why}", seen.sudo, "", "", "")
    system = ", ".join(part for part in (seen.os, seen.kernel) if part)
    missing = [tool for tool, path in seen.tools.items() if not path]
    tools = f"missing: {', '.join(missing)}" if missing else "all there" if seen.tools else ""
    return Examined(seen.host, system, seen.sudo, _clock(seen), _room(seen), tools)


def _clock(seen: ev.HostExamined) -> str:
    return "not observed" if seen.skew is None else f"{seen.skew:+.1f} s, to {seen.within:.1f} s"


def _room(seen: ev.HostExamined) -> str:
    by_mount: dict[str, Mapping[str, object]] = {str(disk.get("mount")): disk for disk in seen.disks}
    return "; ".join(f"{mount}: {_mebibytes(disk.get('free'))} MiB free" for mount, disk in by_mount.items())


def _mebibytes(count: object) -> str:
    return f"{count // MEBIBYTE:,}" if isinstance(count, int) else "?"
