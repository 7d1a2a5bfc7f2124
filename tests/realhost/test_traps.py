"""Each trap of the incident, one at a time: the gate that catches it, by name, and the host as it was.

A trap is set in the host, in the project, by an input, or in a copy of the shipped checklist from which the words
that avoid it were taken. Where a copy holds some of the steps only, they are the shipped ones, word for word, so that
what is seen is the gate and not the way there. That the mixed owners of before are kept path by path, which the
report's rollback would have lost, is seen where the incident is healed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .incident import ALL_KEYS, CONFIG, DATA_DIR, UNIT_FILE, unsaved_keys
from .machine import UNIT, USER, Machine
from .operator import ANSWERS, Finished, Operator
from .project import Project
from .shipped import NAME, Copy
from .standing import Standing
from .tools import wait_until
from .truth import Truth

AT_GATE = 4
STACK = pytest.mark.parametrize("machine", [{"flavour": "stack"}], indirect=True, ids=["stack"])
TAG_MATCHES = "the tag matches a task"
SAVE_STEPS = ("identify", "reach", "save")
SAVING = "redis: {save: true}\n        capture:\n          keys_saved: {value: keys}"
ASK_FOR_A_SAVE = """run: {command: "redis-cli BGSAVE; redis-cli LASTSAVE", irreversible: a newer snapshot stays}
        capture:
          keys_saved: {command: redis-cli DBSIZE}"""
LOOK_AT_THE_LAST_SAVE = """run: {command: redis-cli LASTSAVE, read_only: true}
        capture:
          keys_saved: {command: redis-cli DBSIZE}"""
PROOF = "saved since the step began, by the server's own account"
PATIENCE = "within: 30s"
DOUBLED_LOOP = """\
    - name: Install more packages
      package:
        name: "{{ item }}"
      loop: [procps]
      with_items: [procps]

"""


def allow_foreign_directories(root: Path) -> None:
    """Make CONFIG SET dir possible, as it always is up to Redis 6.2."""
    with (root / CONFIG.lstrip("/")).open("a") as config:
        config.write("enable-protected-configs yes\n")


OPEN_CONFIG = pytest.mark.parametrize(
    "machine", [{"before_boot": [allow_foreign_directories]}], indirect=True, ids=["settings open"]
)


@pytest.fixture
def operator(machine: Machine, project: Project, tmp_path: Path) -> Operator:
    """The operator, with the customer's project."""
    return Operator(machine, tmp_path, project)


def excerpt(*steps: str) -> Copy:
    """Some steps, when the number of keys at the stop is not learnt because its step is not among them."""
    copy = Copy.whole().only(*steps)
    if "last-save" in steps:
        return copy
    return copy.replaced("captured.keys_before_stop", "captured.keys_at_start")


def run(operator: Operator, copy: Copy, **inputs: Any) -> Finished:
    """Run a copy; nobody answers but where the unchanged checklist asks for a review."""
    answers = ANSWERS if "id: review-template" in copy.text else {}
    return operator.run(copy.write(operator.home), answers=answers, **inputs)


def stopped(finished: Finished, gate: str) -> list[str]:
    """What kept the last gate shut; it must be this one, and the run must have been paused there."""
    assert finished.exit_status == AT_GATE, finished.why
    assert finished.of("run_paused")[-1]["scope"] == gate
    scope, titles = finished.blocked[-1]
    assert scope == gate
    return titles


def observed(finished: Finished, scope: str, title: str) -> str:
    """What the last look at a check saw."""
    return str(finished.of("check_observed", scope=scope, title=title)[-1]["observed"])


# 1. The report stops Redis before it has saved.


def test_a_stop_ahead_of_the_save_is_refused(operator: Operator, truth: Truth) -> None:
    before = Standing.of(truth)
    finished = run(operator, excerpt("identify", "stop"))
    assert stopped(finished, "stop") == ["Redis can save, so it will stop by itself"]
    assert not finished.of("attempt_intended", step="stop")
    assert Standing.of(truth) == before


def test_a_save_that_cannot_be_written_stops_the_run_long_before_the_stop(operator: Operator, truth: Truth) -> None:
    before = Standing.of(truth)
    finished = run(operator, excerpt(*SAVE_STEPS, "stop").replaced(PATIENCE, "within: 1s"))
    assert PROOF in stopped(finished, "save")
    assert "the last background save ended err" in observed(finished, "save", PROOF)
    assert Standing.of(truth) == before


# 2. Type=notify where the server cannot notify, and what else a wrapper in front of the server does.


@STACK
def test_a_unit_that_waits_for_a_notice_is_refused_before_anything_is_changed(
    operator: Operator, truth: Truth, project: Project
) -> None:
    before = Standing.of(truth)
    finished = operator.run(NAME, unit_type="notify")
    gate = "the server can tell systemd that it is up, which a unit of type notify waits for"
    assert stopped(finished, "identify") == [gate]
    assert Standing.of(truth) == before
    assert project.git("status", "--porcelain") == ""


