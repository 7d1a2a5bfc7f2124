"""A snapshot file, read through by the running server's own checker: is it whole, and how many keys does it hold?

``redis-server`` is its own checker: called by the name ``redis-check-rdb`` it checks a file instead of serving
(``main`` in Redis' server.c). So the checker knows every format and module type the server writes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wizard.facts.asking import operand
from wizard.facts.guarded import library
from wizard.hosts.base import Answer, Host

LIMIT = 600.0
"""Seconds for reading through one snapshot."""

_MISSING, _NO_CHECKER = 81, 82
_KEYS = re.compile(r"^\[info\] (\d+) keys read", re.MULTILINE)
_WHOLE = "RDB looks OK"

_SCRIPT = """\
%(functions)spath=%(path)s
program=%(program)s
[ -e "$path" ] || exit 81
trusted() {
  [ -x "$1" ] || return 1
  [ "$(id -u)" != 0 ] || { [ -n "$(find "$1" -prune -type f -user root ! -perm -0020 ! -perm -0002)" ] &&
    (secure "${1%%/*}/") 2>/dev/null; }
}
if [ -n "$program" ] && trusted "$program"; then
  private=$(mktemp -d) || exit 82
  trap 'rm -rf -- "$private"' EXIT
  trap 'exit 1' HUP INT TERM
  ln -s -- "$program" "$private/redis-check-rdb"
  "$private/redis-check-rdb" "$path"
elif command -v redis-check-rdb >/dev/null 2>&1; then
  redis-check-rdb "$path"
else
  exit 82
fi
"""


class SnapshotState(StrEnum):
    """What the checker came to."""

    WHOLE = "whole"
    BROKEN = "broken"
    MISSING = "missing"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as checked. ``keys`` counts all databases, None unless whole; ``lines`` are the checker's last."""

    state: SnapshotState
    keys: int | None = None
    lines: Sequence[str] = ()


async def check_snapshot(host: Host, path: str, program: str = "") -> Snapshot:
    """Read a snapshot through with the server's own program, or with the ``redis-check-rdb`` in the PATH.

    As root, a program that others could have replaced, by whatever part of its path, is not run. The checker only
    reads; the link through which it is called is in a directory of its own, removed afterwards.
    """
    script = _SCRIPT % {"functions": library("secure"), "path": operand(path), "program": operand(program)}
    return _read(await host.ask(script, limit=LIMIT))


def _read(answer: Answer) -> Snapshot:
    text = answer.text
    lines = (text or answer.complaint).split("\n")[-5:]
    if answer.exit_status == _MISSING:
        return Snapshot(SnapshotState.MISSING)
    if answer.exit_status is None or answer.timed_out or answer.truncated or answer.exit_status == _NO_CHECKER:
        return Snapshot(SnapshotState.UNCHECKED, lines=lines)
    found = _KEYS.search(text)
    if answer.ok and _WHOLE in text and found:
        return Snapshot(SnapshotState.WHOLE, int(found[1]), lines)
    return Snapshot(SnapshotState.BROKEN, lines=lines)
