from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.absent import absent_name
from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.file import File, FileSpec
from wizard.actions.writing import Wanted, restore_script
from wizard.errors import StepRefused


def action(host: ShellHost | None = None, **fields: Any) -> File:
    return File(FileSpec(**fields), world(host or ShellHost()))


async def test_a_new_file_gets_its_content_and_mode_and_is_removed_again(tmp_path: Path) -> None:
    path = tmp_path / "a b"
    write = action(path=str(path), content="one\ntwo\n", mode="0640")
    before = await write.capture()

    result = await write.perform(RecordingStage(), before)

    assert (result.ok, result.values["changed"]) == (True, "yes")
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o7777 == 0o640
    assert (await write.undo(RecordingStage(), before)).ok
    assert not list(tmp_path.iterdir())
    assert not await write.compare(before)


@pytest.mark.services
async def test_an_old_file_comes_back_with_bytes_mode_and_acl(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\0old\xff")
    path.chmod(0o640)
    subprocess.run(["setfacl", "-m", "u:1234:rw", str(path)], check=True)
    acl = subprocess.run(["getfacl", "-cnp", str(path)], check=True, capture_output=True).stdout
    write = action(path=str(path), content="new", mode="0600")
    before = await write.capture()
    await write.perform(RecordingStage(), before)
    assert path.read_bytes() == b"new"

    result = await write.undo(RecordingStage(), before)

    assert result.ok
    assert path.read_bytes() == b"\0old\xff"
    assert subprocess.run(["getfacl", "-cnp", str(path)], check=True, capture_output=True).stdout == acl
    assert not await write.compare(before)


async def test_what_is_not_named_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o604)
    write = action(path=str(path), content="new")

    await write.perform(RecordingStage(), await write.capture())

    assert path.stat().st_mode & 0o7777 == 0o604


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no newline",
        "END\nEND_\n",
        "$(id) `id` \\ 'q' \"d\"\n",
        "é\u0081😀\n",
        "tab\t\r\n",
        "\x1b[2J\n",
        pytest.param("x" * 300_000, id="long"),
    ],
)
async def test_any_content_arrives_as_it_is(tmp_path: Path, content: str) -> None:
    write = action(path=str(tmp_path / "a"), content=content)

    result = await write.perform(RecordingStage(), await write.capture())

    assert result.ok, result
    assert (tmp_path / "a").read_bytes() == content.encode()


async def test_a_source_is_copied_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(bytes(range(256)))
    write = action(path=str(tmp_path / "a"), source=str(tmp_path / "source"))

    await write.perform(RecordingStage(), await write.capture())

    assert (tmp_path / "a").read_bytes() == bytes(range(256))


async def test_a_missing_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StepRefused, match="cannot be read"):
        await action(path=str(tmp_path / "a"), source=str(tmp_path / "none")).capture()


async def test_folders_are_made_for_it_and_removed_again(tmp_path: Path) -> None:
    write = action(path=str(tmp_path / "x" / "y z" / "a"), content="new")
    before = await write.capture()
    await write.perform(RecordingStage(), before)
    assert (tmp_path / "x" / "y z" / "a").read_text() == "new"

    await write.undo(RecordingStage(), before)

    assert not list(tmp_path.iterdir())
    assert not await write.compare(before)


async def test_a_folder_that_somebody_else_uses_by_now_stays_and_is_named(tmp_path: Path) -> None:
    write = action(path=str(tmp_path / "x" / "a"), content="new")
    before = await write.capture()
    await write.perform(RecordingStage(), before)
    (tmp_path / "x" / "other").write_text("theirs")

    result = await write.undo(RecordingStage(), before)

    assert "stays: it is not empty" in result.output
    assert (tmp_path / "x" / "other").read_text() == "theirs"
    assert [difference.where for difference in await write.compare(before)] == [str(tmp_path / "x")]


async def test_a_file_is_removed_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    remove = action(path=str(tmp_path / "a"), absent=True)
    before = await remove.capture()
    await remove.perform(RecordingStage(), before)
    assert not (tmp_path / "a").exists()

    await remove.undo(RecordingStage(), before)

    assert (tmp_path / "a").read_text() == "old"
    assert not await remove.compare(before)


async def test_a_concurrent_change_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    write = action(path=str(path), content="new")
    before = await write.capture()
    path.write_text("a colleague's")

    result = await write.perform(RecordingStage(), before)

    assert not result.ok
    assert "was changed since it was read" in result.what
    assert path.read_text() == "a colleague's"
    assert list(tmp_path.iterdir()) == [path]


