"""A cgroup subtree per machine: the only way two systemds on one kernel stay apart."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .tools import RealHostError, is_booted_with_systemd, run, wait_until

ENTER = 'for procs in $1; do echo $$ > "$procs"; done; shift; exec "$@"'


@dataclass(frozen=True)
class Subtree:
    """The cgroups of one machine, on a machine with or without systemd as PID 1."""

    name: str

    def prefix(self) -> list[str]:
        """Return the command prefix that starts a command inside this subtree."""
        if is_booted_with_systemd():
            scope = ["systemd-run", "--quiet", "--scope", "--collect", "--property=Delegate=yes"]
            return [*scope, f"--unit={self.name}", "--"]
        places = [mount / self.name for mount in _mounts()]
        for place in places:
            place.mkdir(exist_ok=True)
        procs = " ".join(str(place / "cgroup.procs") for place in places)
        return ["sh", "-c", ENTER, "sh", procs]

    def directories(self) -> list[Path]:
        """List this subtree's existing cgroup directories, deepest first."""
        found = [Path(top) for place in self._tops() for top, _, _ in os.walk(place, topdown=False)]
        return [place for place in found if place.is_dir()]

    def pids(self) -> set[int]:
        """List every process in this subtree."""
        pids: set[int] = set()
        for place in self.directories():
            with suppress(OSError):
                pids.update(int(pid) for pid in (place / "cgroup.procs").read_text().split())
        return pids - {0}

    def kill(self) -> None:
        """Kill every process in this subtree and see them gone; as in a power cut, none lives to see another die."""
        self._signal(signal.SIGSTOP)
        wait_until(f"cgroup {self.name} empty", self._killed, seconds=20)

    def remove(self) -> None:
        """Kill what is left and remove the cgroups."""
        self.kill()
        for place in self.directories():
            with suppress(OSError):
                place.rmdir()

    def _killed(self) -> bool:
        return not self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> set[int]:
        pids = self.pids()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return pids

    def _tops(self) -> list[Path]:
        if not is_booted_with_systemd():
            return [mount / self.name for mount in _mounts()]
        shown = run(["systemctl", "show", "--property=ControlGroup", "--value", f"{self.name}.scope"])
        group = shown.stdout.strip()
        return [unified_mount() / group.lstrip("/")] if group else []


def unified_mount() -> Path:
    """Where this machine has its cgroup2 hierarchy."""
    return _mounts()[0]


def _mounts() -> list[Path]:
    """Return the cgroup2 mount and, beside it on hybrid machines, the name=systemd one."""
    unified = run(["findmnt", "-n", "-t", "cgroup2", "-o", "TARGET"]).stdout.split()
    if not unified:
        raise RealHostError("this machine has no cgroup2 mount")
    named = run(["findmnt", "-n", "-t", "cgroup", "-O", "name=systemd", "-o", "TARGET"]).stdout.split()
    return [Path(mount) for mount in (unified[:1] + named[:1])]
