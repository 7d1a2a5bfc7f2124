"""A hundred thousand hostile texts in a real terminal, as `make test` does with fewer. Run by `make bench`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.screens.hostile_terminal import count_painted

COUNT = 130_000
"""Texts made; those that are cut off at a frame are not counted."""


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_nothing_of_a_hundred_thousand_hostile_texts_is_obeyed(tmp_path: Path) -> None:
    began = time.monotonic()
    painted = count_painted(tmp_path, COUNT, 7, longest=800.0)
    print(f"\n{painted.total():,} texts painted and taken apart in {time.monotonic() - began:.0f} s: {dict(painted)}")
    assert painted.total() >= 100_000
