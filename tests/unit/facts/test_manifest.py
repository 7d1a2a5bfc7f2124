from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.shellhost import ScriptedHost, ShellHost
from wizard.errors import StepRefused
from wizard.facts.asking import Unseen
from wizard.facts.manifest import LIMIT, Manifest, base_acl, survey
from wizard.facts.names import escaped
from wizard.hosts.base import Answer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "-top"
    (top / "sub").mkdir(parents=True)
    (top / "sub" / "a\nb\\c").write_text("")
    (top / "link").symlink_to("/etc")
    with open(os.fsencode(top) + b"/\xff\xfe", "wb"):  # noqa: PTH123 - not UTF-8
        pass
    (top / "sub").chmod(0o1750)
    return top


async def test_every_path_is_listed_whatever_its_name(tree: Path) -> None:
    manifest = await survey(ShellHost(), str(tree), recursive=True)

    top = os.fsencode(tree)
    names = [top, top + b"/sub", top + b"/sub/a\nb\\c", top + b"/link", top + b"/\xff\xfe"]
    assert set(manifest.entries) == {escaped(name) for name in names}
    assert next(iter(manifest.entries)) == escaped(top)


async def test_links_are_listed_and_never_followed(tree: Path) -> None:
    manifest = await survey(ShellHost(), str(tree), recursive=True)

    assert manifest.entries[escaped(os.fsencode(tree / "link"))].kind == "l"
    assert not any("passwd" in path for path in manifest.entries)


async def test_owner_group_and_mode_are_numbers(tree: Path) -> None:
    entry = (await survey(ShellHost(), str(tree), recursive=True)).entries[escaped(os.fsencode(tree / "sub"))]

    assert (entry.uid, entry.gid, entry.mode, entry.kind) == (os.getuid(), tree.stat().st_gid, "1750", "d")


async def test_without_recursion_only_the_top_is_listed(tree: Path) -> None:
    assert list((await survey(ShellHost(), str(tree), recursive=False)).entries) == [escaped(os.fsencode(tree))]


@pytest.mark.services
async def test_an_acl_is_listed_with_its_path(tree: Path) -> None:
    odd = tree / "sub" / "a\nb\\c"
    odd.chmod(0o640)
    subprocess.run(["setfacl", "-m", "u:1234:rw", "--", str(odd)], check=True)

    manifest = await survey(ShellHost(), str(tree), recursive=True)

    assert manifest.entries[escaped(os.fsencode(odd))].acl == (
        "user::rw-,user:1234:rw-,group::r--,mask::rw-,other::---"
    )
    assert [entry.acl for entry in manifest.entries.values()].count("") == len(manifest.entries) - 1


async def test_a_manifest_survives_json(tree: Path) -> None:
    manifest = await survey(ShellHost(), str(tree), recursive=True)

    assert Manifest.from_json(manifest.to_json()) == manifest


@pytest.mark.services
async def test_busybox_tells_the_same(tree: Path, tmp_path: Path) -> None:
    box = tmp_path / "bin"
    box.mkdir()
    busybox = shutil.which("busybox")
    assert busybox
    for name in ("stat", "find"):
        (box / name).symlink_to(busybox)

    plain = await survey(ShellHost(), str(tree), recursive=True)
    assert (await survey(ShellHost(path=[box]), str(tree), recursive=True)).entries == plain.entries


async def test_nothing_there_is_an_empty_manifest(tmp_path: Path) -> None:
    assert not (await survey(ShellHost(), str(tmp_path / "none"), recursive=True)).entries


async def test_a_part_that_cannot_be_read_is_an_error() -> None:
    answer = Answer(1, b"1 0 0 755 1 7 d\n/x\0", b"find: '/x/y': Permission denied\n")

    with pytest.raises(Unseen, match="Permission denied"):
        await survey(ScriptedHost(answer), "/x", recursive=True)


async def test_what_vanished_while_it_was_read_is_left_out() -> None:
    answer = Answer(1, b"1 0 0 755 1 7 d\n/x\0", b"find: '/x/temp-1.rdb': No such file or directory\n")

    assert list((await survey(ScriptedHost(answer), "/x", recursive=True)).entries) == ["/x"]


async def test_other_file_systems_are_set_apart() -> None:
    answer = Answer(0, b"1 0 0 755 1 7 d\n/x\0" + b"2 0 0 755 1 7 d\n/x/mnt\0")

    manifest = await survey(ScriptedHost(answer), "/x", recursive=True)

    assert (list(manifest.entries), manifest.foreign) == (["/x"], ("/x/mnt",))


async def test_a_file_of_an_overlay_is_its_directorys_own() -> None:
    answer = Answer(0, b"1 0 0 755 1 7 d\n/x\0" + b"2 0 0 644 1 7 f\n/x/dump.rdb\0")

    assert list((await survey(ScriptedHost(answer), "/x", recursive=True)).entries) == ["/x", "/x/dump.rdb"]


async def test_a_huge_tree_is_refused() -> None:
    answer = Answer(0, b"".join(b"1 0 0 755 1 7 f\n/x/%d\0" % number for number in range(LIMIT + 1)))

    with pytest.raises(StepRefused, match="more than"):
        await survey(ScriptedHost(answer), "/x", recursive=True)


def test_a_mode_as_an_acl() -> None:
    assert base_acl("4751") == "user::rwx,group::r-x,other::--x"
