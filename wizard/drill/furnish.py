"""Puts into the practice host's directory what is there before it starts: programs, stand-ins, unit and settings."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import wizard.drill.host
from wizard.drill.faults import Fault
from wizard.drill.layout import LOGIN, SNAPSHOT, UNIT, Layout
from wizard.drill.needs import Programs
from wizard.drill.standins.names import NAMES, REFUSED, SCRIPTS, TOOLS

SAVE_POINTS = "10 1"
"""A scheduled save is due ten seconds after the last one, once one key was written: soon enough to be watched."""

UNIT_TEXT = """\
[Unit]
Description=Redis stack server
Documentation=https://redis.io/
After=network.target

[Service]
Type=simple
User={login}
Group={login}
ExecStart={server} {config}
WorkingDirectory={data}
Restart=always
RestartSec=5
TimeoutStopSec=10
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
"""
"""The unit as the report found it, edited by hand to run as the login's account."""

_CONFIG_TEXT = """\
bind 127.0.0.1
port {port}
requirepass {password}
daemonize no
dir {data}
dbfilename {snapshot}
save {points}
"""
_STAT = """\
case ${{1-}} in
-f) exec {real} "$@" ;;
esac
exec {client} stat "$@"
"""
_GUARDED = """\
for word; do
    case $word in
    /proc/*) exec {client} {name} "$@" ;;
    esac
done
exec {real} "$@"
"""


def furnish(layout: Layout, programs: Programs, port: int, password: str, fault: Fault) -> None:
    """Make all of it; afterwards the host can start.

    Args:
        layout: Where.
        programs: This machine's Redis.
        port: Redis' own.
        password: Of Redis.
        fault: What is wrong on purpose.
    """
    for folder in layout.folders():
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (layout.host, *(path for path in layout.host.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    for private in (layout.operator, layout.door.parent, layout.homes / LOGIN, layout.homes / "root"):
        private.chmod(0o700)
    _redis(layout, programs)
    _standins(layout)
    fields = {"login": LOGIN, "server": layout.server, "config": layout.config, "data": layout.data}
    _write(layout.unit_file, UNIT_TEXT.format(**fields), 0o644)
    config = {"port": port, "password": password, "data": layout.data, "snapshot": SNAPSHOT, "points": SAVE_POINTS}
    _write(layout.config, _CONFIG_TEXT.format(**config), 0o644)
    if fault.drop_in:
        place = Path(f"{layout.unit_file}.d")
        place.mkdir(mode=0o755)
        _write(place / "override.conf", fault.drop_in, 0o644)


def _redis(layout: Layout, programs: Programs) -> None:
    """Copies, as another account may have to run them; the checker is the server under another name."""
    for program, name in ((programs.server, "redis-server"), (programs.client, "redis-cli")):
        shutil.copyfile(program, layout.programs / name)
        (layout.programs / name).chmod(0o755)
    for name in ("redis-check-rdb", UNIT):
        (layout.programs / name).symlink_to("redis-server")


def _standins(layout: Layout) -> None:
    # The settings of the caller's Python must not reach it, and it loads nothing that it does not need.
    script = Path(wizard.drill.host.__file__).with_name("standin.py")
    client = shlex.join([sys.executable, "-IS", str(script), str(layout.door)])
    for name in NAMES:
        _script(layout, name, f'exec {client} {name} "$@"\n')
    _script(layout, "stat", _STAT.format(client=client, real=shlex.quote(_real("stat"))))
    for name in REFUSED:
        _script(layout, name, f'exec {client} unmodelled {name} "$*"\n')
    for name in TOOLS:
        _script(layout, name, _GUARDED.format(client=client, name=name, real=shlex.quote(_real(name))))
    for name, text in SCRIPTS.items():
        _script(layout, name, text.replace("{client}", client).replace("{home}", str(layout.homes / "root")))


def _real(name: str) -> str:
    """This machine's own tool."""
    return shutil.which(name, path=os.defpath) or shutil.which(name) or "/usr/bin/false"


def _script(layout: Layout, name: str, text: str) -> None:
    _write(layout.standins / name, f"#!/bin/sh\n{text}", 0o755)


def _write(path: Path, text: str, mode: int) -> None:
    path.write_text(text)
    path.chmod(mode)
