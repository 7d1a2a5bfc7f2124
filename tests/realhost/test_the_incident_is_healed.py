"""The main job: the shipped checklist, unmodified, on the broken host, to the end; then the host itself is asked.

One run for each kind of host; what it left is then looked at from outside, without SSH and without the wizard.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from . import project as customer
from .downtime import Downtime
from .incident import ALL_KEYS, DATA_DIR, LOG_DIR, broken_machine
from .machine import Machine
from .operator import Finished, Operator
from .project import Project
from .tools import run
from .truth import DataSet, Truth

SHORT: dict[str, Any] = {"monitor_for": "6s", "monitor_every": "1s", "stop_timeout": 30}
BACKUPS = "/var/backups/incident-wizard"
HOSTS = {
    "debian": ({"flavour": "debian"}, {}),
    "stack": ({"flavour": "stack", "sudo": "password"}, {}),
    "debian with a unit that notifies": ({"flavour": "debian", "sudo": "password"}, {"unit_type": "notify"}),
}
LONGEST_OUTAGE = 20.0


@dataclass(frozen=True)
class Healed:
    """A host after the run, what it held before, and how the run ended."""

    machine: Machine
    project: Project
    home: Path
    keys: DataSet
    finished: Finished
    downtime: Downtime

    @property
    def truth(self) -> Truth:
        """Ground truth about the host as it is now."""
        return Truth(self.machine)

    @property
    def run_dir(self) -> Path:
        """Where the run is kept."""
        return self.home / "run"

    def moment(self, step: str) -> float:
        """When a step ended, in seconds since the epoch; host and operator share this machine's clock."""
        ended = (event for event in self.finished.events if event["kind"] == "step_ended")
        at = next(event["at"] for event in ended if event["body"]["step"] == step)
        return datetime.fromisoformat(at).timestamp()


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in HOSTS])
def healed(
    request: pytest.FixtureRequest, _able_to_boot: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Healed]:
    """A host on which the shipped checklist has run to its end."""
    options, inputs = HOSTS[request.param]
    home = tmp_path_factory.mktemp("operator")
    with broken_machine(**options) as machine:
        project, truth = customer.build(home / "AutoBot", machine), Truth(machine)
        keys = truth.data()
        with truth.downtime() as meter:
            finished = Operator(machine, home, project).run("redis-ownership", **SHORT, **inputs)
        yield Healed(machine, project, home, keys, finished, meter.result)


def test_the_run_ends_resolved_and_nothing_was_skipped_or_accepted(healed: Healed) -> None:
    assert healed.finished.exit_status == 0, healed.finished.why
    (ended,) = healed.finished.of("run_ended")
    assert (ended["outcome"], ended["deviations"], ended["remaining"]) == ("resolved", [], [])
    assert set(healed.finished.outcomes.values()) <= {"verified", "not needed"}


def test_every_key_is_there_with_its_value_and_its_expiry(healed: Healed) -> None:
    now = healed.truth.data()
    assert healed.keys.count == ALL_KEYS
    assert not healed.keys.lost_in(now)
    assert now.count == ALL_KEYS


def test_the_server_process_runs_as_redis(healed: Healed) -> None:
    assert [server.user for server in healed.truth.servers()] == ["redis"]


def test_every_file_belongs_to_redis_and_no_access_list_is_left(healed: Healed) -> None:
    paths = healed.truth.paths()
    assert {DATA_DIR, LOG_DIR, f"{DATA_DIR}/dump.rdb"} <= set(paths)
    assert {path.owner for path in paths.values()} == {"redis:redis"}
    assert paths[DATA_DIR].mode == 0o755
    assert not healed.truth.acls()


def test_the_process_that_runs_now_has_saved_every_key(healed: Healed) -> None:
    saved = healed.truth.persistence()
    assert saved.last_save > saved.started
    assert (saved.status, saved.own, saved.in_progress) == ("ok", True, False)
    assert int(healed.machine.check(["stat", "-c", "%Y", f"{DATA_DIR}/dump.rdb"])) >= saved.started
    assert healed.truth.rdb_keys() == ALL_KEYS


