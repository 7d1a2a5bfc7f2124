from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.edit import Edit, EditSpec, Replacement, edited
from wizard.errors import StepRefused

PLAYBOOK = """\
- hosts: db
  vars:
    redis_user: "redis-stack"     # wrong
    redis_group: "redis-stack"
"""


def action(path: Path, *replacements: dict[str, Any]) -> Edit:
    return Edit(EditSpec.model_validate({"path": str(path), "replace": replacements}), world(ShellHost()))


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    path = tmp_path / "play.yml"
    path.write_text(PLAYBOOK)
    path.chmod(0o604)
    return path


async def test_a_value_is_changed_by_its_yaml_path_and_undone(playbook: Path) -> None:
    edit = action(playbook, {"at": "[0].vars.redis_user", "from": "redis-stack", "to": "redis"})
    before = await edit.capture()

    result = await edit.perform(RecordingStage(), before)

    assert result.ok, result
    assert playbook.read_text() == PLAYBOOK.replace('user: "redis-stack"', 'user: "redis"')
    assert playbook.stat().st_mode & 0o7777 == 0o604
    await edit.undo(RecordingStage(), before)
    assert playbook.read_text() == PLAYBOOK
    assert not await edit.compare(before)


async def test_replacements_are_made_one_after_the_other(playbook: Path) -> None:
    edit = action(
        playbook,
        {"match": '"redis-stack"', "with": '"redis"', "count": 2},
        {"regex": r"redis_(user|group): ", "with": r"db_\1: ", "count": 2},
    )
    before = await edit.capture()
    await edit.perform(RecordingStage(), before)

    assert 'db_user: "redis" ' in playbook.read_text()
    assert 'db_group: "redis"' in playbook.read_text()


@pytest.mark.parametrize(
    ("replacement", "said"),
    [
        ({"match": '"redis-stack"', "with": "x"}, "there 2 times"),
        ({"match": "nowhere", "with": "x"}, "there 0 times"),
        ({"regex": "redis_.*", "with": "x", "count": 3}, "there 2 times"),
        ({"at": "[0].vars.redis_user", "from": "nobody", "to": "x"}, "is 'redis-stack', not 'nobody'"),
        ({"at": "[0].vars.nothing", "from": "a", "to": "b"}, "no nothing at"),
        ({"regex": "hosts", "with": r"\9"}, "no such group"),
    ],
)
async def test_another_count_or_value_is_refused_with_what_was_found(
    playbook: Path, replacement: dict[str, Any], said: str
) -> None:
    with pytest.raises(StepRefused, match=said) as refused:
        await action(playbook, replacement).capture()

    assert str(playbook) in refused.value.where
    assert refused.value.mend


async def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepRefused, match="is not there"):
        await action(tmp_path / "none", {"match": "a", "with": "b"}).capture()


async def test_what_has_been_edited_before_needs_nothing(playbook: Path) -> None:
    wishes = (
        {"match": '"redis-stack"', "with": '"redis"', "count": 2},
        {"match": "hosts: db", "with": "hosts: database"},
    )
    await action(playbook, *wishes).perform(RecordingStage(), await action(playbook, *wishes).capture())
    stage = RecordingStage()

    result = await action(playbook, *wishes).perform(stage, await action(playbook, *wishes).capture())

    assert result.ok
    assert not stage.attempts


async def test_bytes_that_are_not_utf8_and_line_ends_stay(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff old\r\nlast")
    edit = action(tmp_path / "a", {"match": "old", "with": "new"})

    await edit.perform(RecordingStage(), await edit.capture())

    assert (tmp_path / "a").read_bytes() == b"\xff new\r\nlast"


def test_a_literal_replacement_takes_backslashes_literally() -> None:
    wish = Replacement.model_validate({"match": "a.c", "with": r"\1\n"})

    assert edited("abc a.c", [wish]) == r"abc \1\n"


def test_the_plan_shows_the_replacements(tmp_path: Path) -> None:
    plan = action(tmp_path, {"at": "a.b", "from": "x", "to": "y"}, {"match": "m", "with": "", "count": 2}).plan()

    assert "at a.b: 'x' becomes 'y'" in plan.command
    assert "'m' becomes '', 2 times" in plan.command


@pytest.mark.parametrize(
    "replacement",
    [
        {},
        {"match": "a", "regex": "b", "with": "c"},
        {"match": "a"},
        {"match": "", "with": "c"},
        {"match": "a", "with": "a"},
        {"regex": "(", "with": "c"},
        {"match": "a", "with": "b", "count": 0},
        {"at": "a.b", "from": "x"},
        {"at": "a..b", "from": "x", "to": "y"},
        {"at": "a.b", "from": "x", "to": "y", "with": "z"},
        {"match": "a", "with": "b", "from": "x"},
    ],
)
def test_contradictions_are_flaws(replacement: dict[str, Any]) -> None:
    assert len(list(Replacement.model_validate(replacement).flaws())) == 1


def test_nothing_to_replace_is_a_flaw() -> None:
    assert list(EditSpec.model_validate({"path": "/a", "replace": []}).flaws())


HIDDEN = [
    ({"at": "pin", "from": "x", "to": "y"}, "pin is another value"),
    ({"match": "nowhere", "with": "x"}, "replacement 1, once, but it is there 0 times"),
    ({"at": "pin.deeper", "from": "x", "to": "y"}, "there is no deeper at pin"),
]


@pytest.mark.parametrize(("replacement", "said"), HIDDEN)
@pytest.mark.parametrize("fields", [{"mode": 0o600}, {"secret": True}, {"mode": 0o600, "secret": False}])
async def test_no_refusal_says_what_others_may_not_read(
    tmp_path: Path, replacement: dict[str, Any], said: str, fields: dict[str, Any]
) -> None:
    file = tmp_path / "pin.yaml"
    file.write_text("pin: hunter2\n")
    file.chmod(fields.get("mode", 0o644))
    spec = EditSpec.model_validate({"path": str(file), "replace": [replacement], "secret": fields.get("secret")})

    with pytest.raises(StepRefused) as refused:
        await Edit(spec, world(ShellHost())).capture()

    if fields.get("secret") is False:
        assert said not in str(refused.value) or "deeper" in said
    else:
        assert said in str(refused.value)
        assert "hunter2" not in str(refused.value)


async def test_a_file_that_is_no_yaml_is_not_quoted(tmp_path: Path) -> None:
    file = tmp_path / "pin.yaml"
    file.write_text("pin: *hunter2\n")
    spec = EditSpec.model_validate({"path": str(file), "replace": [{"at": "pin", "from": "x", "to": "y"}]})

    with pytest.raises(StepRefused, match="line 1, column 6: found undefined alias") as refused:
        await Edit(spec, world(ShellHost())).capture()

    assert "hunter2" not in str(refused.value)


def test_secret_replacements_are_planned_as_the_checklist_has_them() -> None:
    written = EditSpec.model_validate(
        {"path": "/x", "secret": True, "replace": [{"match": "{{ captured.pin }}", "with": "none"}]}
    )
    rendered = written.model_copy(
        update={"replace": [Replacement.model_validate({"match": "hunter2", "with": "none"})]}
    )

    for known in (written, None):
        plan = Edit(rendered, replace(world(ShellHost()), written=known)).plan().command
        assert "hunter2" not in plan
        assert ("'{{ captured.pin }}' becomes 'none'" in plan) is (known is not None)
