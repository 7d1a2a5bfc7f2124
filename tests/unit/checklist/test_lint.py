from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.checklist.fake_kinds import KINDS
from wizard.checklist.document import lint, load
from wizard.checklist.problems import ChecklistInvalid

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "lint").glob("*.yaml"))


def test_there_are_bad_checklists_to_learn_from() -> None:
    assert len(FIXTURES) >= 25


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_bad_checklist_gets_every_message_its_head_promises(path: Path) -> None:
    promised = re.findall(r"^# (\d+:\d+: .*)$", path.read_text(), re.MULTILINE)
    said = [str(problem).removeprefix(f"{path}:") for problem in lint(path, KINDS)]
    assert said == promised


GOOD = """\
checklist: redis-ownership
title: Redis data directory owned by the wrong user
severity: critical
inputs:
  vm: {type: host, default: autobot@172.16.168.23, help: the Redis VM}
  data_dir: {type: path, default: /var/lib/redis}
  sudo_password: {type: secret, env: SUDO_PASSWORD}
hosts:
  redis: {ssh: "{{ vm }}", sudo: true, sudo_password: "{{ sudo_password }}"}
evidence:
  - fact: account that runs Redis
    expect: redis
    sources:
      the unit: {on: redis, command: "systemctl show -P User redis; ls {{ data_dir }}"}
      the server: {on: redis, redis: {read: executable, password: "{{ sudo_password }}"}}
risks:
  - {risk: data lost, probability: high, impact: high, mitigation: save first}
phases:
  - id: ownership
    title: Fix the ownership
    steps:
      - id: look
        title: Count the keys
        why: they must all be there afterwards
        on: redis
        run: {command: redis-cli dbsize, read_only: true}
        capture: {keys_before: {stdout: "([0-9]+)"}}
      - id: chown-data
        title: Give the directory to redis
        why: the service writes there as redis
        on: redis
        when: "{{ captured.keys_before | int > 0 }}"
        ownership: {path: "{{ data_dir }}", owner: redis, recursive: true}
        capture: {owner: {command: "stat -c %U {{ data_dir }}"}}
        checks:
          - {within: 30s, tree: {path: "{{ data_dir }}", owner: "{{ captured.owner }}", dir_mode: "0755"}}
      - id: wait
        title: Watch
        why: it must stay so
        watch: {every: 5s}
        samples: [{tree: {path: /var/lib/redis, owner: redis}}]
    checks:
      - command: {command: "test {{ captured.keys_before }} -gt 0", exit_status: 0}
exit_criteria:
  - {name: keys are there, command: {command: "test -n {{ captured.keys_before }}", exit_status: 0}}
prevention:
  - {measure: look again, checked_by: [look, keys are there]}
notify:
  - {who: everyone, when: before the start}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "checklist.yaml"
    path.write_text(text)
    return path


def test_a_good_checklist_has_no_problem(tmp_path: Path) -> None:
    assert lint(write(tmp_path, GOOD), KINDS) == []


def test_one_typo_is_one_problem(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("owner: redis, recursive", "owner: redis, recursiv"))
    assert [str(each) for each in lint(path, KINDS)] == [
        f"{path}:33:59: phases[0].steps[1].ownership.recursiv: unknown key `recursiv`; did you mean `recursive`?"
    ]


def test_a_broken_step_hides_neither_its_captures_nor_the_problems_of_others(tmp_path: Path) -> None:
    text = GOOD.replace("command: redis-cli dbsize", "command: 5").replace("[look, keys", "[lok, keys")
    said = [each.path for each in lint(write(tmp_path, text), KINDS)]
    assert said == ["phases[0].steps[0].run.command", "prevention[0].checked_by[0]"]


def test_the_exception_carries_every_problem_and_the_exit_status_of_usage(tmp_path: Path) -> None:
    with pytest.raises(ChecklistInvalid) as caught:
        load(write(tmp_path, GOOD.replace("critical", "dire").replace("every: 5s", "every: 5")), KINDS)
    assert caught.value.exit_status == 2
    assert [problem.line for problem in caught.value.problems] == [3, 40]
    assert len(str(caught.value).splitlines()) == 2


def test_a_message_cannot_carry_terminal_escapes(tmp_path: Path) -> None:
    said = lint(write(tmp_path, GOOD.replace("severity: critical", r'severity: "\e[2J\n"')), KINDS)
    assert len(said) == 1
    assert "\x1b" not in str(said[0])
    assert "\n" not in str(said[0])
