from __future__ import annotations

import json
from pathlib import Path

import pytest

from wizard.facts.ansible_lines import read_lines
from wizard.facts.ansible_script import Project

TASK = {"event": "ok", "host": "db", "task": "unit", "module": "template", "changed": True, "touches": [{"dest": "/a"}]}
GATHERED = {"event": "ok", "host": "db", "task": "Gathering Facts", "module": "gather_facts"}
STATS = {"event": "stats", "hosts": {"db": {"ok": 1, "changed": 1, "failures": 0, "unreachable": 0}}}


def written(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_run_that_changed_something_has_no_problem(tmp_path: Path) -> None:
    tally = read_lines(written(tmp_path / "l", GATHERED, TASK, STATS))

    assert tally.problem == ""
    assert [line.task for line in tally.changed] == ["unit"]


def test_gathering_facts_alone_is_a_run_in_which_nothing_ran(tmp_path: Path) -> None:
    assert "nothing ran" in read_lines(written(tmp_path / "l", GATHERED, STATS)).problem


def test_a_run_without_its_last_line_did_not_end(tmp_path: Path) -> None:
    path = written(tmp_path / "l", TASK)
    path.write_text(path.read_text() + '{"event": "st')

    assert "did not come to its end" in read_lines(path).problem
    assert "did not come to its end" in read_lines(tmp_path / "none").problem


@pytest.mark.parametrize(("count", "words"), [("failures", "failed: unit: no space"), ("unreachable", "unreachable")])
def test_failures_are_named(tmp_path: Path, count: str, words: str) -> None:
    failed = {**TASK, "event": "failed", "changed": False, "message": "no space"}
    stats = {"event": "stats", "hosts": {"db": {count: 1}}}

    assert words in read_lines(written(tmp_path / "l", failed, stats)).problem


def test_the_script_pins_the_key_check_and_quotes_every_value() -> None:
    project = Project("/a b", "p; reboot.yml", "$(inv)", "db'1", ["x y"], {"k": "'v'\nVARS"})

    script = project.script("--check")

    assert "cd -- '/a b'" in script
    assert "'$(inv)'" in script
    assert "'p; reboot.yml'" in script
    assert "ANSIBLE_HOST_KEY_CHECKING=True" in script
    assert '"ansible_host_key_checking": true' in script
    assert "\nVARS\n" in script
    assert script.count("\nVARS\n") == 1
