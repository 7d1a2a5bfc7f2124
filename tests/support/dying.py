"""Commands that kill the whole script they run in, so that it stops half-way at a chosen place."""

from __future__ import annotations

import shutil
from pathlib import Path

COMMANDS = (
    "chgrp",
    "chmod",
    "chown",
    "cut",
    "find",
    "head",
    "mkdir",
    "mv",
    "rm",
    "rmdir",
    "setfacl",
    "sha256sum",
    "sync",
)

_STAND_IN = """#!/bin/sh
count=$(cat {count})
echo $((count - 1)) >{count}
[ "$count" -gt 0 ] || kill -9 0
exec {real} "$@"
"""


def dying_after(folder: Path, commands: int) -> Path:
    """A directory for the front of PATH: after that many commands the next one kills the script's session."""
    folder.mkdir(exist_ok=True)
    count = folder / "count"
    count.write_text(f"{commands}\n")
    for name in COMMANDS:
        real = shutil.which(name)
        if real:
            stand_in = folder / name
            stand_in.write_text(_STAND_IN.format(count=count, real=real))
            stand_in.chmod(0o755)
    return folder
