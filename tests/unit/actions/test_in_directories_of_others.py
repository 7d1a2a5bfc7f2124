"""What a file step and an ownership step do where another account can give each name another meaning."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.shellhost import ScriptedHost, ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.base import Action
from wizard.actions.deployed import Deployed
from wizard.actions.file import File, FileSpec
from wizard.actions.ownership import Ownership, OwnershipSpec
from wizard.actions.writing import half
from wizard.errors import StepRefused
from wizard.facts.asking import Unseen
from wizard.facts.files import look
from wizard.hosts.base import Answer


def writing(path: Path, **fields: Any) -> Action[Any]:
    return File(FileSpec.model_validate({"path": str(path), **fields}), world(ShellHost()))


def owning(path: Path, **fields: Any) -> Action[Any]:
    return Ownership(OwnershipSpec.model_validate({"path": str(path), **fields}), world(ShellHost()))


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file outside, in a directory that only its owner may enter."""
    (tmp_path / "outside").mkdir(mode=0o700)
    victim = tmp_path / "outside" / "a"
    victim.write_text("root:only\n")
    victim.chmod(0o600)
    return victim


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A directory that others can write to, with a file in it."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / "a").write_text("old\n")
    (shared / "a").chmod(0o640)
    return shared


def untouched(victim: Path) -> bool:
    seen = victim.stat()
    alone = [path.name for path in victim.parent.iterdir()] == ["a"]
    return alone and stat.S_IMODE(seen.st_mode) == 0o600 and victim.read_text() == "root:only\n"


async def test_a_link_planted_where_a_version_is_kept_is_neither_followed_nor_replaced(
    shared: Path, victim: Path
) -> None:
    write = writing(shared / "a", content="new\n")
    before = await write.capture()
    await write.perform(RecordingStage(), before)
    (shared / "a").write_text("theirs\n")
    planted = shared / f"a.kept-{sha256((shared / 'a').read_bytes()).hexdigest()[:8]}"
    planted.symlink_to(victim)

    result = await write.undo(RecordingStage(), before)

    assert result.ok, result
    assert untouched(victim)
    assert planted.is_symlink()
    assert (shared / "a").read_text() == "old\n"
    kept = [path for path in shared.glob("a.kept-*") if not path.is_symlink()]
    assert [path.read_text() for path in kept] == ["theirs\n"]
    assert kept[0].name in result.output


async def test_a_version_that_an_undo_kept_before_it_was_cut_off_is_kept_once(shared: Path) -> None:
    write = writing(shared / "a", content="new\n")
    before = await write.capture()
    await write.perform(RecordingStage(), before)
    (shared / "a").write_text("theirs\n")
    (shared / f"a.kept-{sha256(b'theirs' + bytes([10])).hexdigest()[:8]}").hardlink_to(shared / "a")

    result = await write.undo(RecordingStage(), before)

    assert result.ok, result
    assert [path.read_text() for path in shared.glob("a.kept-*")] == ["theirs\n"]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: writing(path, content="new\n"),
        lambda path: writing(path, absent=True),
        lambda path: owning(path, mode="0666"),
        lambda path: owning(path, owner="0"),
        lambda path: owning(path, grant={"account": "65534"}),
        lambda path: owning(path, revoke={"account": "65534"}),
    ],
    ids=["write", "remove", "chmod", "chown", "grant", "revoke"],
)
class TestWhatWasCaptured:
    async def test_is_a_link_by_now(self, shared: Path, victim: Path, make: Callable[[Path], Action[Any]]) -> None:
        step = make(shared / "a")
        before = await step.capture()
        (shared / "a").unlink()
        (shared / "a").symlink_to(victim)

        result = await step.perform(RecordingStage(), before)

        assert not result.ok
        assert untouched(victim)
        assert (shared / "a").is_symlink()

    async def test_is_behind_a_link_by_now(
        self, shared: Path, victim: Path, make: Callable[[Path], Action[Any]]
    ) -> None:
        (shared / "d").mkdir()
        (shared / "d" / "a").write_text("old\n")
        step = make(shared / "d" / "a")
        before = await step.capture()
        (shared / "d").rename(shared / "e")
        (shared / "d").symlink_to(victim.parent)

        result = await step.perform(RecordingStage(), before)

        assert not result.ok
        assert f"{shared}/d is a symbolic link" in result.output
        assert untouched(victim)

    async def test_was_behind_such_a_link_from_the_start(
        self, shared: Path, victim: Path, make: Callable[[Path], Action[Any]]
    ) -> None:
        (shared / "d").symlink_to(victim.parent)

        with pytest.raises(StepRefused, match="is a symbolic link, and others than root can change it"):
            await make(shared / "d" / "a").capture()

    async def test_has_another_name_by_now(
        self, shared: Path, victim: Path, make: Callable[[Path], Action[Any]]
    ) -> None:
        step = make(shared / "a")
        before = await step.capture()
        (shared / "a").unlink()
        (shared / "a").hardlink_to(victim)

        result = await step.perform(RecordingStage(), before)

        assert not result.ok
        assert untouched(victim)


async def test_a_tree_with_a_file_that_has_other_names_is_refused_with_it_named(shared: Path, victim: Path) -> None:
    (shared / "b").hardlink_to(shared / "a")
    assert await owning(shared, owner="0", recursive=True).capture()
    (shared / "theirs").hardlink_to(victim)

    with pytest.raises(StepRefused, match=f"other names .*too: {shared}/theirs\\. "):
        await owning(shared, owner="0", recursive=True).capture()


