"""A trial leaves nothing behind, so that the next one can have its directory."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.crash.trial import processes_at, remove

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
