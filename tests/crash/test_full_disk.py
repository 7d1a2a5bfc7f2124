"""The operator's disk fails at each append in turn: nothing begins that is not on record, and a resume mends it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.crash import steps
from tests.crash.full import MANNERS, Disk, lived_with
from tests.crash.judge import counted, judge
from tests.crash.life import Life
from tests.crash.trial import Plan, Trial, quiet, remove
from wizard.run.events import AttemptIntended
from wizard.run.journal import JOURNAL, read

UNWRITABLE = 6
FEWEST = 6
"""Appends of the shortest of them, a rollback of one step; there are some ten, and twenty of a run."""

COUNTED = "appends that met a full or broken disk"
Count = Callable[[str, object], None]

pytestmark = pytest.mark.timeout(600)


def begin(trial: Trial, disk: Disk) -> int:
    """Start what is tried on a disk that will fail; the exit status."""
    if trial.plan.role == steps.UNDO:
        assert trial.run_anew() == 0
        arguments = ("rollback", str(trial.runs[-1]), "--headless")
    else:
        trial.runs.append(trial.root / "run0")
        arguments = ("run", str(trial.file), "--headless", "--run-dir", str(trial.runs[-1]))
    return lived_with(Life(trial.root, trial.place, arguments), disk)


def nothing_unannounced(trial: Trial) -> None:
    """What the host has done stands in the journal, which is whole but for a last line that may be torn."""
    path = trial.runs[-1]
    records = read(path).records if (path / JOURNAL).exists() else ()
    assert not (records and read(path).broken), trial.told()
    events = [record.event for record in records]
    intended = [one for one in events if isinstance(one, AttemptIntended) and one.role == trial.plan.role]
    quiet(trial.place)
    began = counted(trial.place)["began"]
    assert began <= len(intended), trial.told()


def one(root: Path, role: str, disk: Disk) -> bool:
    """One append that fails, and the resumes after there is room again; False where the run ended before it."""
    root.mkdir()
    trial = Trial(root, Plan(steps.QUICK, role))
    try:
        status = begin(trial, disk)
        if not trial.struck:
            return False
        assert status == UNWRITABLE, f"{status}\n{trial.told()}"
        said = (root / "said").read_text()
        assert "the journal cannot be written" in said or "output cannot be kept" in said, said
        assert "Traceback" not in said, said
        nothing_unannounced(trial)
        for _ in range(3):
            if not trial.outcome():
                trial.go_on()
        judge(trial)
        return True
    finally:
        remove(root, trial.place)


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("role", [steps.DO, steps.UNDO])
def test_no_step_begins_without_its_intent_on_disk(
    tmp_path: Path, record_property: Count, role: str, manner: str
) -> None:
    struck = next(n for n in count() if not one(tmp_path / f"{n}", role, Disk(n, manner)))
    record_property(COUNTED, struck)
    assert struck >= FEWEST