@STACK
def test_a_unit_that_would_kill_redis_behind_its_wrapper_is_refused(operator: Operator, truth: Truth) -> None:
    before = Standing.of(truth)
    mixed = Copy.whole().replaced("\n            KillMode=control-group", "\n            KillMode=mixed")
    finished = run(operator, mixed)
    assert stopped(finished, "create-template") == ["the template names account and group by variable"]
    assert "KillMode" in observed(finished, "create-template", "the template names account and group by variable")
    assert Standing.of(truth) == before


@pytest.mark.parametrize("line", ["KillMode=mixed", f"User={USER}", "Type=notify"])
def test_a_drop_in_that_beats_the_deployed_unit_is_seen(
    operator: Operator, machine: Machine, truth: Truth, line: str
) -> None:
    deploy_by_hand(machine, "/usr/bin/redis-server")
    machine.check(f"mkdir {UNIT_FILE}.d && printf '[Service]\\n{line}\\n' > {UNIT_FILE}.d/override.conf")
    machine.check(["systemctl", "daemon-reload"])
    before = Standing.of(truth)
    finished = run(operator, excerpt("identify", "reload"))
    gate = "what systemd has loaded is what was deployed"
    assert stopped(finished, "reload") == [gate]
    assert f"drop-ins: {UNIT_FILE}.d/override.conf" in observed(finished, "reload", gate)
    assert line in observed(finished, "reload", gate)
    assert Standing.of(truth) == before


@STACK
def test_a_server_that_comes_up_on_defaults_is_no_success(operator: Operator, machine: Machine, truth: Truth) -> None:
    before = truth.data()
    machine.check(["setfacl", "-m", f"u:{USER}:rwx", DATA_DIR])
    # The wrapper in the wheel takes a configuration's path for an argument of a module.
    deploy_by_hand(machine, "/opt/redis-stack/bin/redis-stack-server.wheel")
    machine.check(["systemctl", "daemon-reload"])
    finished = run(operator, excerpt("identify", "last-save", "stop", "chown-data", "start"))
    gate = "the intended configuration is in force"
    assert stopped(finished, "start") == [gate]
    assert "save = '3600 1 300 100 60 10000'" in observed(finished, "start", gate)
    assert truth.data() == before
    assert [server.user for server in truth.servers()] == ["redis"]
    assert truth.service()["NRestarts"] == "0"


def deploy_by_hand(machine: Machine, server: str) -> None:
    """Put the unit in place that the deployment would, started by this program; systemd has not read it yet."""
    text = machine.check(["cat", UNIT_FILE])
    text = text.replace(f"User={USER}", "User=redis").replace(f"Group={USER}", "Group=redis")
    lines = [f"ExecStart={server} {CONFIG}" if line.startswith("ExecStart=") else line for line in text.splitlines()]
    machine.check(["tee", UNIT_FILE], stdin="\n".join(lines) + "\n")


# 3. to 5. A template that is not found, a tag that no task bears, a playbook that does not parse.


def test_a_template_that_the_playbook_does_not_find_is_named(
    operator: Operator, truth: Truth, project: Project
) -> None:
    before = Standing.of(truth)
    finished = operator.run(NAME, template_src=project.template.name)
    gate = "every template and file the playbook names is found"
    assert stopped(finished, "unit-task") == [gate]
    assert project.template.name in observed(finished, "unit-task", gate)
    assert project.template.exists()
    assert Standing.of(truth) == before


def test_a_tag_that_no_task_bears_is_no_deployment(operator: Operator, truth: Truth) -> None:
    before = Standing.of(truth)
    finished = run(operator, Copy.whole().replaced(r"\1tags: [systemd]\n", ""))
    assert stopped(finished, "unit-task") == [TAG_MATCHES]
    assert Standing.of(truth) == before


def test_a_deployment_that_would_do_nothing_is_refused_even_ungated(
    operator: Operator, truth: Truth, project: Project
) -> None:
    before = Standing.of(truth)
    steps = Copy.whole().steps_of("template", "configuration")
    untagged = excerpt(*steps, "rehearse").replaced(r"\1tags: [systemd]\n", "").replaced(", tags: [systemd]}", "}")
    untagged = untagged.replaced(f"          - name: {TAG_MATCHES}\n            ansible: {{tags: [systemd]}}\n", "")
    finished = run(operator, untagged)
    (refusal,) = stopped(finished, "rehearse")
    assert refusal.startswith("refused: ")
    assert "systemd" in refusal
    assert Standing.of(truth) == before
    assert project.git("status", "--porcelain") == ""


