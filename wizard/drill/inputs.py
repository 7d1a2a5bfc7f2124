"""What the shipped checklist is given in a drill: the practice host's places, and times that a person waits for."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from wizard.drill.faults import Fault
from wizard.drill.layout import LOGIN, UNIT, Layout

ANSWERS = {"review-template": "complete"}
"""What a person would say, for a run without one."""


def inputs_for(layout: Layout, ssh_port: int, redis_port: int, fault: Fault) -> Mapping[str, str]:
    """Every input that differs from its default, but for the secrets."""
    given = {
        "vm": f"{LOGIN}@127.0.0.1:{ssh_port}",
        "identity": layout.key,
        "spool": layout.spool,
        "redis_address": f"127.0.0.1:{redis_port}",
        "redis_port": redis_port,
        "unit": UNIT,
        "unit_file": layout.unit_file,
        "server": layout.server,
        "bin_dir": layout.programs,
        "stop_timeout": 30,
        "data_dir": layout.data,
        "log_dir": layout.logs,
        "log_file": layout.logs / "redis.log",
        "redis_home": layout.data,
        "project": layout.project,
        "backup_dir": layout.backups,
        "monitor_for": "12s",
        "monitor_every": "1s",
        "canary": "true",
    }
    more = {name: value.format(data=layout.data) for name, value in fault.inputs.items()}
    return {**{name: str(value) for name, value in given.items()}, **more}


def write_inputs(path: Path, declared: Collection[str], given: Mapping[str, str], password: str) -> None:
    """An inputs file, ours alone, with those that the checklist has; JSON is YAML too."""
    told = {name: value for name, value in {**given, "redis_password": password}.items() if name in declared}
    _private(path, json.dumps(told, indent=1))


def write_answers(path: Path, steps: Collection[str]) -> None:
    """An answers file for the steps that the checklist has."""
    _private(path, json.dumps({step: answer for step, answer in ANSWERS.items() if step in steps}))


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
