"""Running commands and waiting by observation: what every module here needs."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Result = subprocess.CompletedProcess[str]

NEEDED_TOOLS = (
    "debootstrap",
    "getfacl",
    "git",
    "ip",
    "mount",
    "nsenter",
    "ssh-keygen",
    "systemd-nspawn",
    "unshare",
)
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


class RealHostError(RuntimeError):
    """The test machine could not be built, booted or observed."""


def environment(**extra: str) -> dict[str, str]:
    """The caller's environment with a plain locale and the sbin directories."""
    path = f"{os.environ.get('PATH', '/usr/bin:/bin')}:{SBIN}"
    return {**os.environ, "LC_ALL": "C.UTF-8", "PATH": path, **extra}


def run(argv: Sequence[str], *, stdin: str | None = None, timeout: float = 60) -> Result:
    """Run a command and return what happened, whatever the exit code."""
    return subprocess.run(
        list(argv),
        input=stdin or "",
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
        timeout=timeout,
        env=environment(),
    )


def check(argv: Sequence[str], *, stdin: str | None = None, timeout: float = 60) -> str:
    """Run a command that has to succeed and return its standard output."""
    done = run(argv, stdin=stdin, timeout=timeout)
    if done.returncode != 0:
        tail = (done.stdout + done.stderr)[-3000:]
        raise RealHostError(f"exit {done.returncode} from {' '.join(argv)[:300]}:\n{tail}")
    return done.stdout


def wait_until(what: str, look: Callable[[], T | None], *, seconds: float, every: float = 0.05) -> T:
    """Poll until `look` returns something true, or fail saying what was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise RealHostError(f"not seen within {seconds:g} s: {what}")
        time.sleep(every)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; other processes wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def missing_needs() -> list[str]:
    """Name everything this machine lacks to boot a real host."""
    search = environment()["PATH"]
    needs = [f"the command {tool}" for tool in NEEDED_TOOLS if shutil.which(tool, path=search) is None]
    return (["root privileges"] if os.geteuid() != 0 else []) + needs


def is_booted_with_systemd() -> bool:
    """Say whether PID 1 of this machine is systemd."""
    return Path("/run/systemd/system").is_dir()
