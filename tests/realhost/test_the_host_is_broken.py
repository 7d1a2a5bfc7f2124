"""Controls: the incident really is in the host, and following the report's order loses data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from . import lifetime
from .incident import ALL_KEYS, DATA_DIR, LOG_DIR, SAVED_KEYS, SERVERS, STALE_TEMP, fail_to_save
from .machine import UNIT, Machine
from .project import Project
from .tools import Result, run, wait_until
from .truth import Truth

FLAVOURS = [{"flavour": "debian"}, {"flavour": "stack"}]
SUDO = [{"sudo": "password"}, {"sudo": "nopasswd"}]
LINGER = [{"kill_user_processes": True}, {"kill_user_processes": False}]
BOTH = pytest.mark.parametrize("machine", FLAVOURS, indirect=True, ids=lambda options: options["flavour"])
REPORTS_ORDER = (
    ["systemctl", "stop", UNIT],
    ["chown", "-R", "redis:redis", DATA_DIR],
    ["chown", "-R", "redis:redis", LOG_DIR],
    ["systemctl", "start", UNIT],
)


def ssh(machine: Machine, known_hosts: Path, command: str, *options: str) -> Result:
    """Run a command on the host as the operator would, over SSH."""
    known_hosts.write_text(f"{machine.known_hosts_line}\n")
    strict = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={known_hosts}"]
    identity = ["-F", "none", "-i", str(machine.key_file), *strict, *options]
    return run(machine.operator_argv(["ssh", *identity, f"{machine.user}@{machine.address}", command]))


def playbook(machine: Machine, project: Project, *options: str) -> Result:
    """Run ansible-playbook on the customer's playbook as the operator."""
    tool = str(Path(sys.executable).with_name("ansible-playbook"))
    argv = [tool, "-i", str(project.inventory), str(project.playbook), *options]
    return run(machine.operator_argv(argv), timeout=120)


@BOTH
def test_background_saves_fail_for_lack_of_permission(machine: Machine, truth: Truth) -> None:
    assert truth.persistence().status == "err"
    cursor = truth.journal_cursor()
    fail_to_save(machine)
    assert any("temp RDB file" in line for line in truth.permission_denied(cursor))


@BOTH
def test_the_state_is_the_reports(machine: Machine, truth: Truth) -> None:
    paths = truth.paths()
    assert {path: (state.owner, state.mode) for path, state in paths.items()} == {
        DATA_DIR: ("redis:redis", 0o755),
        f"{DATA_DIR}/dump.rdb": ("autobot:autobot", 0o644),
        f"{DATA_DIR}/{STALE_TEMP}": ("autobot:autobot", 0o755),
        LOG_DIR: ("redis:redis", 0o755),
    }
    assert truth.acls() == {}
    assert machine.run(["getent", "passwd", "redis-stack"]).returncode != 0


@BOTH
def test_the_service_runs_as_the_wrong_user(machine: Machine, truth: Truth) -> None:
    server, service = truth.servers()[0], truth.service()
    assert (server.user, server.uid) == ("autobot", 1000)
    assert (service["User"], service["Type"], service["NRestarts"]) == ("autobot", "simple", "0")
    assert "User=autobot" in truth.unit_text()
    wrapped = machine.flavour == "stack"
    assert (int(service["MainPID"]) != server.pid) is wrapped
    assert SERVERS[machine.flavour] in truth.unit_text()


@BOTH
def test_all_but_one_key_exist_in_memory_only(machine: Machine, truth: Truth) -> None:
    data = truth.data()
    assert data.count == ALL_KEYS == int(machine.redis("DBSIZE"))
    assert truth.rdb_keys() == SAVED_KEYS
    assert truth.data().checksum == data.checksum


@BOTH
def test_the_reports_order_loses_every_unsaved_key(machine: Machine, truth: Truth) -> None:
    before = truth.data()
    with truth.downtime() as meter:
        for command in REPORTS_ORDER:
            machine.check(command)
        machine.wait_redis()
    after = truth.data()
    assert (before.count, after.count) == (ALL_KEYS, SAVED_KEYS)
    assert len(before.lost_in(after)) == ALL_KEYS - SAVED_KEYS
    assert meter.result.longest > 0


@BOTH
def test_letting_the_running_process_write_first_loses_nothing(machine: Machine, truth: Truth) -> None:
    before = truth.data()
    machine.check(["setfacl", "-m", "u:autobot:rwx", DATA_DIR])
    assert truth.acls() == {DATA_DIR: ("user::rwx", "user:1000:rwx", "group::r-x", "mask::rwx", "other::r-x")}
    machine.redis("SAVE")
    for command in REPORTS_ORDER:
        machine.check(command)
    machine.wait_redis()
    assert truth.data() == before
    assert truth.rdb_keys() == ALL_KEYS


