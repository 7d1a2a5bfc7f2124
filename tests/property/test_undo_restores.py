from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.dying import dying_after
from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from tests.support.trees import photograph
from wizard.actions.base import Action, Before, Editable
from wizard.actions.edit import Edit, EditSpec
from wizard.actions.file import File, FileSpec
from wizard.actions.ownership import Ownership, OwnershipSpec
from wizard.errors import StepRefused
from wizard.hosts.world import World

FEW = settings(max_examples=20, deadline=None)
CONTENTS = st.binary(max_size=60) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(str.encode)
MODES = st.sampled_from([0o600, 0o644, 0o640, 0o755, 0o4750, 0o2755, 0o444])
NAMES = st.binary(min_size=1, max_size=8).map(lambda name: b"-" + name.replace(b"\0", b"\n").replace(b"/", b" "))


async def restored(action: Action[Any], before: Before, top: Path) -> None:
    """Undo it on a healthy host; what remains must be exactly what was."""
    result = await action.undo(RecordingStage("undo1"), before)
    assert result.ok, result
    assert not await action.compare(before), top


async def half_done(action: Action[Any], tools: Path, commands: int) -> tuple[Before, Action[Any]]:
    """Capture on a healthy host, perform on one that dies; the action for the undo is on a healthy host again."""
    before = await action.capture()
    dying = type(action)(action.spec, dying_world(tools, commands))
    await dying.perform(RecordingStage(), before)
    return before, action


def dying_world(tools: Path, commands: int) -> World:
    return world(ShellHost(changing_path=[dying_after(tools, commands)]))


def lay(top: Path, content: bytes | None, mode: int) -> Path:
    path = top / "a file"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    return path


@FEW
@given(old=st.none() | CONTENTS, new=st.none() | CONTENTS, mode=MODES, commands=st.integers(0, 12))
def test_a_file_step_that_stops_anywhere_is_undone_exactly(
    old: bytes | None, new: bytes | None, mode: int, commands: int
) -> None:
    async def scenario(top: Path, aside: Path) -> None:
        path = lay(top, old, mode)
        (aside / "source").write_bytes(new or b"")
        wish = {"absent": True} if new is None else {"source": str(aside / "source"), "mode": "0604"}
        was = photograph(top)
        before, action = await half_done(
            File(FileSpec.model_validate({"path": str(path), **wish}), world(ShellHost())), aside / "tools", commands
        )
        await restored(action, before, top)
        assert photograph(top) == was

    in_two_folders(scenario)


@FEW
@given(commands=st.integers(0, 14))
def test_a_file_step_that_makes_folders_is_undone_exactly_wherever_it_stops(commands: int) -> None:
    async def scenario(top: Path, aside: Path) -> None:
        was = photograph(top)
        spec = FileSpec(path=str(top / "x" / "y" / "z"), content="new\n")
        before, action = await half_done(File(spec, world(ShellHost())), aside / "tools", commands)
        await restored(action, before, top)
        assert photograph(top) == was

    in_two_folders(scenario)


@FEW
@given(old=CONTENTS, mode=MODES, commands=st.integers(0, 12), undo_commands=st.integers(0, 12))
def test_an_undo_that_stops_anywhere_is_finished_by_the_next(
    old: bytes, mode: int, commands: int, undo_commands: int
) -> None:
    async def scenario(top: Path, aside: Path) -> None:
        path = lay(top, old, mode)
        was = photograph(top)
        spec = FileSpec(path=str(path), content="new\n", mode="0600")
        before, action = await half_done(File(spec, world(ShellHost())), aside / "tools", commands)
        await File(spec, dying_world(aside / "tools", undo_commands)).undo(RecordingStage("undo1"), before)
        await restored(action, before, top)
        assert photograph(top) == was

    in_two_folders(scenario)