async def test_a_tree_that_came_to_hold_such_a_file_is_not_given_away(shared: Path, victim: Path) -> None:
    step = owning(shared, owner="0", recursive=True)
    before = await step.capture()
    (shared / "theirs").hardlink_to(victim)

    result = await step.perform(RecordingStage(), before)

    assert not result.ok
    assert "./theirs" in result.output


async def test_undo_takes_a_new_file_of_the_same_kind_for_the_old_one(shared: Path) -> None:
    step = owning(shared, owner="0", recursive=True)
    before = await step.capture()
    (shared / "a").unlink()
    (shared / "a").write_text("saved anew\n")
    (shared / "a").chmod(0o600)

    result = await step.undo(RecordingStage(), before)

    assert result.ok, result
    assert stat.S_IMODE((shared / "a").stat().st_mode) == 0o640


async def test_undo_reaches_what_has_a_newline_at_the_end_of_its_name(shared: Path) -> None:
    for name in ("d", "d\n", "\n"):
        (shared / name).mkdir()
        (shared / name / "in\n").write_text("")
    every = [*shared.rglob("*")]
    step = owning(shared, owner="0", recursive=True)
    before = await step.capture()
    modes = [path.stat().st_mode for path in every]
    for path in every:
        path.chmod(0o700)

    result = await step.undo(RecordingStage(), before)

    assert result.ok, result
    assert [path.stat().st_mode for path in every] == modes


@pytest.mark.parametrize("what", ["file", "directory"])
async def test_undo_leaves_what_is_a_link_or_behind_one_and_does_the_rest(
    shared: Path, victim: Path, what: str
) -> None:
    (shared / "d").mkdir()
    (shared / "d" / "a").write_text("")
    step = owning(shared, owner="0", recursive=True)
    before = await step.capture()
    (shared / "a").chmod(0o600)
    if what == "file":
        (shared / "d" / "a").unlink()
        (shared / "d" / "a").symlink_to(victim)
    else:
        (shared / "d").rename(shared / "e")
        (shared / "d").symlink_to(victim.parent)

    result = await step.undo(RecordingStage(), before)

    assert not result.ok
    assert "left as it is" in result.output
    assert untouched(victim)
    assert stat.S_IMODE((shared / "a").stat().st_mode) == 0o640


async def test_no_set_id_bits_are_set_where_others_can_put_another_file(shared: Path) -> None:
    step = owning(shared / "a", mode="4755")

    result = await step.perform(RecordingStage(), await step.capture())

    assert not result.ok
    assert "no set-id bits there" in result.output
    assert stat.S_IMODE((shared / "a").stat().st_mode) == 0o640


async def test_what_is_made_has_no_acl_that_the_directory_would_hand_on(shared: Path) -> None:
    subprocess.run(["setfacl", "-m", "d:u:65534:rwx,d:g::rwx", str(shared)], check=True)
    made = [shared / "a", shared / "new" / "deep" / "b"]

    for path in made:
        write = writing(path, content="new\n", mode="0640")
        assert (await write.perform(RecordingStage(), await write.capture())).ok

    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o640, 0o640]
    assert stat.S_IMODE(made[1].parent.stat().st_mode) == 0o755
    assert [os.listxattr(path) for path in (*made, made[1].parent, made[1].parent.parent)] == [[]] * 4


async def test_what_a_killed_script_left_is_a_difference_and_goes_with_the_undo(shared: Path) -> None:
    write = writing(shared / "a", content="new\n")
    before = await write.capture()
    left = shared / f"{half(str(shared / 'a'))}.abcdef"
    left.mkdir(mode=0o700)
    (left / "a").write_text("ne")
    (left / ".wizard-room-abcdef").write_text("")
    assert [difference.now for difference in await write.compare(before)] == ["left half-way"]

    assert (await write.undo(RecordingStage(), before)).ok

    assert [path.name for path in shared.iterdir()] == ["a"]
    assert not await write.compare(before)


async def test_a_directory_that_was_moved_to_such_a_name_is_no_difference_and_stays(shared: Path) -> None:
    write = writing(shared / "a", content="new\n")
    before = await write.capture()
    moved = shared / f"{half(str(shared / 'a'))}.backup"
    moved.mkdir(mode=0o700)
    (moved / "a").write_text("the only copy\n")

    assert (await write.perform(RecordingStage(), before)).ok
    assert (await write.undo(RecordingStage(), before)).ok

    assert not await write.compare(before)
    assert (moved / "a").read_text() == "the only copy\n"


async def test_a_directory_that_a_tool_made_is_removed_from_inside_the_one_that_holds_it(
    shared: Path, victim: Path
) -> None:
    (shared / "d").mkdir()
    deployed = Deployed(world(ShellHost()))
    before = await deployed.capture([], [str(shared / "d" / "made")], [])
    (shared / "d").rmdir()
    (shared / "d").symlink_to(victim.parent)
    (victim.parent / "made").mkdir()

    with pytest.raises(StepRefused, match="is a symbolic link"):
        await deployed.undo(RecordingStage(), before)

    assert (victim.parent / "made").is_dir()


async def test_a_file_that_was_replaced_between_look_and_read_is_not_taken_for_it() -> None:
    looked = Answer(0, b"81a4 1 0 0 4 1:7\nroot\nroot\n--\n1:8\nold\n")

    with pytest.raises(Unseen, match="changed while it was read"):
        await look(ScriptedHost(looked), "/x", content=True)
