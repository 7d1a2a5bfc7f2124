"""One run on a practice host of its own, in a process of its own: what stood before, what stands after, how it ended.

Called as ``python -m tests.drill.rehearsal STEP DIRECTORY``; STEP is a fault's, or ``nothing``.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wizard.drill.faults import NOTHING, find_fault
from wizard.drill.host.sshd import environment
from wizard.drill.practice import Practice, practice_host

SHORT = {"second_restart": "false", "monitor_for": "2s", "canary": "false"}
"""What proves nothing about a rollback and takes half a minute."""


def until(seen: Callable[[], Any], what: str) -> None:
    """Look until it is seen; three minutes without it are a failure, not a stuck test."""
    deadline = time.monotonic() + 180
    while not (now := seen()):
        assert time.monotonic() < deadline, f"never seen: {what}, but {now!r}"
        time.sleep(0.02)


def on_host(practice: Practice, script: str, uid: int = 0) -> subprocess.CompletedProcess[str]:
    """Run sh on the practice host, as one of its accounts."""
    programs = practice.layout.programs
    env = environment(practice.layout, uid)
    search = f"{programs}:{env['PATH']}"
    return subprocess.run(
        ["/bin/sh", "-c", script],
        env={**env, "PATH": search, "REDISCLI_AUTH": secrets_of(practice)["redis_password"], "LC_ALL": "C"},
        cwd=env["HOME"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def secrets_of(practice: Practice) -> dict[str, str]:
    """The inputs of a drill."""
    read: dict[str, str] = json.loads((practice.layout.operator / "inputs.yaml").read_text())
    return read


def redis(practice: Practice, words: str) -> str:
    """What redis-cli prints."""
    port = secrets_of(practice)["redis_port"]
    return on_host(practice, f"redis-cli -p {port} {words}").stdout.strip()


def keys(practice: Practice) -> dict[str, int]:
    """How many keys the server holds, and how many its own checker finds in the snapshot."""
    checked = on_host(practice, f"redis-check-rdb {practice.layout.data}/dump.rdb").stdout
    read = next(line for line in checked.splitlines() if "keys read" in line)
    return {"server": int(redis(practice, "DBSIZE")), "snapshot": int(read.split("] ", 1)[1].split()[0])}


def standing(practice: Practice) -> dict[str, Any]:
    """Everything that a rollback must bring back: the ledger and the unit, the unit's file, and the project."""
    layout = practice.layout
    tree = [path for path in sorted(layout.project.rglob("*")) if path.is_file() and ".git" not in path.parts]
    digests = {
        str(
            path.relative_to(layout.project)
        ): f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in tree
    }
    return {
        "ledger": on_host(practice, "drill-ledger").stdout.splitlines(),
        "unit": layout.unit_file.read_text(),
        "project": digests,
        "tree": _git(practice, "rev-parse", "HEAD^{tree}"),
        "status": _git(practice, "status", "--porcelain"),
        "spare": sorted(path.name for path in layout.unit_file.parent.iterdir()),
    }


def _git(practice: Practice, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(practice.layout.project), *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def run(practice: Practice, directory: Path) -> subprocess.CompletedProcess[str]:
    """The wizard as a person calls it, on the practice host, undoing everything at a gate that stays shut."""
    request = practice.request
    sets = [word for name, value in SHORT.items() for word in ("--set", f"{name}={value}")]
    accept = [word for key in request.accept for word in ("--accept-host-key", key)]
    answers = ["--answers", str(practice.answers), "--on-fail", "rollback"]
    words = ["run", request.checklist, "--headless", "--inputs", str(request.inputs), "--run-dir", str(directory)]
    return subprocess.run(
        [sys.executable, "-m", "wizard.cli", *words, *accept, *sets, *answers],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "WIZARD_STATE_DIR": str(practice.layout.operator / "state"), "HOME": str(directory.parent)},
    )


def rehearse(step: str, directory: Path) -> dict[str, Any]:
    """All of it, as JSON."""
    fault = NOTHING if step == "nothing" else find_fault(step)
    with practice_host(fault=fault) as practice:
        told: dict[str, Any] = {"before": standing(practice), "keys_before": int(redis(practice, "DBSIZE"))}
        done = run(practice, directory)
        told |= {"exit_status": done.returncode, "narration": done.stderr[-6000:]}
        told |= {"after": standing(practice), "keys_after": keys(practice), "unmodelled": practice.unmodelled()}
        told["root"] = str(practice.layout.root)
    return told


if __name__ == "__main__":
    json.dump(rehearse(sys.argv[1], Path(sys.argv[2])), sys.stdout)
