from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.shellhost import ScriptedHost, ShellHost
from wizard.errors import StepRefused
from wizard.facts.asking import Unseen
from wizard.facts.files import ABSENT, LIMIT, FileState, look
from wizard.hosts.base import Answer


async def test_a_file_is_seen_with_its_owner_mode_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "-odd\nname"
    path.write_bytes(b"\0--\n\xff")
    path.chmod(0o4750)

    state = await look(ShellHost(), str(path), content=True)

    assert (state.kind, state.uid, state.gid, state.octal) == ("file", os.getuid(), path.stat().st_gid, "4750")
    assert state.content == b"\0--\n\xff"


async def test_a_state_survives_json(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\0")
    state = await look(ShellHost(), str(tmp_path / "a"), content=True)

    assert FileState.from_json(state.to_json()) == state


async def test_nothing_there_is_absence(tmp_path: Path) -> None:
    assert await look(ShellHost(), str(tmp_path / "none"), content=True) == ABSENT


async def test_a_link_is_seen_as_itself_with_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("some where")

    state = await look(ShellHost(), str(tmp_path / "link"), content=True)

    assert (state.kind, state.target, state.content) == ("link", "some where", None)


async def test_a_file_below_a_file_is_not_absence_but_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Unseen, match="Not a directory"):
        await look(ShellHost(), str(tmp_path / "file" / "below"))


@pytest.mark.services
async def test_an_acl_is_part_of_the_state(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("")
    path.chmod(0o640)
    subprocess.run(["setfacl", "-m", "u:1234:rw", str(path)], check=True)

    state = await look(ShellHost(), str(path))

    assert state.acl == ("user::rw-", "user:1234:rw-", "group::r--", "mask::rw-", "other::---")


async def test_a_long_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * (LIMIT + 1))

    with pytest.raises(StepRefused, match="only files up to"):
        await look(ShellHost(), str(tmp_path / "long"), content=True)


async def test_a_read_whose_end_was_not_learnt_is_an_error() -> None:
    with pytest.raises(Unseen, match="end was not learnt"):
        await look(ScriptedHost(Answer(None)), "/x")


@pytest.mark.services
async def test_busybox_tells_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("text")
    box = tmp_path / "bin"
    box.mkdir()
    busybox = shutil.which("busybox")
    assert busybox
    for name in ("stat", "head", "readlink"):
        (box / name).symlink_to(busybox)

    assert await look(ShellHost(path=[box]), str(path), content=True) == await look(
        ShellHost(), str(path), content=True
    )
    assert await look(ShellHost(path=[box]), str(tmp_path / "none")) == ABSENT
