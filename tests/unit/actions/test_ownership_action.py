from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.absent import absent_name
from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from tests.support.trees import photograph
from wizard.actions.ownership import Ownership, OwnershipSpec
from wizard.errors import StepRefused

NOBODY = "65534"


def action(path: Path, host: ShellHost | None = None, **fields: Any) -> Ownership:
    return Ownership(OwnershipSpec.model_validate({"path": str(path), **fields}), world(host or ShellHost()))


def acl(path: Path) -> list[str]:
    done = subprocess.run(["getfacl", "-cnpE", "--", str(path)], check=True, capture_output=True, text=True)
    return done.stdout.split()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "data dir"
    (top / "sub").mkdir(parents=True)
    (top / "dump.rdb").write_text("keys")
    (top / "sub" / "-x\n").write_text("")
    (top / "outside").symlink_to(tmp_path)
    top.chmod(0o755)
    return top


@pytest.fixture
def without_acls(tmp_path: Path) -> ShellHost:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "setfacl").write_text("#!/bin/sh\necho 'setfacl: Operation not supported' >&2\nexit 1\n")
    (tools / "setfacl").chmod(0o755)
    return ShellHost(path=[tools])


async def test_a_mode_is_set_and_restored(tree: Path) -> None:
    change = action(tree, mode="0700")
    before = await change.capture()
    was = photograph(tree)

    assert (await change.perform(RecordingStage(), before)).ok
    assert tree.stat().st_mode & 0o7777 == 0o700
    assert (await change.undo(RecordingStage(), before)).ok
    assert photograph(tree) == was
    assert not await change.compare(before)


async def test_a_tree_goes_to_an_owner_given_by_name_or_number(tree: Path) -> None:
    change = action(tree, owner=str(os.getuid()), group=str(os.getgid()), recursive=True)
    before = await change.capture()

    result = await change.perform(RecordingStage(), before)

    assert result.ok, result
    assert not await change.compare(before)


async def test_what_runs_is_what_was_shown(tree: Path) -> None:
    change = action(tree, owner=str(os.getuid()), recursive=True)
    stage = RecordingStage()

    await change.perform(stage, await change.capture())

    assert stage.attempts[0].script == change.plan().command


async def test_links_are_never_followed(tree: Path, tmp_path: Path) -> None:
    change = action(tree, owner=str(os.getuid()), recursive=True)
    before = await change.capture()

    assert not any(str(tmp_path / "tools") in row[0] for row in before["entries"])
    assert "chown -h" in change.plan().command
    assert "-xdev" in change.plan().command


async def test_mount_points_inside_are_left_out(tree: Path) -> None:
    change = action(tree, owner=str(os.getuid()), recursive=True)
    before = {**await change.capture(), "foreign": [f"{tree}/mnt [1]*"]}
    stage = RecordingStage()

    await change.perform(stage, before)

    assert "! -path './mnt [[]1][*]'" in stage.attempts[0].script


async def test_undo_restores_only_what_differs_and_leaves_new_files(tree: Path) -> None:
    change = action(tree, group=str(os.getgid()), recursive=True)
    before = await change.capture()
    was = photograph(tree)
    (tree / "dump.rdb").chmod(0o600)
    (tree / "sub").chmod(0o2750)
    (tree / "temp-1.rdb").write_text("new")

    result = await change.undo(RecordingStage(), before)

    assert "1 that came since" in result.what
    (tree / "temp-1.rdb").unlink()
    assert photograph(tree) == was


async def test_what_is_gone_is_a_difference(tree: Path) -> None:
    change = action(tree, group=str(os.getgid()), recursive=True)
    before = await change.capture()
    (tree / "dump.rdb").unlink()

    result = await change.undo(RecordingStage(), before)

    assert "1 of the paths are gone" in result.output
    assert [difference.now for difference in await change.compare(before)] == ["gone"]


async def test_a_file_that_became_a_link_is_left_alone(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "shadow").write_text("")
    (tmp_path / "shadow").chmod(0o600)
    (tree / "dump.rdb").chmod(0o666)
    change = action(tree, group=str(os.getgid()), recursive=True)
    before = await change.capture()
    (tree / "dump.rdb").unlink()
    (tree / "dump.rdb").symlink_to(tmp_path / "shadow")

    result = await change.undo(RecordingStage(), before)

    assert not result.ok
    assert "another kind of file" in result.output
    assert (tmp_path / "shadow").stat().st_mode & 0o7777 == 0o600


