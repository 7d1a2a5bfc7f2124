"""make drill: what a person did is no error of make's, and what a script asks for keeps its status."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "status", "failed"),
    [
        ("", 0, False),
        ("", 4, False),
        ("--fail start", 1, False),
        ("", 2, True),
        ("", 130, True),
        ("--headless", 4, True),
        ("--headless", 1, True),
        ("--headless", 0, False),
    ],
)
def test_leaving_a_drill_is_no_error(tmp_path: Path, arguments: str, status: int, *, failed: bool) -> None:
    wizard, ready = tmp_path / "wizard", tmp_path / "ready"
    wizard.write_text(f"#!/bin/sh\nexit {status}\n")
    wizard.chmod(0o700)
    ready.touch()
    made = subprocess.run(
        ["make", "-C", str(ROOT), "drill", f"BIN={tmp_path}", f"RUNS={ready}", f"ARGS={arguments}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(made.returncode) == failed
    assert ("Error" in made.stderr) == failed