def test_the_downtime_meter_sees_silence_and_nothing_else(machine: Machine, truth: Truth) -> None:
    with truth.downtime() as meter:
        wait_until("ten pings", lambda: len(meter.result.pings) >= 10, seconds=10)
        assert meter.result.outages == []
        machine.check(["pkill", "-STOP", "-x", "redis-server"])
        wait_until("silence", lambda: meter.result.longest > 1, seconds=10)
        machine.check(["pkill", "-CONT", "-x", "redis-server"])
        wait_until("answers again", lambda: meter.result.pings[-1].up, seconds=10)
    assert len(meter.result.outages) == 1
    assert meter.result.total == meter.result.longest


def test_a_dead_runs_host_is_cleared_away_and_a_living_ones_is_not(machine: Machine) -> None:
    orphan = Machine().start()
    assert lifetime.reap_stale() == []
    orphan.abandon()
    assert lifetime.reap_stale() == [orphan.token]
    assert orphan.subtree.pids() == set()
    assert not orphan.state.exists()
    assert machine.redis_answers()


def test_a_pause_of_writes_is_seen_while_saving_is_broken(machine: Machine, truth: Truth) -> None:
    assert not truth.writes_paused()
    machine.redis("CLIENT", "PAUSE", "60000", "WRITE")
    assert truth.writes_paused()
    machine.redis("CLIENT", "UNPAUSE")
    assert not truth.writes_paused()


def test_the_playbook_does_not_parse(machine: Machine, project: Project) -> None:
    done = playbook(machine, project, "--syntax-check")
    assert done.returncode != 0
    assert "duplicate loop in task" in done.stdout + done.stderr


def test_the_project_is_a_clean_checkout_without_the_template(project: Project) -> None:
    assert project.git("status", "--porcelain") == ""
    assert project.git("branch", "--show-current") == "main"
    assert project.template.parent.is_dir()
    assert not list(project.root.rglob("redis-stack-server.service.j2"))


@pytest.mark.parametrize("machine", SUDO, indirect=True, ids=lambda options: options["sudo"])
def test_the_operator_gets_in_and_sudo_asks_as_configured(machine: Machine, tmp_path: Path) -> None:
    known_hosts = tmp_path / "known_hosts"
    assert ssh(machine, known_hosts, "id -un").stdout == "autobot\n"
    silent = ssh(machine, known_hosts, "sudo -n id -u")
    assert (silent.returncode == 0) is (machine.sudo_password is None)
    told = ssh(machine, known_hosts, f"echo {machine.sudo_password} | sudo -S -p '' id -u")
    assert told.stdout == "0\n"


@pytest.mark.parametrize("machine", LINGER, indirect=True, ids=["killed", "left"])
def test_logind_kills_what_a_login_leaves_behind_where_told_to(
    machine: Machine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    leave = "setsid sleep 1234 >/dev/null 2>&1 </dev/null & "
    assert ssh(machine, tmp_path / "known_hosts", leave).returncode == 0
    gone = "the session closed"
    wait_until(gone, lambda: "closed" in machine.check("journalctl -u ssh -o cat | grep session"), seconds=10)
    if request.node.callspec.id == "killed":
        wait_until("sleep killed", lambda: machine.run(["pgrep", "-f", "sleep 1234"]).returncode == 1, seconds=10)
    else:
        machine.check(["loginctl", "show-user", machine.user, "--property=State"])
        assert machine.run(["pgrep", "-f", "sleep 1234"]).returncode == 0


def test_the_link_can_be_cut_and_joined(machine: Machine, tmp_path: Path) -> None:
    known_hosts = tmp_path / "known_hosts"
    machine.link_down()
    assert ssh(machine, known_hosts, "true", "-o", "ConnectTimeout=1").returncode == 255
    machine.link_up()
    assert ssh(machine, known_hosts, "true", "-o", "ConnectTimeout=10").returncode == 0


@BOTH
def test_a_reboot_starts_redis_with_the_old_snapshot(machine: Machine, truth: Truth) -> None:
    pid_one = machine.leader()
    cursor = truth.journal_cursor()
    machine.reboot()
    assert machine.leader() != pid_one
    assert truth.data().count == SAVED_KEYS
    assert any("can't exit" in line for line in truth.log_lines(cursor))


def test_a_power_cut_keeps_the_disk(machine: Machine, truth: Truth) -> None:
    machine.check("echo kept > /var/lib/marker && sync")
    machine.power_cycle()
    assert machine.check(["cat", "/var/lib/marker"]) == "kept\n"
    assert truth.data().count == SAVED_KEYS
