"""The report's own order, written as a checklist: the gate of the stop keeps Redis alive and every key in it.

That the same order, followed by hand, loses all but one key is seen in `test_the_host_is_broken.py`
(`test_the_reports_order_loses_every_unsaved_key`), on both flavours: there is something to lose.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .incident import ALL_KEYS
from .machine import Machine
from .operator import Operator
from .project import Project
from .standing import Standing
from .truth import Truth

CHECKLIST = Path(__file__).parent / "checklists/reports-order.yaml"
AT_GATE = 4
FLAVOURS = [{"flavour": "debian"}, {"flavour": "stack"}]


@pytest.mark.parametrize("machine", FLAVOURS, indirect=True, ids=lambda options: options["flavour"])
def test_the_run_stops_ahead_of_the_stop_and_redis_lives(
    machine: Machine, truth: Truth, project: Project, tmp_path: Path
) -> None:
    before = Standing.of(truth)
    finished = Operator(machine, tmp_path, project).run(CHECKLIST, answers={})
    assert finished.exit_status == AT_GATE, finished.why
    assert finished.blocked == [("stop", ["what Redis holds in memory is on disk"])]
    assert "the last background save ended err" in finished.of("check_observed", scope="stop")[-1]["observed"]
    assert finished.outcomes["commit-configuration"] == "verified"
    assert not finished.of("attempt_intended", step="stop")
    assert before.keys[0] == ALL_KEYS
    assert Standing.of(truth) == before