@pytest.mark.services
async def test_a_grant_is_an_acl_entry_and_its_undo_leaves_no_trace(tree: Path) -> None:
    grant = action(tree, grant={"account": NOBODY})
    before = await grant.capture()

    result = await grant.perform(RecordingStage(), before)

    assert (result.ok, result.values["method"]) == (True, "acl")
    assert f"user:{NOBODY}:rwx" in acl(tree)
    assert (await grant.undo(RecordingStage(), before)).ok
    assert acl(tree) == ["user::rwx", "group::r-x", "other::r-x"]
    assert not await grant.compare(before)


@pytest.mark.services
async def test_an_acl_that_was_there_comes_back_with_its_defaults(tree: Path) -> None:
    subprocess.run(["setfacl", "-m", "u:1234:r,d:u:1234:rwx", str(tree)], check=True)
    was = acl(tree)
    grant = action(tree, grant={"account": NOBODY})
    before = await grant.capture()
    await grant.perform(RecordingStage(), before)
    subprocess.run(["setfacl", "-k", str(tree)], check=True)

    await grant.undo(RecordingStage(), before)

    assert acl(tree) == was
    assert not await grant.compare(before)


@pytest.mark.services
async def test_revoking_the_last_entry_leaves_a_minimal_acl(tree: Path) -> None:
    subprocess.run(["setfacl", "-m", f"u:{NOBODY}:rwx", str(tree)], check=True)
    was = acl(tree)
    revoke = action(tree, revoke={"account": NOBODY})
    before = await revoke.capture()

    assert (await revoke.perform(RecordingStage(), before)).ok
    assert acl(tree) == ["user::rwx", "group::r-x", "other::r-x"]
    await revoke.undo(RecordingStage(), before)
    assert acl(tree) == was


@pytest.mark.services
async def test_revoking_one_of_two_entries_leaves_the_other(tree: Path) -> None:
    subprocess.run(["setfacl", "-m", f"u:{NOBODY}:rwx,u:1234:rx", str(tree)], check=True)
    revoke = action(tree, revoke={"account": NOBODY})

    await revoke.perform(RecordingStage(), await revoke.capture())

    assert acl(tree) == ["user::rwx", "user:1234:r-x", "group::r-x", "mask::r-x", "other::r-x"]


async def test_revoking_where_there_is_no_entry_is_fine(tree: Path) -> None:
    revoke = action(tree, revoke={"account": NOBODY})
    before = await revoke.capture()

    assert (await revoke.perform(RecordingStage(), before)).ok
    assert not await revoke.compare(before)


async def test_the_owner_is_let_in_by_the_mode(tree: Path) -> None:
    tree.chmod(0o555)
    grant = action(tree, grant={"account": str(os.getuid())})
    before = await grant.capture()

    result = await grant.perform(RecordingStage(), before)

    assert result.values["method"] == "owner"
    assert tree.stat().st_mode & 0o7777 == 0o755
    await grant.undo(RecordingStage(), before)
    assert tree.stat().st_mode & 0o7777 == 0o555


async def test_without_acls_the_path_itself_goes_to_the_account(tree: Path, without_acls: ShellHost) -> None:
    stage = RecordingStage()
    grant = action(tree, without_acls, grant={"account": NOBODY})

    result = await grant.perform(stage, await grant.capture())

    assert "chown $nofollow 65534" in stage.attempts[0].script
    given_away = tree.stat().st_uid == int(NOBODY)
    assert (result.ok, result.values.get("method")) == ((True, "owner") if given_away else (False, None))


async def test_a_link_a_missing_path_and_a_missing_account_are_refused(tree: Path) -> None:
    for path, fields in (
        (tree / "outside", {"mode": "0700"}),
        (tree / "none", {"mode": "0700"}),
        (tree, {"owner": absent_name("account")}),
        (tree, {"grant": {"account": absent_name("account")}}),
    ):
        with pytest.raises(StepRefused):
            await action(path, **fields).capture()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"owner": "a", "grant": {"account": "b"}},
        {"grant": {"account": "a"}, "revoke": {"account": "a"}},
        {"mode": "0755", "recursive": True},
        {"grant": {"account": "a", "access": "rw+x"}},
    ],
)
def test_contradictions_are_flaws(fields: dict[str, Any]) -> None:
    assert list(OwnershipSpec.model_validate({"path": "/a", **fields}).flaws())
