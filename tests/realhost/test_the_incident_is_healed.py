"""The main job: the shipped checklist, unmodified, on the broken host, to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from .incident import ALL_KEYS, DATA_DIR, UNIT_FILE
from .machine import Machine
from .operator import Operator
from .project import Project
from .truth import Truth

SHORT = {"monitor_for": "6s", "monitor_every": "1s", "stop_timeout": 30}
FLAVOURS = [{"flavour": "debian"}, {"flavour": "stack"}, {"flavour": "debian", "sudo": "password"}]


@pytest.mark.parametrize("machine", FLAVOURS, indirect=True, ids=["debian", "stack", "sudo with a password"])
def test_the_host_is_healed_and_every_key_kept(
    machine: Machine, truth: Truth, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = truth.data()
    cursor = truth.journal_cursor()
    with truth.downtime() as meter:
        finished = Operator(machine, tmp_path, project).run("redis-ownership", **SHORT)
    assert finished.exit_status == 0, finished.narration[-6000:]

    assert keys.count == ALL_KEYS
    assert not keys.lost_in(truth.data())
    (server,) = truth.servers()
    assert server.user == "redis"
    assert {path.owner for path in truth.paths().values()} == {"redis:redis"}
    assert not truth.acls()
    assert not truth.writes_paused()
    assert truth.rdb_keys(f"{DATA_DIR}/dump.rdb") == ALL_KEYS
    assert "User=redis" in truth.unit_text()
    service = truth.service()
    assert (service["User"], service["ActiveState"], service["NRestarts"]) == ("redis", "active", "0")
    assert service["NeedDaemonReload"] == "no"
    assert not truth.permission_denied(cursor)
    assert project.git("status", "--porcelain") == ""
    with capsys.disabled():
        result = meter.result
        print(f"\n  downtime: longest {result.longest:.2f} s, in all {result.total:.2f} s, of {result.pings} pings")


def test_the_unit_comes_from_ansible_and_not_from_a_hand(machine: Machine, project: Project, tmp_path: Path) -> None:
    finished = Operator(machine, tmp_path, project).run("redis-ownership", **SHORT)
    (deployed,) = finished.of("action_ended", step="deploy-unit")
    assert deployed["ok"]
    assert machine.check(["grep", "-c", "^User=redis$", UNIT_FILE]).strip() == "1"