def test_a_copy_of_every_key_is_kept_for_root_alone(healed: Healed) -> None:
    paths = healed.truth.paths(BACKUPS)
    (copy,) = (path for path in paths if path != BACKUPS)
    assert (paths[copy].owner, paths[copy].mode) == ("root:root", 0o600)
    assert healed.truth.rdb_keys(copy) == ALL_KEYS


def test_the_unit_is_the_one_that_ansible_deploys(healed: Healed) -> None:
    (deployed,) = healed.finished.of("action_ended", step="deploy-unit")
    assert deployed["values"]["changed_tasks"].split(", ")[0] == "Create Redis Stack systemd service"
    text = healed.truth.unit_text().splitlines()
    assert {"User=redis", "Group=redis", "KillMode=control-group"} <= set(text)
    assert deploying_again_would_change(healed) == 0


def deploying_again_would_change(healed: Healed) -> int:
    """How many tasks of the committed project would still change something on the host."""
    known_hosts, password = healed.home / "known_hosts", healed.home / "password"
    known_hosts.write_text(f"{healed.machine.known_hosts_line}\n")
    password.write_text(f"{healed.machine.sudo_password}\n")
    become = ["--become-password-file", str(password)] if healed.machine.sudo_password else []
    options = ["--check", "--tags", "systemd", *become]
    ssh = ["--ssh-common-args", f"-o UserKnownHostsFile={known_hosts}"]
    tool = str(Path(sys.executable).with_name("ansible-playbook"))
    argv = [tool, "-i", str(healed.project.inventory), str(healed.project.playbook), *options, *ssh]
    done = run(healed.machine.operator_argv(argv), timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout.rpartition("changed=")[2].split()[0])


def test_the_service_is_up_enabled_as_deployed_and_was_never_restarted_by_systemd(healed: Healed) -> None:
    service = healed.truth.service()
    assert (service["User"], service["Group"], service["NeedDaemonReload"]) == ("redis", "redis", "no")
    assert (service["ActiveState"], service["SubState"], service["Result"]) == ("active", "running", "success")
    assert (service["NRestarts"], service["DropInPaths"]) == ("0", "")
    assert healed.machine.check(["systemctl", "is-enabled", healed.machine.unit]) == "enabled\n"


def test_no_permission_was_denied_once_redis_was_let_in(healed: Healed) -> None:
    assert not healed.truth.permission_denied_after(healed.moment("let-it-save"))


def test_writers_are_not_held_back(healed: Healed) -> None:
    assert not healed.truth.writes_paused()
    assert healed.machine.redis("SET", "written:after", "the end", "PX", "1") == "OK"


def test_the_project_holds_the_change_in_two_commits_and_nothing_else(healed: Healed) -> None:
    assert healed.project.git("status", "--porcelain") == ""
    assert healed.project.git("rev-list", "--count", "HEAD") == "3"


def test_the_mixed_owners_of_before_are_kept_path_by_path(healed: Healed) -> None:
    rows = [line.split(":") for line in healed.machine.check(["getent", "passwd"]).splitlines()]
    accounts = {int(row[2]): row[0] for row in rows}
    captured = json.loads((healed.run_dir / "before/chown-data.json").read_text())
    owners = {path: accounts[uid] for path, uid, *_ in captured["entries"]}
    assert (owners[DATA_DIR], owners[f"{DATA_DIR}/dump.rdb"]) == ("redis", "autobot")


def test_redis_was_away_for_seconds(healed: Healed, capsys: pytest.CaptureFixture[str]) -> None:
    seen = healed.downtime
    with capsys.disabled():
        sys.stdout.write(
            f"\n  downtime on {healed.machine.flavour}: longest {seen.longest:.2f} s, in all {seen.total:.2f} s,"
            f" {len(seen.outages)} outages, {len(seen.pings)} pings\n"
        )
    assert 0 < seen.longest < LONGEST_OUTAGE