def test_a_playbook_that_does_not_parse_is_told_first_and_deploys_nothing(
    operator: Operator, truth: Truth, project: Project
) -> None:
    before = Standing.of(truth)
    put(project, "    - name: Install Redis Stack\n", f"{DOUBLED_LOOP}    - name: Install Redis Stack\n")
    finished = operator.run(NAME)
    assert finished.of("evidence_observed", fact="playbook parses")[0]["outcome"] == "fail"
    assert stopped(finished, "parse-error") == ["the playbook parses"]
    assert Standing.of(truth) == before


def put(project: Project, old: str, new: str) -> None:
    """Change the playbook and commit it."""
    text = project.playbook.read_text()
    assert old in text
    project.playbook.write_text(text.replace(old, new))
    project.git("commit", "--all", "--quiet", "--message=A change by somebody else")


# 6. A save that was asked for is not a save; an old good status looks healthy.


def test_a_save_still_under_way_is_no_save(operator: Operator, machine: Machine, truth: Truth) -> None:
    machine.check(["setfacl", "-m", f"u:{USER}:rwx", DATA_DIR])
    machine.redis("SAVE")
    machine.redis("CONFIG", "SET", "rdb-key-save-delay", "10000")
    before = Standing.of(truth)
    asked = excerpt(*SAVE_STEPS).replaced(SAVING, ASK_FOR_A_SAVE).replaced(PATIENCE, "within: 2s")
    finished = run(operator, asked)
    assert truth.persistence().status == "ok"
    assert stopped(finished, "save") == [PROOF]
    assert "a save is still in progress" in observed(finished, "save", PROOF)
    now = Standing.of(truth)
    assert (now.keys, now.unit, now.service, now.paused) == (before.keys, before.unit, before.service, before.paused)


def test_a_good_status_from_before_is_no_save(operator: Operator, machine: Machine, truth: Truth) -> None:
    machine.check(["systemctl", "restart", UNIT])
    machine.wait_redis()
    machine.check(["redis-cli", "--pipe"], stdin=unsaved_keys())
    assert truth.persistence().status == "ok"
    before = Standing.of(truth)
    looked = excerpt(*SAVE_STEPS).replaced(SAVING, LOOK_AT_THE_LAST_SAVE)
    finished = run(operator, looked.replaced(PATIENCE, "within: 1s"))
    assert PROOF in stopped(finished, "save")
    assert "this process has not saved yet" in observed(finished, "save", PROOF)
    assert Standing.of(truth) == before


# 7. Line numbers drift.


def test_edits_find_their_place_by_content_and_refuse_where_it_is_not_there_once(
    operator: Operator, truth: Truth, project: Project
) -> None:
    before = Standing.of(truth)
    put(project, "---\n", "---\n" + "# Somebody wrote a long comment here.\n" * 40)
    task = project.playbook.read_text().partition("  tasks:\n")[2].partition("    - name: Install Redis Stack\n")[0]
    put(project, "    - name: Install Redis Stack\n", f"{task}    - name: Install Redis Stack\n")
    finished = operator.run(NAME)
    assert finished.outcomes["playbook-account"] == "verified"
    (refusal,) = stopped(finished, "parse-error")
    assert refusal.startswith("refused: ")
    assert "2 times" in refusal
    assert project.git("diff", "--stat", "--", str(project.playbook)).count("|") == 1
    assert Standing.of(truth) == before


# Beside the table: a foreign directory is the sign of a break-in, and another server may have the address.


@OPEN_CONFIG
@pytest.mark.parametrize(
    ("setting", "value", "fact"),
    [("dir", "/tmp", "directory Redis saves to"), ("dbfilename", "cron.rdb", "file Redis saves to")],
    ids=["dir", "dbfilename"],
)
def test_a_foreign_place_to_save_to_is_treated_as_a_break_in(
    operator: Operator, machine: Machine, truth: Truth, setting: str, value: str, fact: str
) -> None:
    machine.redis("CONFIG", "SET", setting, value)
    before = Standing.of(truth)
    finished = operator.run(NAME)
    assert stopped(finished, "evidence") == [fact]
    (advice,) = finished.of("gate_blocked", scope="evidence")[0]["advice"]
    assert "security incident" in advice
    assert not finished.of("step_started")
    assert Standing.of(truth) == before


def test_another_server_on_the_same_directory_is_not_taken_for_the_units_own(
    operator: Operator, machine: Machine, truth: Truth
) -> None:
    machine.redis("CONFIG", "SET", "port", "6380")
    machine.check(["systemd-run", "--quiet", "--unit=other-redis", "redis-server", "--port", "6379", "--dir", DATA_DIR])
    wait_until("the other server", lambda: machine.run(["redis-cli", "PING"]).stdout == "PONG\n", seconds=10)
    before = Standing.of(truth)
    finished = operator.run(NAME)
    assert stopped(finished, "identify") == ["it is the unit's own server that answers"]
    assert Standing.of(truth) == before
    assert machine.redis("-p", "6380", "DBSIZE") == str(ALL_KEYS)
