"""What a directory tree is, read without the code under test."""

from __future__ import annotations

import os
import stat
from pathlib import Path

Node = tuple[int, int, int, bytes]


def photograph(top: Path) -> dict[Path, Node]:
    """Every path below and including the top: raw mode, uid, gid, and content or link target."""
    found: dict[Path, Node] = {}
    pending = [top]
    while pending:
        path = pending.pop()
        found[path] = _node(path)
        if stat.S_ISDIR(found[path][0]):
            pending += path.iterdir()
    return found


def _node(path: Path) -> Node:
    seen = path.lstat()
    content = b""
    if stat.S_ISREG(seen.st_mode):
        content = path.read_bytes()
    if stat.S_ISLNK(seen.st_mode):
        content = os.fsencode(path.readlink())
    return seen.st_mode, seen.st_uid, seen.st_gid, content
