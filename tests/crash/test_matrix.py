"""The crash matrix: whatever is killed whenever, nothing is lost, run twice, or called done that is not."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash import steps
from tests.crash.matrix import FEWEST, HALVES, PARTS, ROWS, Row, one, row
from tests.crash.sabotage import RUNNERS
from tests.crash.trial import Plan
from tests.services.sshd import Sshd

SEED = int(os.environ.get("CRASH_SEED", "6"))
SAMPLES, EACH = 12, 10

pytestmark = pytest.mark.timeout(600)


def named(value: Row) -> str:
    return "-".join(map(str, value)).replace(" ", "_")


COUNTED = "combinations of the crash matrix"
Count = Callable[[str, object], None]


@pytest.mark.parametrize("combinations", [*ROWS, *HALVES], ids=named)
def test_on_this_machine(tmp_path: Path, record_property: Count, combinations: Row) -> None:
    struck = row(tmp_path, combinations)
    record_property(f"{COUNTED} on this machine", struck)
    assert struck >= FEWEST // PARTS


@pytest.mark.parametrize("sample", range(SAMPLES))
def test_over_ssh_some(tmp_path: Path, record_property: Count, server: Sshd, sample: int) -> None:
    chance = random.Random(f"{SEED}.{sample}")  # noqa: S311 - not a secret
    for number in range(EACH):
        role, kind = chance.choice([steps.DO, steps.UNDO]), chance.choice(steps.KINDS)
        plan = Plan(kind, role, chance.choice(RUNNERS), chance.randrange(FEWEST))
        assert one(tmp_path / f"{number}", plan, server), plan
    record_property(f"{COUNTED} over SSH", EACH)


@pytest.mark.crash_all
@pytest.mark.parametrize("combinations", [*ROWS, *HALVES], ids=named)
def test_over_ssh_all(tmp_path: Path, record_property: Count, server: Sshd, combinations: Row) -> None:
    struck = row(tmp_path, combinations, server)
    record_property(f"{COUNTED} over SSH", struck)
    assert struck >= FEWEST // PARTS
