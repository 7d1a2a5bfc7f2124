"""The customer's Ansible project with the report's faults: a git repository of its own for each drill."""

from __future__ import annotations

import importlib.resources
import os
import shutil
import subprocess
import sys
from pathlib import Path

from wizard.drill.faults import Fault
from wizard.drill.layout import LOGIN, Layout
from wizard.errors import UsageError
from wizard.facts.ansible_script import INTERPRETER

BRANCH = "main"

ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""Git as it comes: no hooks, signatures or templates of the person who drills."""


def build_project(layout: Layout, ssh_port: int, fault: Fault) -> None:
    """Write it, point it at the practice host, and commit it.

    Raises:
        UsageError: Git cannot do its part.
    """
    source = importlib.resources.files("wizard.drill") / "project"
    with importlib.resources.as_file(source) as files:
        for file in sorted(path for path in files.rglob("*") if path.is_file()):
            _copy(file, layout.project / file.relative_to(files), layout)
    _reach(layout, ssh_port)
    for name, text in fault.files.items():
        (layout.project / name).write_text(text)
    _git(layout, "init", "--quiet", "--template=", f"--initial-branch={BRANCH}")
    for name, value in (("user.name", "AutoBot Operations"), ("user.email", "ops@autobot.example")):
        _git(layout, "config", name, value)
    _git(layout, "add", "--all")
    _git(layout, "commit", "--quiet", "--message=AutoBot operations")
    _hook(layout, fault)


def _copy(source: Path, target: Path, layout: Layout) -> None:
    text = source.read_text("utf-8")
    for there, here in _places(layout).items():
        text = text.replace(there, here)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    target.chmod(source.stat().st_mode & 0o777 | 0o600)


def _places(layout: Layout) -> dict[str, str]:
    """Where the report's paths and address are on the practice host."""
    return {
        "/etc/systemd/system/redis-stack-server.service": str(layout.unit_file),
        "redis_config_dir: /etc": f"redis_config_dir: {layout.etc}",
        "/var/lib/redis-stack": str(layout.data),
        "/var/log/redis-stack": str(layout.logs),
        "/opt/redis-stack": str(layout.programs.parent),
        "172.16.168.23": "127.0.0.1",
        INTERPRETER: INTERPRETER if Path(INTERPRETER).exists() else sys.executable,
    }


def _reach(layout: Layout, ssh_port: int) -> None:
    """Name port, key and a place for Ansible's modules in the inventory, below the user they belong to."""
    inventory = layout.project / "ansible/inventory/production.yml"
    line = f"          ansible_user: {LOGIN}\n"
    more: dict[str, object] = {
        "ansible_port": ssh_port,
        "ansible_ssh_private_key_file": layout.key,
        "ansible_remote_tmp": layout.homes / LOGIN / ".ansible/tmp",
    }
    if shutil.which("ssh") is None:
        more["ansible_ssh_transfer_method"] = "piped"
    added = "".join(f"          {name}: {value}\n" for name, value in more.items())
    inventory.write_text(inventory.read_text("utf-8").replace(line, line + added), "utf-8")


def _hook(layout: Layout, fault: Fault) -> None:
    if fault.hook:
        hook = layout.project / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{fault.hook}")
        hook.chmod(0o755)


def _git(layout: Layout, *words: str) -> None:
    done = subprocess.run(
        ["git", "-C", str(layout.project), *words],
        env={**os.environ, **ISOLATED},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UsageError(f"the drill's project cannot be made: git {words[0]}: {done.stderr.strip()}")
