from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.absent import absent_name
from tests.support.shellhost import ScriptedHost, ShellHost
from tests.support.stage import world
from wizard.checks.base import Observation, Outcome
from wizard.checks.file import FileCheck, FileCheckSpec
from wizard.checks.tree import TreeCheck, TreeSpec
from wizard.checks.yaml import YamlCheck, YamlSpec
from wizard.errors import StepRefused
from wizard.hosts.base import Answer

ME, STRANGER = str(os.getuid()), str(os.getuid() + 1)


async def file(path: Path, **fields: Any) -> Observation:
    spec = FileCheckSpec.model_validate({"path": str(path), **fields})
    return await FileCheck(spec, world(ShellHost())).observe()


async def tree(path: Path, host: ShellHost | None = None, **fields: Any) -> Observation:
    spec = TreeSpec.model_validate({"path": str(path), **fields})
    return await TreeCheck(spec, world(host or ShellHost())).observe()


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    path = tmp_path / "-redis.service"
    path.write_text("User=redis\nGroup=redis\n")
    path.chmod(0o640)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    top = tmp_path / "data"
    (top / "sub").mkdir(parents=True)
    for number in range(7):
        (top / "sub" / f"{number}\n").write_text("")
    top.chmod(0o750)
    return top


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, Outcome.PASS),
        ({"exists": False}, Outcome.FAIL),
        ({"owner": ME, "mode": "0640", "kind": "file"}, Outcome.PASS),
        ({"owner": STRANGER}, Outcome.FAIL),
        ({"group": absent_name("group")}, Outcome.FAIL),
        ({"mode": "0644"}, Outcome.FAIL),
        ({"kind": "directory"}, Outcome.FAIL),
        ({"contains": ["User=redis", "Group=redis"]}, Outcome.PASS),
        ({"contains": ["User=autobot"]}, Outcome.FAIL),
        ({"lacks": ["autobot"]}, Outcome.PASS),
        ({"lacks": ["redis"]}, Outcome.FAIL),
        ({"min_bytes": 24}, Outcome.FAIL),
        ({"min_bytes": 23}, Outcome.PASS),
    ],
)
async def test_a_file_is_judged_by_what_is_asked(unit: Path, fields: dict[str, Any], outcome: Outcome) -> None:
    assert (await file(unit, **fields)).outcome is outcome


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert (await file(tmp_path / "none")).outcome is Outcome.FAIL
    assert (await file(tmp_path / "none", exists=False)).outcome is Outcome.PASS
    assert (await file(tmp_path / "none", contains=["x"])).outcome is Outcome.FAIL


async def test_two_files_are_compared_byte_by_byte(unit: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(unit.read_bytes())
    (tmp_path / "other").write_bytes(b"x")

    assert (await file(unit, same_as=str(tmp_path / "copy"))).outcome is Outcome.PASS
    assert (await file(unit, same_as=str(tmp_path / "other"))).outcome is Outcome.FAIL
    assert (await file(unit, same_as=str(tmp_path / "none"))).outcome is Outcome.FAIL


async def test_a_path_that_cannot_be_looked_at_is_an_error_the_gate_calls_unknown(unit: Path) -> None:
    with pytest.raises(StepRefused):
        await file(unit / "below")


def test_contradictions_of_file_are_flaws() -> None:
    assert list(FileCheckSpec.model_validate({"path": "/a", "exists": False, "mode": "0644"}).flaws())
    assert list(FileCheckSpec.model_validate({"path": "/a", "contains": [""]}).flaws())


@pytest.mark.services
async def test_a_tree_that_belongs_to_its_owner_passes(data: Path) -> None:
    seen = await tree(data, owner=ME, dir_mode="0750", no_acl=True, min_entries=8)

    assert (seen.outcome, seen.observed) == (Outcome.PASS, "8 entries and the top, 0 not so")


async def test_an_empty_tree_is_no_proof(tmp_path: Path) -> None:
    assert (await tree(tmp_path, owner=ME)).outcome is Outcome.FAIL
    assert (await tree(tmp_path, owner=ME, min_entries=0)).outcome is Outcome.PASS


async def test_offending_paths_are_named_up_to_five(data: Path) -> None:
    seen = await tree(data, owner=STRANGER)

    assert seen.outcome is Outcome.FAIL
    assert len(seen.evidence) == 6
    assert seen.evidence[-1] == "and 4 more"


@pytest.mark.services
async def test_one_acl_below_is_found(data: Path) -> None:
    subprocess.run(["setfacl", "-m", "u:1234:r", str(data / "sub")], check=True)

    seen = await tree(data, no_acl=True)

    assert seen.outcome is Outcome.FAIL
    assert "user:1234:r--" in seen.evidence[0]


async def test_a_wrong_mode_of_the_top_is_found(data: Path) -> None:
    assert (await tree(data, dir_mode="0755")).outcome is Outcome.FAIL


async def test_a_missing_tree_or_account_fails(data: Path) -> None:
    assert (await tree(data / "none", owner=ME)).outcome is Outcome.FAIL
    name = absent_name("account")
    seen = await tree(data, owner=name)
    assert (seen.outcome, seen.observed) == (Outcome.FAIL, f"there is no account {name}")


async def test_a_part_that_cannot_be_read_is_an_error_the_gate_calls_unknown() -> None:
    denied = Answer(1, b"1 0 0 755 d\n/x\0", b"find: '/x/y': Permission denied\n")

    with pytest.raises(StepRefused, match="Permission denied"):
        await tree(Path("/x"), ScriptedHost(denied), owner="0")


def test_a_tree_check_that_asks_nothing_is_a_flaw() -> None:
    assert list(TreeSpec(path="/a").flaws())
    assert not list(TreeSpec(path="/a", no_acl=True).flaws())


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"at": "[0].vars.redis_user", "equals": "redis"}, Outcome.PASS),
        ({"at": "[0].vars.redis_user", "equals": "autobot"}, Outcome.FAIL),
        ({"at": "[0].vars.redis_user"}, Outcome.PASS),
        ({"at": "[0].vars.none"}, Outcome.FAIL),
        ({"at": "[0].vars.none", "absent": True}, Outcome.PASS),
        ({"at": "[0].vars.redis_user", "absent": True}, Outcome.FAIL),
    ],
)
async def test_a_yaml_value_is_compared(tmp_path: Path, fields: dict[str, Any], outcome: Outcome) -> None:
    (tmp_path / "play.yml").write_text("- vars: {redis_user: redis, x: '{{ y }}'}\n")
    spec = YamlSpec(path=str(tmp_path / "play.yml"), **fields)

    assert (await YamlCheck(spec, world(ShellHost())).observe()).outcome is outcome


@pytest.mark.parametrize("content", [None, "a: [", "a: 1\na: 2\n"])
async def test_yaml_that_cannot_be_read_is_unknown(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "a.yml").write_text(content)
    check = YamlCheck(YamlSpec(path=str(tmp_path / "a.yml"), at="a", absent=True), world(ShellHost()))

    assert (await check.observe()).outcome is Outcome.UNKNOWN


def test_contradictions_of_yaml_are_flaws() -> None:
    assert list(YamlSpec(path="/a", at="a..b").flaws())
    assert list(YamlSpec(path="/a", at="a", equals="x", absent=True).flaws())