@FEW
@given(
    around=st.lists(st.text("abc \n\té", max_size=5), min_size=2, max_size=4),
    stated=st.integers(1, 4),
    commands=st.integers(0, 12),
)
def test_an_edit_is_made_exactly_as_often_as_stated_or_refused(around: list[str], stated: int, commands: int) -> None:
    async def scenario(top: Path, aside: Path) -> None:
        path = lay(top, "OLD".join(around).encode(), 0o640)
        was, there = photograph(top), len(around) - 1
        wish = {"match": "OLD", "with": "NEW", "count": stated}
        edit = Edit(EditSpec.model_validate({"path": str(path), "replace": [wish]}), world(ShellHost()))
        if stated != there:
            with pytest.raises(StepRefused, match=f"there {there} times"):
                await edit.capture()
            assert photograph(top) == was
            return
        await edit.perform(RecordingStage(), await edit.capture())
        assert path.read_text() == "NEW".join(around)
        path.write_text("OLD".join(around))
        before, _ = await half_done(edit, aside / "tools", commands)
        await restored(edit, before, top)
        assert photograph(top) == was

    in_two_folders(scenario)


TREES = st.lists(st.tuples(st.booleans(), st.lists(NAMES, min_size=1, max_size=3), MODES), max_size=8)


def plant(top: Path, nodes: list[tuple[bool, list[bytes], int]]) -> list[Path]:
    """Make directories and files; returns their paths."""
    made = [top]
    for is_folder, names, mode in nodes:
        path = top.joinpath(*map(os.fsdecode, names))
        with suppress(FileExistsError, NotADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir() if is_folder else path.touch(exist_ok=False)
            path.chmod(mode | (0o700 if is_folder else 0))
            made.append(path)
    (top / "link").symlink_to(top.with_name(f"{top.name}-none"))
    return made


@FEW
@given(nodes=TREES, touched=st.data())
def test_a_tree_changed_at_any_paths_is_restored_exactly(
    nodes: list[tuple[bool, list[bytes], int]], touched: st.DataObject
) -> None:
    async def scenario(top: Path, aside: Path) -> None:
        paths = plant(top, nodes)
        was = photograph(top)
        spec = OwnershipSpec(path=str(top), group=str(os.getgid()), recursive=True)
        step = Ownership(spec, world(ShellHost()))
        before = await step.capture()
        for path in touched.draw(st.lists(st.sampled_from(paths), unique=True)):
            path.chmod(touched.draw(st.sampled_from([0o700, 0o711, 0o2755, 0o6755])))
        undo = Ownership(spec, dying_world(aside / "tools", touched.draw(st.integers(0, 8))))
        await undo.undo(RecordingStage("undo1"), before)
        await restored(step, before, top)
        assert photograph(top) == was

    in_two_folders(scenario)


def in_two_folders(scenario: Any) -> None:
    """Run it in a folder to change and one beside it."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        asyncio.run(scenario(Path(first), Path(second)))


@FEW
@given(
    old=st.none() | CONTENTS,
    contents=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=2, max_size=4),
    mode=MODES,
    commands=st.integers(0, 12),
)
def test_a_file_step_edited_at_its_gate_and_stopped_anywhere_is_undone_exactly(
    old: bytes | None, contents: list[str], mode: int, commands: int
) -> None:
    async def scenario(top: Path, aside: Path) -> None:
        path = lay(top, old, mode)
        was = photograph(top)
        written = File(FileSpec.model_validate({"path": str(path), "content": contents[0]}), world(ShellHost()))
        before = await written.capture()
        assert (await written.perform(RecordingStage("do1"), before)).ok
        edits: list[Editable] = []
        for number, text in enumerate(contents[1:], start=2):
            edits.append(Editable(text))
            result = await written.edited(edits).perform(RecordingStage(f"do{number}"), before)
            assert result.ok, result
            assert path.read_bytes() == text.encode()
        edits.append(Editable("the last one"))
        dying = File(written.edited(edits).spec, dying_world(aside / "tools", commands), edits)
        await dying.perform(RecordingStage("do9"), before)
        await restored(written.edited(edits), before, top)
        assert photograph(top) == was

    in_two_folders(scenario)
