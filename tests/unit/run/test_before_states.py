"""What was captured is kept for an undo; what is to be written is kept apart, and only until the run has ended."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.base import Before
from wizard.actions.file import File, FileSpec
from wizard.errors import StepRefused
from wizard.run.before import forget_contents, load, save

NEW, OLD = b"the new key \0\xff", b"the old key"


def write(path: Path) -> File:
    source = path.with_name("source")
    source.write_bytes(NEW)
    return File(FileSpec(path=str(path), source=str(source)), world(ShellHost()))


async def captured(tmp_path: Path) -> tuple[File, Before]:
    path = tmp_path / "key"
    path.write_bytes(OLD)
    action = write(path)
    return action, await action.capture()


async def test_what_is_to_be_written_is_kept_apart_under_its_checksum(tmp_path: Path) -> None:
    _, before = await captured(tmp_path)

    name, digest = save(tmp_path, "put", before)

    kept = tmp_path / "before" / name
    assert sha256(kept.read_bytes()).hexdigest() == digest
    assert b64encode(OLD) in kept.read_bytes()
    assert b64encode(NEW) not in kept.read_bytes()
    content = tmp_path / "content" / sha256(NEW).hexdigest()
    assert content.read_bytes() == NEW
    assert (content.stat().st_mode & 0o777, content.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_a_step_taken_up_again_writes_what_was_kept(tmp_path: Path) -> None:
    action, before = await captured(tmp_path)
    name, digest = save(tmp_path, "put", before)
    (tmp_path / "source").write_bytes(b"something else by now")

    result = await action.perform(RecordingStage(), load(tmp_path, name, digest))

    assert result.ok
    assert (tmp_path / "key").read_bytes() == NEW


@pytest.mark.parametrize("gone", ["forgotten", "changed"])
async def test_what_is_not_kept_any_more_is_not_written_and_can_be_undone(tmp_path: Path, gone: str) -> None:
    action, before = await captured(tmp_path)
    name, digest = save(tmp_path, "put", before)
    await action.perform(RecordingStage(), before)
    if gone == "forgotten":
        forget_contents(tmp_path)
    else:
        (tmp_path / "content" / sha256(NEW).hexdigest()).write_bytes(b"somebody's")
    kept = load(tmp_path, name, digest)

    with pytest.raises(StepRefused, match="is not kept any more"):
        await action.perform(RecordingStage(), kept)
    assert (tmp_path / "key").read_bytes() == NEW
    assert (await action.undo(RecordingStage("undo1"), kept)).ok
    assert (tmp_path / "key").read_bytes() == OLD
    assert [one.name for one in tmp_path.iterdir() if "kept-" in one.name] == []


@pytest.mark.parametrize("before", [{}, {"undo_check": 0}, {"items": [{"before": {"wanted": {"content": None}}}]}])
def test_other_before_states_come_back_as_they_were(tmp_path: Path, before: dict[str, Any]) -> None:
    name, digest = save(tmp_path, "one", before)

    assert load(tmp_path, name, digest) == before
    assert not (tmp_path / "content").exists()


def test_a_before_state_of_an_older_wizard_holds_what_was_to_be_written(tmp_path: Path) -> None:
    old = {"path": "/x", "wanted": {"content": b64encode(NEW).decode(), "owner": "", "group": "", "mode": "644"}}
    (tmp_path / "before").mkdir()
    written = json.dumps(old).encode()
    (tmp_path / "before" / "put.json").write_bytes(written)

    assert load(tmp_path, "put.json", sha256(written).hexdigest()) == old
