from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.checklist.examples import GOOD
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
