"""A systemd unit as it is loaded, read from `systemctl show`.

`systemctl show` answers for a unit that does not exist too, with exit status 0 and ``Result=success`` (systemd 252):
nothing here means anything unless ``LoadState`` is ``loaded``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from shlex import quote

from wizard.facts.asking import PLAIN, ask, read, unseen
from wizard.hosts.base import Host
from wizard.text import decode, one_line, sanitise

PROPERTIES = (
    "Id",
    "LoadState",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "FragmentPath",
    "DropInPaths",
    "NeedDaemonReload",
    "MainPID",
    "User",
    "Group",
    "Result",
    "NRestarts",
    "InvocationID",
    "Type",
)

RUNNING = frozenset({"active", "reloading", "activating", "deactivating"})
_NAME = re.compile(r"[A-Za-z0-9:_.@\\-]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """The properties of a unit by systemd's own names."""

    name: str
    properties: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.properties.get(key, "")

    @property
    def loaded(self) -> bool:
        """Systemd knows it: only then do the other properties mean anything."""
        return self["LoadState"] == "loaded"

    @property
    def running(self) -> bool:
        """It has, or may have, processes."""
        return self["ActiveState"] in RUNNING

    @property
    def drop_ins(self) -> list[str]:
        """Paths of the files that override parts of it."""
        return self["DropInPaths"].split()

    def __str__(self) -> str:
        if not self.loaded:
            return f"{self['LoadState'] or 'no such unit'}"
        return f"{self['ActiveState']} ({self['SubState']}), main process {self['MainPID']}"


def name_flaw(unit: str) -> str:
    """Why this is not the name of one unit, or an empty string; systemctl takes ``*`` for many units."""
    return "" if _NAME.fullmatch(unit) else f"{unit!r} is not the name of one unit"


def show_command(unit: str, properties: Iterable[str] = ()) -> str:
    """The command that prints a unit's properties."""
    wanted = ",".join([*PROPERTIES, *(name for name in properties if name not in PROPERTIES)])
    return f"systemctl show --no-pager -p {quote(wanted)} -- {quote(unit)}"


def parse(unit: str, text: str) -> Unit:
    """What `systemctl show` printed; the order of the properties is systemd's own."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return Unit(unit, {key: sanitise(value) for key, _, value in pairs})


async def show(host: Host, unit: str, properties: Iterable[str] = ()) -> Unit:
    """A unit as it is loaded now.

    Raises:
        Unseen: Systemd did not answer.
    """
    about = f"unit {one_line(unit)}"
    answer = await ask(host, f"{PLAIN}\n{show_command(unit, properties)}\n", about)
    found = parse(unit, decode(answer.stdout))
    if answer.exit_status != 0 or not found["LoadState"]:
        raise unseen(host, about, answer)
    return found


async def show_twice(host: Host, unit: str, seconds: float) -> tuple[Unit, Unit]:
    """A unit now and again that many seconds later, by the host's clock.

    Raises:
        Unseen: Systemd did not answer.
    """
    about = f"unit {one_line(unit)}"
    script = f"{PLAIN}\n{show_command(unit)} || exit\nsleep {max(1, round(seconds))}\necho --\n{show_command(unit)}\n"
    text = decode(await read(host, script, about, limit=seconds + 30.0))
    first, _, second = text.partition("\n--\n")
    return parse(unit, first), parse(unit, second)


async def processes(host: Host, unit: Unit) -> list[str]:
    """Processes in the unit's control group or below it, as ``PID name``: also those an inactive unit left behind.

    Raises:
        Unseen: This reader cannot see the control groups of other people's processes.
    """
    script = f"""{PLAIN}
head -c 1 /proc/1/cgroup >/dev/null || exit 1
grep -F -- {quote("/" + unit["Id"])} /proc/[0-9]*/cgroup 2>/dev/null | while IFS= read -r line; do
    pid=${{line#/proc/}}; pid=${{pid%%/*}}
    name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
    printf '%s %s %s\\n' "$pid" "$name" "${{line#*cgroup:}}"
done
exit 0
"""
    text = decode(await read(host, script, f"the processes of {one_line(unit.name)}"))
    inside = re.compile(rf"/{re.escape(unit['Id'])}(/|$)")
    found = (line.rpartition(" ") for line in text.splitlines())
    return sorted({one_line(process) for process, _, group in found if inside.search(group)})
