"""What is read for decisions, or written to: whose it is is looked at first, and nothing of others is written into."""

import grp
import os
import pwd
import stat
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from wizard import owned, paths
from wizard.errors import UsageError

OURS = b"one: accept\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "place"
    path.mkdir(mode=0o755)
    return path


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on we are somebody else, and no system directory is ours: what was made so far is another account's."""

    def become() -> None:
        nobody = max(os.getuid(), 4711) + 1
        monkeypatch.setattr(owned, "_trusted", lambda: {nobody})
        monkeypatch.setattr(owned, "_need_safe", lambda *_: None)
        monkeypatch.setattr(os, "geteuid", lambda: nobody)

    return become


def made(path: Path, mode: int = 0o644, data: bytes = OURS) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("given", [0o600, 0o644, 0o444, 0o755])
def test_a_file_of_ours_that_others_cannot_write_is_read(place: Path, given: int) -> None:
    assert owned.read(made(place / "answers", given), 100) == OURS


def test_a_file_in_a_checkout_is_read_through_a_link_of_ours_and_a_relative_path(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(place / "answers")
    (place / "deep").mkdir()
    (place / "link").symlink_to("deep")
    (place / "deep" / "link").symlink_to("../answers")
    monkeypatch.chdir(place / "deep")
    assert owned.read(Path("../link/./link"), 100) == OURS


@pytest.mark.parametrize("given", [0o646, 0o606, 0o666])
def test_a_file_that_anybody_can_write_is_refused(place: Path, given: int) -> None:
    with pytest.raises(UsageError, match=rf"can be written by others \(mode 0{given:o}\). Read it, then: chmod go-w"):
        owned.read(made(place / "answers", given), 100)


def account(name: str, uid: int, gid: int) -> pwd.struct_passwd:
    return pwd.struct_passwd((name, "x", uid, gid, "", "/", "/bin/sh"))


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From here on we are an account that has a group of its own, or one with what is said of it."""

    def become(
        name: str = "me", members: Sequence[str] = (), uid: int = 4711, others: Sequence[pwd.struct_passwd] = ()
    ) -> None:
        me = account("me", uid, 4711)

        def group(number: int) -> grp.struct_group:
            if not name:
                raise KeyError(number)
            return grp.struct_group((name, "x", number, list(members)))

        monkeypatch.setattr(os, "geteuid", lambda: uid)
        monkeypatch.setattr(pwd, "getpwuid", lambda _uid: me)
        monkeypatch.setattr(pwd, "getpwall", lambda: [me, *others])
        monkeypatch.setattr(grp, "getgrgid", group)

    return become


def seen(mode: int, gid: int) -> os.stat_result:
    return os.stat_result((stat.S_IFREG | mode, 1, 1, 1, 4711, gid, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("said", "gid", "open_to"),
    [
        ({}, 4711, {0o666}),
        ({"members": ["me"]}, 4711, {0o666}),
        ({"members": ["me", "bob"]}, 4711, {0o664, 0o666}),
        ({"name": "staff"}, 4711, {0o664, 0o666}),
        ({}, 4712, {0o664, 0o666}),
        ({"name": ""}, 4711, {0o664, 0o666}),
        ({"others": [account("bob", 4712, 4711)]}, 4711, {0o664, 0o666}),
        ({"others": [account("bob", 4712, 4712), account("my-other-name", 4711, 4711)]}, 4711, {0o666}),
        ({"uid": 0}, 4711, {0o664, 0o666}),
    ],
    ids=[
        "private group",
        "named in it too",
        "somebody else in it",
        "shared group",
        "not our first",
        "unknown group",
        "somebody else's first",
        "a second name of ours",
        "root's",
    ],
)
def test_a_group_that_is_ours_alone_is_nobody_else(
    own: Callable[..., None], place: Path, said: Mapping[str, Any], gid: int, open_to: set[int]
) -> None:
    own(**said)
    assert {mode for mode in (0o644, 0o664, 0o666) if owned.open_to(seen(mode, gid), place)} == open_to


@pytest.mark.parametrize("by", [Path, lambda path: os.open(path, os.O_RDONLY)], ids=["path", "descriptor"])
def test_whom_an_acl_lets_write_is_somebody_else(
    own: Callable[..., None], place: Path, by: Callable[[Path], Path | int]
) -> None:
    own()
    path = made(place / "answers", 0o664)
    at = by(path)
    assert not owned.open_to(seen(mode(path), 4711), at)
    subprocess.run(["setfacl", "-m", "u:65534:rw", str(path)], check=True)
    assert owned.open_to(seen(mode(path), 4711), at)
    subprocess.run(["setfacl", "-m", "m::r", str(path)], check=True)
    assert not owned.open_to(seen(mode(path), 4711), at)


def test_a_file_of_another_account_is_refused(place: Path, stranger: Callable[[], None]) -> None:
    made(place / "answers")
    stranger()
    with pytest.raises(UsageError, match=r"answers: it belongs to .*copy it to a file of yours"):
        owned.read(place / "answers", 100)


def test_a_link_of_another_account_is_not_followed(place: Path, stranger: Callable[[], None]) -> None:
    made(place / "answers")
    (place / "link").symlink_to("answers")
    stranger()
    for act in (owned.resolved, owned.place, lambda path: owned.read(path, 100)):
        with pytest.raises(UsageError, match="link is a symbolic link that belongs to "):
            act(place / "link")
    with pytest.raises(UsageError, match="link is a symbolic link that belongs to "):
        owned.write(place / "link", b"x")


def test_links_in_a_ring_end(place: Path) -> None:
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    with pytest.raises(UsageError, match="too many symbolic links"):
        owned.read(place / "a", 100)


@pytest.mark.parametrize("kind", ["directory", "fifo", "missing"])
def test_what_is_no_file_is_refused_at_once(place: Path, kind: str) -> None:
    path = place / "answers"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(UsageError, match=r"that is not a file|No such file|Is a directory"):
        owned.read(path, 100)


def test_what_the_shell_hands_over_is_read_and_written(place: Path) -> None:
    out, into = os.pipe()
    owned.write(Path(f"/dev/fd/{into}"), OURS)
    os.close(into)
    assert owned.read(Path(f"/dev/fd/{out}"), 100) == OURS
    os.close(out)
    descriptor = os.open(made(place / "open", 0o666), os.O_RDONLY)
    with pytest.raises(UsageError, match="can be written by others"):
        owned.read(Path(f"/proc/self/fd/{descriptor}"), 100)
    os.close(descriptor)


def test_a_private_file_is_read_by_its_owner_alone_and_through_no_link(place: Path) -> None:
    assert owned.read(made(place / "inputs", 0o600), 100, private=True) == OURS
    (place / "link").symlink_to("inputs")
    for path in (made(place / "open", 0o640), place / "link"):
        with pytest.raises(UsageError, match=r"others can read or own the file|cannot be read"):
            owned.read(path, 100, private=True)


@pytest.mark.parametrize("there", [None, 0o600, 0o666])
def test_a_file_is_written_as_a_new_one_that_nobody_else_reads(place: Path, there: int | None) -> None:
    path = place / "report.md"
    if there is not None:
        made(path, there, b"before")
    with (path if there is not None else made(place / "other")).open("rb") as before:
        owned.write(path, OURS)
        assert before.read() != OURS or there is None
    assert path.read_bytes() == OURS
    assert mode(path) == 0o600
    assert {one.name for one in place.iterdir()} <= {"report.md", "other"}


def test_a_link_of_ours_leads_to_what_is_replaced(place: Path) -> None:
    (place / "link").symlink_to("report.md")
    owned.write(place / "link", OURS)
    assert (place / "link").is_symlink()
    assert (place / "report.md").read_bytes() == OURS


@pytest.mark.parametrize(
    "act", [owned.write, lambda path, _data: paths.private_directory(path)], ids=["file", "directory"]
)
def test_nothing_is_put_where_others_may_write(place: Path, act: Callable[[Path, bytes], object]) -> None:
    place.chmod(0o777)
    with pytest.raises(UsageError, match=rf"{place} can be written by others \(mode 0777\)"):
        act(place / "new", OURS)
    with pytest.raises(UsageError, match="can be written by others"):
        act(place / "deep" / "new", OURS)
    assert list(place.iterdir()) == []
    place.chmod(0o1777)
    act(place / "new", OURS)
    assert [one.name for one in place.iterdir()] == ["new"]


def test_what_is_no_file_is_written_to_as_it_is(place: Path) -> None:
    owned.write(Path("/dev/null"), OURS)
    assert Path("/dev/null").is_char_device()
    os.mkfifo(place / "fifo")
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append((place / "fifo").read_bytes()))
    reader.start()
    owned.write(place / "fifo", OURS)
    reader.join()
    assert heard == [OURS]
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        owned.write(place, OURS)


def test_what_cannot_be_written_leaves_what_was_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(place / "report.md", 0o600, b"before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"report\.md: cannot be written: No space left on device"):
        owned.write(place / "report.md", OURS)
    assert [(one.name, one.read_bytes()) for one in place.iterdir()] == [("report.md", b"before")]


def test_a_run_directory_that_others_can_write_is_nobodys_record(place: Path) -> None:
    place.chmod(0o755)
    assert paths.own_directory(place) == place
    place.chmod(0o1777)
    with pytest.raises(UsageError, match="can be written by others"):
        paths.own_directory(place)
