"""A trial leaves nothing behind, so that the next one can have its directory."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.crash.trial import of_step, processes_at, remove
from wizard.checks.base import Outcome
from wizard.run import state as st

pytestmark = pytest.mark.crash

BUSY = "n=0; while :; do (echo >f.$n) & n=$((n + 1)); done; # {root}"
"""A child of it is often there when the parent has been killed already, and writes once more."""


def test_what_still_writes_in_it_is_ended_first(tmp_path: Path) -> None:
    root = tmp_path / "trial"
    root.mkdir()
    busy = subprocess.Popen(["sh", "-c", BUSY.format(root=root)], cwd=root)
    remove(root, root)
    busy.wait()
    assert not list(processes_at(root))
    assert not root.exists()


@pytest.mark.parametrize(
    ("ok", "seen", "outcome"),
    [(True, Outcome.UNKNOWN, ""), (True, Outcome.FAIL, st.FAILED), (False, Outcome.UNKNOWN, st.FAILED)],
)
def test_a_look_that_was_lost_is_no_outcome(ok: bool, seen: Outcome, outcome: str) -> None:  # noqa: FBT001 - a parameter
    step = SimpleNamespace(status=st.BLOCKED, action=SimpleNamespace(known=True, ok=ok))
    state: Any = SimpleNamespace(steps={"act": step}, checks={"act": {0: SimpleNamespace(outcome=seen)}}, ended=False)
    assert of_step(state) == outcome
