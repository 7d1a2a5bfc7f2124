"""The hosts, as they answer: who they are, what they have, and whether their clock and room will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from textual.content import Content

from screens.view import View
from screens.widgets.detail import where
from screens.words import many, plain
from wizard.hosts.examining import SPOOL
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run.connecting import HOST
from wizard.run.seen import RoleState

SKEW = 5.0
"""Seconds that a clock may be off before it is pointed at: times in its journal are then hard to read beside ours."""

LEAST, LEAST_PART = 256 * 1024 * 1024, 0.03
"""Bytes, and part of a disk, below which its room is pointed at."""

UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def hosts_told(view: View, names: Sequence[str], *, running: bool) -> Content:
    """Every host, each with what is known of it by now."""
    told = [Content("\n").join(_host(view, name, running=running)) for name in names]
    return Content("\n\n").join(told)


def _host(view: View, name: str, *, running: bool) -> Iterator[Content]:
    connected, trouble = view.state.hosts.get(name), view.troubles.get(HOST + name)
    if trouble:
        yield Content.assemble(("✘ ", "$error"), (plain(name), "bold"), "  cannot be reached")
        yield _row("why", plain(trouble.what), "$error")
        return
    if connected is None:
        waiting = view.waiting and view.waiting.scope == HOST + name
        told = "shows a key that nobody has accepted" if waiting else "connecting …" if running else "not reached"
        yield Content.assemble(("○ ", "$accent"), (plain(name), "bold"), (f"  {told}", "dim"))
        return
    yield Content.assemble(("✔ ", "$success"), where(view, name))
    yield from _identity(connected.identity, view.state.roles.get(name))
    yield from _examined(view, name, running=running)


def _identity(said: Mapping[str, Any], role: RoleState | None) -> Iterator[Content]:
    if said.get("key"):
        new = bool(said.get("accepted"))
        known = ("on no record before, accepted now", "$warning") if new else ("known", "$success")
        yield Content.assemble(("key      ", "dim"), plain(str(said["key"])), "  ", known)
    who = f"{said.get('user', '')} (uid {said.get('uid', '?')}) on {said.get('hostname', '')}"
    yield _row("user", plain(who))
    boot = str(said.get("boot_id", "")).partition(" ")[0]
    yield _row("machine", plain(f"{said.get('machine_id', '')} · boot {boot}"))
    if role:
        yield _role(role)
    if said.get("outlives") is False:
        yield _row("steps", "end with the connection: this host ends what a login leaves running", "$warning")


def _role(role: RoleState) -> Content:
    """What it is to others; changes are made while it stays that."""
    if not role.now:
        return _row("role", f"cannot be told: {plain(role.why)}", "$warning")
    if role.now != role.pinned:
        return _row("role", f"{plain(role.now)}, and was {plain(role.pinned)}", "$warning")
    return _row("role", plain(role.now))


def _examined(view: View, name: str, *, running: bool) -> Iterator[Content]:
    seen = view.examined.get(name)
    if seen is None:
        yield _row("system", "being looked at …" if running else "was not looked at")
        return
    if seen.why:
        yield _row("system", f"unknown: {plain(seen.why)}", "$warning")
        return
    yield _row("system", plain(" · ".join(part for part in (seen.os, seen.kernel) if part) or "unknown"))
    if name != LOCAL:
        yield _row("sudo", plain(seen.sudo))
        yield _row("clock", clock_told(seen), "$warning" if clock_off(seen) else "")
    yield from _tools(seen)
    yield from _room(seen)


def clock_off(seen: ev.HostExamined) -> bool:
    """Its clock is surely further off than it should be."""
    return seen.skew is not None and abs(seen.skew) - seen.within > SKEW


def clock_told(seen: ev.HostExamined) -> str:
    """How far its clock is from this machine's."""
    if seen.skew is None:
        return "unknown"
    if abs(seen.skew) <= max(seen.within, 0.5):
        return f"as this machine's, to {max(seen.within, 0.05):.1f} s"
    return f"{abs(seen.skew):,.1f} s {'ahead of' if seen.skew > 0 else 'behind'} this machine's"


def missing(seen: ev.HostExamined) -> list[str]:
    """Programs that are needed and are not there."""
    return [tool for tool, path in seen.tools.items() if not path]


def _tools(seen: ev.HostExamined) -> Iterator[Content]:
    there = [tool for tool, path in seen.tools.items() if path]
    if there:
        yield Content.assemble(("tools    ", "dim"), ("✔ ", "$success"), plain(", ".join(there)))
    if missing(seen):
        yield Content.assemble(("tools    ", "dim"), ("✘ missing: ", "$warning"), plain(", ".join(missing(seen))))


def _room(seen: ev.HostExamined) -> Iterator[Content]:
    for mount, paths in by_mount(seen).items():
        disk = paths[0]
        told = f"{plain(mount)}  {size(disk.get('free'))} free of {size(disk.get('size'))}"
        style = "$warning" if tight(disk) else ""
        yield Content.assemble(("room     ", "dim"), (told, style), (_kept_there(mount, paths), "dim"))


def _kept_there(mount: str, disks: Sequence[Mapping[str, Any]]) -> str:
    """What is written to a file system: the attempts, and what steps change."""
    paths = {str(one.get("path", "")) for one in disks} - {mount, "/"}
    spool = ["the attempts"] if SPOOL in paths else []
    steps = [f"{many(len(paths - {SPOOL}), 'path')} of steps"] if paths - {SPOOL} else []
    return f"  for {' and '.join([*spool, *steps])}" if spool or steps else ""


def by_mount(seen: ev.HostExamined) -> dict[str, list[Mapping[str, Any]]]:
    """What is written where, by file system."""
    mounts: dict[str, list[Mapping[str, Any]]] = {}
    for disk in seen.disks:
        mounts.setdefault(str(disk.get("mount", "")), []).append(disk)
    return mounts


def tight(disk: Mapping[str, Any]) -> bool:
    """There is little room on it."""
    free, whole = _number(disk.get("free")), _number(disk.get("size"))
    return free < LEAST or free < whole * LEAST_PART


def size(count: Any) -> str:
    """Bytes as ``1.5 GiB``."""
    amount, unit = float(_number(count)), 0
    while amount >= 1024 and unit < len(UNITS) - 1:  # noqa: PLR2004 - the step between two units
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f} {UNITS[unit]}" if unit else f"{amount:.0f} B"


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _row(label: str, text: str, style: str = "") -> Content:
    return Content.assemble((f"{label:9}", "dim"), (text, style))
