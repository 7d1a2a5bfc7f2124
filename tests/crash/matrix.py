"""The combinations of the crash matrix, and how a row of them is gone through."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from tests.crash import steps
from tests.crash.judge import judge
from tests.crash.life import HALF
from tests.crash.sabotage import NONE, RUNNERS
from tests.crash.trial import Plan, Trial, remove
from tests.services.sshd import Sshd

PARTS = 2
FEWEST = 14
"""Instants of a wizard's life that a row must have struck, over both parts; there are some thirty."""

Row = tuple[str, str, str, str, int]

ROWS: tuple[Row, ...] = tuple(
    (role, kind, runner, "whole", part)
    for role in (steps.DO, steps.UNDO)
    for kind in steps.KINDS
    for runner in RUNNERS
    for part in range(PARTS)
)
"""Role, kind, the runner's crash point, the manner, and which of the wizard's points: with these 2,000 and more."""

HALVES: tuple[Row, ...] = tuple(
    (role, kind, NONE, HALF, part)
    for role in (steps.DO, steps.UNDO)
    for kind in (steps.QUICK, steps.LONG)
    for part in range(PARTS)
)
"""The same where the wizard dies in the middle of a write or of a message."""


def over_ssh(root: Path, plan: Plan, server: Sshd, port: int = 0, done: Path | None = None) -> Trial:
    """A trial whose step is on the server, maybe through a proxy at ``port``."""
    port = port or server.port
    trial = Trial(root, plan, steps.SSH.format(user=server.user, port=port, identity=server.identity), "box", done)
    (root / ".ssh").mkdir(exist_ok=True)
    (root / ".ssh" / "known_hosts").write_text(server.known_line.replace(f":{server.port} ", f":{port} "))
    return trial


def row(folder: Path, row: Row, server: Sshd | None = None) -> int:
    """Go through a row, until a wizard lives to its end; how many died."""
    role, kind, runner, manner, part = row
    for number in count(part, PARTS):
        plan = Plan(kind, role, runner, number, manner)
        if not one(folder / "trial", plan, server, folder / "done"):
            return len(range(part, number, PARTS))
    raise AssertionError


def one(root: Path, plan: Plan, server: Sshd | None = None, done: Path | None = None) -> str:
    """Carry out one trial and judge it; where the wizard was struck. ``done``: see ``Trial``."""
    root.mkdir()
    trial = over_ssh(root, plan, server, done=done) if server else Trial(root, plan, done=done)
    try:
        trial.carry_out()
        judge(trial)
        return trial.struck
    finally:
        remove(root, trial.place)
