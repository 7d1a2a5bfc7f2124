"""Chaos: two operators on one host, a link that cuts, resets, stalls and slices, and kills wherever one can."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.chaos import one
from tests.services.sshd import Sshd
from tests.support.badlink import BadLink

TRIALS = int(os.environ.get("CHAOS_TRIALS", "200"))
FIRST = int(os.environ.get("CHAOS_FIRST", "0"))
EACH = 10

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture
def link(server: Sshd) -> Iterator[BadLink]:
    with BadLink(server.port) as link:
        yield link


@pytest.mark.parametrize("first", range(FIRST, FIRST + TRIALS, EACH))
def test_chaos(
    tmp_path: Path, record_property: Callable[[str, object], None], server: Sshd, link: BadLink, first: int
) -> None:
    seeds = range(first, min(first + EACH, FIRST + TRIALS))
    broken = {seed: told for seed in seeds if (told := one(tmp_path / f"{seed}", seed, server, link))}
    record_property("trials of chaos", len(seeds))
    assert not broken, f"seeds {sorted(broken)}\n" + "\n\n".join(broken.values())
