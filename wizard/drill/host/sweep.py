"""Ends every process of a practice host, whatever it has detached itself from, and removes its directory."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "WIZARD_DRILL"
"""The variable that every process of a practice host has in its environment, with the drill's directory."""

_NAP = 0.1
_ASKED, _KILLED, _ALL_KILLED, _ROUNDS = 5, 30, 70, 100
"""Rounds: until then the end of their connection ends most; then they are asked to; from then on they are killed."""


def processes_of(root: Path, wizard: int = 0) -> list[int]:
    """Processes that carry the practice host's mark in their environment, this one left out.

    Args:
        root: The drill's directory.
        wizard: A process whose own children are left out: they clean up after themselves when it ends.
    """
    mark = f"{MARK}={root}".encode()
    found = [pid for pid in _all() if pid != os.getpid() and mark in _environment(pid)]
    return [pid for pid in found if not wizard or _parent(pid) != wizard]


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def end_processes(root: Path, wizard: int = 0) -> None:
    """Ask them to end, once: what they then start is how they clean up. Then kill from the leaves up, for the same."""
    for turn in range(_ROUNDS):
        left = processes_of(root, wizard)
        if not left:
            return
        if turn == _ASKED:
            _signal(left, signal.SIGTERM)
        elif turn >= _KILLED:
            _signal(_leaves(left) if turn < _ALL_KILLED else left, signal.SIGKILL)
        time.sleep(_NAP)


def _leaves(processes: list[int]) -> list[int]:
    """Those that none of the others descends from."""
    parents = {_parent(pid) for pid in processes}
    return [pid for pid in processes if pid not in parents]


def _parent(pid: int) -> int:
    """The fourth field of proc(5)'s stat."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _signal(processes: list[int], number: int) -> None:
    for pid in processes:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def remove(root: Path) -> None:
    """Remove the directory, those in it that obey the ledger included."""
    for folder, _, _ in os.walk(root):
        with suppress(OSError):
            Path(folder).chmod(0o700)
    shutil.rmtree(root, ignore_errors=True)
