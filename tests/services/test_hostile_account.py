"""What root does in directories of an account that replaces every name there while root is at work."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tests.services.hostile_account import ACCOUNT, CONTENT, PLANTED, Stage, attack, hostile_stage
from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.base import Action
from wizard.actions.edit import Edit, EditSpec
from wizard.actions.file import File, FileSpec
from wizard.actions.ownership import Ownership, OwnershipSpec
from wizard.errors import StepRefused

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root works in directories of another account")

RUNS = int(os.environ.get("HOSTILE_RUNS", "20"))
"""Of each operation; 200 by hand."""


SHELLS = {"dash": ("dash",), "bash": ("bash",), "busybox": ("busybox", "sh"), "mksh": ("mksh",)}
"""They take turns: each has its own way to know where it is."""


def owning(path: str, **fields: Any) -> Action[Any]:
    return Ownership(OwnershipSpec.model_validate({"path": path, **fields}), world(ShellHost()))


def writing(path: str, **fields: Any) -> Action[Any]:
    return File(FileSpec.model_validate({"path": path, **fields}), world(ShellHost()))


def editing(path: str) -> Action[Any]:
    wish = {"match": CONTENT.decode(), "with": "level=info\n"}
    return Edit(EditSpec.model_validate({"path": path, "replace": [wish]}), world(ShellHost()))


OPERATIONS: Mapping[str, Sequence[Callable[[Stage], Action[Any]]]] = {
    "write": (
        lambda stage: writing(str(stage.file), content="level=info\n", mode="0600", owner="root"),
        lambda stage: editing(str(stage.file)),
        lambda stage: writing(str(stage.file), absent=True),
        lambda stage: writing(str(stage.app / "w" / "new" / "deep" / "a"), content="x\n"),
    ),
    "chown": (
        lambda stage: owning(str(stage.file), owner="root", group="0"),
        lambda stage: owning(str(stage.tree), owner="root"),
    ),
    "chmod": (
        lambda stage: owning(str(stage.file), mode="0666"),
        lambda stage: owning(str(stage.tree), mode="0777"),
    ),
    "acl": (
        lambda stage: owning(str(stage.file), grant={"account": "12345"}),
        lambda stage: owning(str(stage.tree), grant={"account": "12345"}),
    ),
    "recursive": (lambda stage: owning(str(stage.tree), owner=ACCOUNT, group="nogroup", recursive=True),),
}
"""Each with its variants, which take turns."""


async def test_what_belongs_to_somebody_else_by_now_is_left_alone() -> None:
    with hostile_stage() as stage:
        key = stage.file.with_name("key.pem")
        key.write_text("root:only")
        key.chmod(0o600)
        step = owning(str(stage.file), mode="0644")
        before = await step.capture()
        key.rename(stage.file)

        result = await step.perform(RecordingStage(), before)

        assert not result.ok
        assert "belonged to another account" in result.output
        assert stat.S_IMODE(stage.file.stat().st_mode) == 0o600


async def test_undo_makes_no_program_of_roots_from_a_file_that_the_account_had() -> None:
    with hostile_stage() as stage:
        program = stage.tree / "f1"
        os.chown(program, 0, 0)
        program.chmod(0o4755)
        step = owning(str(program), owner=ACCOUNT)
        before = await step.capture()
        assert (await step.perform(RecordingStage("do1"), before)).ok
        program.write_bytes(PLANTED)

        result = await step.undo(RecordingStage("undo1"), before)

        assert not result.ok
        assert f"{program}: it had another owner since" in result.output
        seen = program.stat()
        assert (seen.st_uid != 0, seen.st_mode & stat.S_ISUID) == (True, 0)


async def tried(act: Callable[[], Any]) -> Any:
    """What comes of it; None where it was refused."""
    try:
        return await act()
    except StepRefused:
        return None


@pytest.mark.timeout(60 * max(1, RUNS // 10))
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_no_file_outside_is_touched(operation: str) -> None:
    came = Counter[str]()
    with hostile_stage() as stage:
        untouched = stage.untouched()
        for seed in range(RUNS):
            stage.lay()
            variants = OPERATIONS[operation]
            action = variants[seed % len(variants)](stage)
            shell = [*SHELLS][seed // len(variants) % len(SHELLS)]
            action.world = world(ShellHost(argv=SHELLS[shell]))
            before = await action.capture()
            with attack(stage, seed):
                done = await tried(lambda: action.perform(RecordingStage("do1"), before))  # noqa: B023 - run at once
                came["done" if done and done.ok else "not done"] += 1
                assert stage.untouched() == untouched, f"{operation}, {shell}, seed {seed}, done: {done}"
                undone = await tried(lambda: action.undo(RecordingStage("undo1"), before))  # noqa: B023 - run at once
                came["undone" if undone and undone.ok else "not undone"] += 1
            assert stage.untouched() == untouched, f"{operation}, {shell}, seed {seed}, undone: {undone}"
    print(operation, dict(came))
