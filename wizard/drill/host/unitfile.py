"""Unit files as the practice host's service manager reads them: systemd.syntax(7), as far as a service needs it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECTIONS = frozenset({"Unit", "Service", "Install"})
KNOWN = frozenset(
    [
        "Description",
        "Documentation",
        "After",
        "Wants",
        "Type",
        "User",
        "Group",
        "ExecStart",
        "WorkingDirectory",
        "Restart",
        "RestartSec",
        "TimeoutStopSec",
        "KillMode",
        "KillSignal",
        "SendSIGKILL",
        "LimitNOFILE",
        "LimitMEMLOCK",
        "NoNewPrivileges",
        "PrivateTmp",
        "WantedBy",
    ]
)
"""Settings that a unit here may have. Limits and hardening are read and left unused."""

_DEFAULTS = {
    "Type": "simple",
    "KillMode": "control-group",
    "Restart": "no",
    "RestartSec": "0.1",
    "TimeoutStopSec": "90",
}


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A unit as it was read: its settings, where from, and what was wrong with it."""

    path: Path
    settings: dict[str, str]
    drop_ins: tuple[Path, ...]
    stamp: tuple[tuple[int, int], ...]
    flaws: tuple[str, ...]

    def __getitem__(self, key: str) -> str:
        return self.settings.get(key, _DEFAULTS.get(key, ""))

    @property
    def command(self) -> list[str]:
        """The words of ExecStart."""
        return shlex.split(self["ExecStart"])

    def seconds(self, key: str) -> float:
        """A time span of plain seconds.

        Raises:
            ValueError: It has a unit, which is not modelled.
        """
        return float(self[key])


def _files(path: Path) -> list[Path]:
    return [path, *sorted(Path(f"{path}.d").glob("*.conf"))]


def stamp(path: Path) -> tuple[tuple[int, int], ...]:
    """What tells one state of a unit's files from another."""
    seen = [file.stat() for file in _files(path) if file.exists()]
    return tuple((one.st_ino, one.st_mtime_ns) for one in seen)


def read_unit(path: Path) -> UnitFile | None:
    """The unit with its drop-ins, the later setting first; None where there is no such file."""
    if not path.exists():
        return None
    settings: dict[str, str] = {}
    flaws: list[str] = []
    files = _files(path)
    for file in files:
        for found in _settings(file, flaws):
            settings.update((found,))
    return UnitFile(path, settings, tuple(files[1:]), stamp(path), tuple(flaws))


def _settings(file: Path, flaws: list[str]) -> Iterator[tuple[str, str]]:
    section = ""
    for number, line in enumerate(file.read_text().splitlines(), 1):
        text = line.strip()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1]
            if section not in SECTIONS:
                flaws.append(f"{file}:{number}: Unknown section '{section}'. Ignoring.")
        elif text and text[0] not in "#;":
            key, equals, value = text.partition("=")
            if not equals:
                flaws.append(f"{file}:{number}: Missing '=', ignoring line.")
            elif key not in KNOWN:
                flaws.append(f"{file}:{number}: Unknown key name '{key}' in section '{section}', ignoring.")
            else:
                yield key, value