async def test_undo_keeps_what_somebody_else_wrote_since(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    write = action(path=str(path), content="new")
    before = await write.capture()
    await write.perform(RecordingStage(), before)
    path.write_text("a colleague's")

    result = await write.undo(RecordingStage(), before)

    assert path.read_text() == "old"
    kept = next(tmp_path.glob("a.kept-*"))
    assert kept.read_text() == "a colleague's"
    assert kept.name in result.output


async def test_undo_of_what_never_started_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    write = action(path=str(tmp_path / "a"), content="new")
    before = await write.capture()
    stage = RecordingStage()

    result = await write.undo(stage, before)

    assert result.ok
    assert not stage.attempts


async def test_what_is_so_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("same")
    write = action(path=str(tmp_path / "a"), content="same")
    stage = RecordingStage()

    result = await write.perform(stage, await write.capture())

    assert (result.ok, result.values["changed"]) == (True, "no")
    assert not stage.attempts


async def test_performing_again_after_a_crash_runs_the_same_script_and_succeeds(tmp_path: Path) -> None:
    write = action(path=str(tmp_path / "a"), content="new")
    before = await write.capture()
    first, second = RecordingStage(), RecordingStage()
    await write.perform(first, before)

    result = await write.perform(second, before)

    assert result.ok
    assert first.attempts[0].script == second.attempts[0].script


@pytest.mark.parametrize("kind", ["link", "directory", "hard link"])
async def test_what_is_no_file_of_its_own_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "target").write_text("theirs")
    if kind == "link":
        (tmp_path / "a").symlink_to(tmp_path / "target")
    elif kind == "directory":
        (tmp_path / "a").mkdir()
    else:
        (tmp_path / "a").hardlink_to(tmp_path / "target")

    with pytest.raises(StepRefused):
        await action(path=str(tmp_path / "a"), content="new").capture()


async def test_an_unknown_owner_is_refused_before_anything_happens(tmp_path: Path) -> None:
    name = absent_name("account")
    with pytest.raises(StepRefused, match=f"no account {name}"):
        await action(path=str(tmp_path / "a"), content="new", owner=name).capture()


async def test_owner_and_group_can_be_given_by_number(tmp_path: Path) -> None:
    owner, group = str(os.getuid()), str(os.getgid())
    write = action(path=str(tmp_path / "a"), content="new", owner=owner, group=group)

    result = await write.perform(RecordingStage(), await write.capture())

    assert result.ok, result


CONTENTS = ["User=redis\n", "no line end", "END\nEND_\n\n", "a\rb\0c", "x" * 70_000, ""]


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
async def test_no_script_holds_a_content_but_says_its_size_and_checksum(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a"
    file.write_text(f"old {content}", newline="")
    write, done, undone = action(path=str(file), content=content), RecordingStage(), RecordingStage("undo1")
    before = await write.capture()

    await write.perform(done, before)
    written = file.read_bytes()
    await write.undo(undone, before)

    assert (written, file.read_bytes()) == (content.encode(), f"old {content}".encode())
    for stage, held in ((done, content), (undone, f"old {content}")):
        (attempt,) = stage.attempts
        assert attempt.content == held.encode()
        assert f"# {len(held)} bytes, SHA-256 {sha256(held.encode()).hexdigest()}\n" in attempt.script
        assert not content or content not in attempt.script


def test_undoing_a_unit_file_makes_systemd_read_it_again() -> None:
    assert "daemon-reload" in restore_script("/etc/systemd/system/x.service", Wanted(b""), "absent")
    assert "daemon-reload" not in restore_script("/etc/x.conf", Wanted(b""), "absent")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"content": "a", "source": "b"},
        {"absent": True, "content": "a"},
        {"absent": True, "mode": "0644"},
    ],
)
def test_contradictions_are_flaws(fields: dict[str, Any]) -> None:
    assert list(FileSpec(path="/a", **fields).flaws())


def test_the_plan_shows_the_content() -> None:
    plan = action(path="/etc/a", content="User=redis\n", mode="0644", owner="root").plan()

    assert plan.command == "write /etc/a, mode 0644, owner root:\nUser=redis\n"


@pytest.mark.parametrize(
    ("fields", "private"),
    [({"mode": "0600"}, True), ({"secret": True}, True), ({"mode": "0600", "secret": False}, False), ({}, False)],
)
def test_what_others_may_not_read_is_planned_by_what_the_checklist_says(fields: dict[str, Any], private: bool) -> None:  # noqa: FBT001 - what is expected
    written = FileSpec(path="/x", content="[main]\npin = {{ captured.pin }}\n", **fields)
    rendered = written.model_copy(update={"content": "[main]\npin = hunter2\n"})

    write = File(rendered, replace(world(ShellHost()), written=written))

    assert "\n[main]" in write.plan().command
    assert ("hunter2" in write.plan().command) is not private
    assert (write.editable() is None) is private
