"""What our callback wrote of an Ansible run: what ran, what changed, and whether the run came to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wizard.jsontext import parse

GATHERING = frozenset({"gather_facts", "setup"})
"""Tasks that only look; a run of nothing else did nothing."""

FILE_MODULES = frozenset(
    {"template", "copy", "file", "lineinfile", "blockinfile", "replace", "ini_file", "assemble", "get_url"}
)
UNIT_MODULES = frozenset({"systemd", "systemd_service", "service"})


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task's result on one host. ``untold``: check mode could not tell what it would do."""

    event: str
    host: str
    task: str
    module: str
    changed: bool = False
    untold: bool = False
    ignored: bool = False
    message: str = ""
    touches: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """A run. ``ended`` is False where it was cut short; counts are Ansible's own, over all hosts."""

    tasks: Sequence[TaskLine] = ()
    ended: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def ran(self) -> list[TaskLine]:
        """Tasks that did something other than gathering facts."""
        return [line for line in self.tasks if line.event == "ok" and line.module not in GATHERING]

    @property
    def changed(self) -> list[TaskLine]:
        """Tasks that changed something, or would."""
        return [line for line in self.tasks if line.event == "ok" and line.changed]

    @property
    def problem(self) -> str:
        """Why this run did not do what it set out to; empty where it did."""
        if not self.ended:
            return "it did not come to its end"
        if self.counts.get("unreachable"):
            said = next((line.message for line in self.tasks if line.event == "unreachable"), "")
            return f"the host was unreachable: {said}".rstrip(": ")
        if self.counts.get("failures"):
            return f"failed: {'; '.join(self._failures()) or 'a task'}"
        return "" if self.ran else "nothing ran: no task of it applied to the host"

    def _failures(self) -> list[str]:
        failed = [line for line in self.tasks if line.event == "failed" and not line.ignored]
        return [f"{line.task}: {line.message}".rstrip(": ") for line in failed]


def read_lines(path: Path) -> Tally:
    """The run that was written to this file; one that never wrote is one that did not come to its end."""
    try:
        lines = [_object(line) for line in path.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return Tally()
    tasks = [
        TaskLine(**{key: line[key] for key in TaskLine.__slots__ if key in line}) for line in lines if "task" in line
    ]
    stats = [line["hosts"] for line in lines if line.get("event") == "stats"]
    return Tally(tasks, bool(stats), _summed(stats))


def _object(line: str) -> dict[str, Any]:
    try:
        read = parse(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _summed(stats: Sequence[Mapping[str, Mapping[str, int]]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for hosts in stats:
        for counts in hosts.values():
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
    return total
