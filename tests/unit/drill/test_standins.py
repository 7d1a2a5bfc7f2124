"""Stand-ins in this process, on a ledger of their own: the same words as the real tools where both can be asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.drill.faults import NOTHING
from wizard.drill.host import standin
from wizard.drill.host.__main__ import build
from wizard.drill.host.orders import Orders
from wizard.drill.host.state import PracticeHost
from wizard.drill.layout import Layout
from wizard.drill.standins.call import UNMODELLED, Call, Reply, UnmodelledError
from wizard.drill.standins.table import STANDINS


@pytest.fixture
def host(tmp_path: Path) -> PracticeHost:
    layout = Layout(tmp_path)
    for folder in layout.folders():
        folder.mkdir(parents=True, exist_ok=True)
    for folder in layout.host.rglob("*"):
        folder.chmod(0o755)
    return build(Orders(str(tmp_path), 0, 0, 0, "", "", None, ""), NOTHING)


async def called(host: PracticeHost, name: str, *words: str, uid: int = 0) -> Reply:
    return await STANDINS[name](Call(uid, os.environ["PATH"], host.layout.data, name, words), host)


def real(host: PracticeHost, *words: str) -> str:
    done = subprocess.run(
        words, cwd=host.layout.data, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.stdout


@pytest.fixture
def tree(host: PracticeHost) -> Path:
    top = host.layout.data
    (top / "sub").mkdir(mode=0o750)
    for name, mode in (("a", 0o644), ("sub/b", 0o600), ("with blank", 0o4755)):
        (top / name).write_text(name)
        (top / name).chmod(mode)
    (top / "link").symlink_to("a")
    return top


@pytest.mark.parametrize(
    "words",
    [
        "-prune -printf %m:%y:%p\\n",
        "-xdev -printf %D:%m:%y:%p\\0",
        "-xdev ! -type l -printf %p\\n",
        "-xdev ( -type f -o -type l ) -printf %p\\n",
        "-xdev -type f ! -perm -0020 ! -perm -0002 -printf %p\\n",
        "-xdev -type f -perm -0040",
        "-xdev -type f -exec ls -d {} +",
    ],
)
async def test_find_walks_and_tests_as_the_real_one(host: PracticeHost, tree: Path, words: str) -> None:
    separator = "\0" if "\\0" in words else "\n"
    told = await called(host, "find", str(tree), *words.split())
    expected = real(host, "find", str(tree), *words.split())
    assert sorted(told.out.split(separator)) == sorted(expected.split(separator))


@pytest.mark.parametrize("form", ["%f %h %s", "%a", "%F", "%n"])
async def test_stat_says_of_a_file_what_the_real_one_says(host: PracticeHost, tree: Path, form: str) -> None:
    paths = [str(tree / name) for name in ("a", "sub", "link", "with blank")]
    told = await called(host, "stat", "-c", form, "--", *paths)
    assert told.out == real(host, "stat", "-c", form, "--", *paths)


@pytest.mark.parametrize("mode", ["0600", "u+rwx", "g-w", "a+x", "00755", "+x"])
async def test_chmod_sets_what_the_real_one_sets(host: PracticeHost, tree: Path, mode: str) -> None:
    twin = tree / "twin"
    twin.touch(0o664)
    twin.chmod(0o664)
    (tree / "a").chmod(0o664)
    await called(host, "chmod", mode, "--", str(tree / "a"))
    real(host, "chmod", mode, str(twin))
    assert (tree / "a").stat().st_mode == twin.stat().st_mode


async def test_what_is_not_there_is_complained_of_in_the_tools_own_words(host: PracticeHost) -> None:
    gone = str(host.layout.data / "gone")
    assert (await called(host, "stat", "-c", "%U", "--", gone)).err.endswith("No such file or directory\n")
    assert (await called(host, "find", gone, "-prune", "-printf", "%p")).err.endswith("No such file or directory\n")
    assert (await called(host, "getent", "passwd", "redis-stack")).status == 2
    assert (await called(host, "id", "-u", "redis-stack")).status == 1


async def test_find_gives_away_only_what_is_not_yet_as_it_should_be(host: PracticeHost, tree: Path) -> None:
    host.ledger.own(tree / "a", 106, 112)
    wrong = ["(", "!", "-user", "redis", "-o", "!", "-group", "redis", ")"]
    told = await called(host, "find", str(tree), "-xdev", *wrong, "-exec", "echo", "{}", "+")
    assert str(tree / "a") not in told.out.split()
    assert str(tree / "sub/b") in told.out.split()


async def test_an_entry_goes_with_its_file_and_no_other_file_inherits_it(host: PracticeHost, tree: Path) -> None:
    host.ledger.own(tree / "a", 106, 112)
    (tree / "a").rename(tree / "moved")
    (tree / "a").write_text("new")
    assert host.ledger.facts(tree / "moved").uid == 106
    assert host.ledger.facts(tree / "a").uid == 0
    (tree / "moved").unlink()
    host.ledger.adopt()
    for number in range(50):
        (tree / f"later{number}").touch()
        assert host.ledger.facts(tree / f"later{number}").uid == 0


async def test_what_a_process_wrote_stays_its_accounts_when_another_takes_over(host: PracticeHost, tree: Path) -> None:
    host.ledger.tenant = 1000
    (tree / "dump.rdb").write_text("by autobot")
    host.ledger.adopt()
    host.ledger.tenant = 106
    (tree / "new").write_text("by redis")
    assert [host.ledger.facts(tree / name).uid for name in ("dump.rdb", "new")] == [1000, 106]


async def test_an_immutable_file_is_not_given_away_even_by_root(host: PracticeHost, tree: Path) -> None:
    host.ledger.record(tree / "a").immutable = True
    told = await called(host, "chown", "redis:redis", "--", str(tree / "a"), str(tree / "sub"))
    assert told.status == 1
    assert "a': Operation not permitted" in told.err
    assert host.ledger.facts(tree / "sub").uid == 106


async def test_a_set_access_list_is_shown_as_it_was_set(host: PracticeHost, tree: Path) -> None:
    entries = "user::rwx,user:1000:rwx,group::r-x,mask::r-x,other::---"
    await called(host, "setfacl", "--set", entries, "--", str(tree / "a"))
    shown = (await called(host, "getfacl", "-cnpE", "--", str(tree / "a"))).out
    assert shown.split() == entries.split(",")
    assert host.ledger.facts(tree / "a").access.mode == 0o750
    await called(host, "setfacl", "-b", "--", str(tree / "a"))
    assert (await called(host, "getfacl", "-cnps", "--", str(tree / "a"))).out == ""


async def test_a_unit_that_does_not_exist_answers_as_systemd_does(host: PracticeHost) -> None:
    told = await called(host, "systemctl", "show", "-p", "LoadState,Result", "--", "nonesuch")
    assert told == Reply(out="LoadState=not-found\nResult=success\n")
    assert (await called(host, "systemctl", "start", "--", "nonesuch")).status == 5


async def test_a_drop_in_beats_the_unit_once_it_was_read(host: PracticeHost) -> None:
    unit = host.layout.unit_file
    unit.write_text("[Service]\nUser=redis\nExecStart=/bin/true\n")
    host.manager.reload()
    Path(f"{unit}.d").mkdir()
    Path(f"{unit}.d/override.conf").write_text("[Service]\nUser=autobot\nNonsense=1\n")
    show = ["show", "-p", "User,NeedDaemonReload", "--", host.manager.name]
    assert (await called(host, "systemctl", *show)).out == "User=redis\nNeedDaemonReload=yes\n"
    await called(host, "systemctl", "daemon-reload")
    assert (await called(host, "systemctl", *show)).out == "User=autobot\nNeedDaemonReload=no\n"
    verified = await called(host, "systemd-analyze", "verify", str(unit))
    assert verified.status == 1
    assert "Unknown key name 'Nonsense'" in verified.err


async def test_the_journal_is_read_from_a_cursor_by_unit_and_by_invocation(host: PracticeHost) -> None:
    host.journal.write("of another", _SYSTEMD_UNIT="other.service")
    cursor = (
        (await called(host, "journalctl", "-q", "-n", "0", "--show-cursor")).out.removeprefix("-- cursor: ").strip()
    )
    host.journal.write("of ours", _SYSTEMD_UNIT=host.manager.name, _SYSTEMD_INVOCATION_ID="7")
    host.journal.write("about ours", UNIT=host.manager.name, INVOCATION_ID="7")
    told = await called(host, "journalctl", "-o", "cat", f"--cursor={cursor}", "-u", host.manager.name)
    assert told.out == "of ours\nabout ours\n"
    both = ["_SYSTEMD_INVOCATION_ID=7", "+", "INVOCATION_ID=7"]
    assert (await called(host, "journalctl", "-o", "cat", *both)).out == "of ours\nabout ours\n"
    assert (await called(host, "journalctl", "--cursor=s=gone")).status == 1


async def test_setpriv_tells_what_an_account_may_do_by_the_ledger(host: PracticeHost, tree: Path) -> None:
    host.ledger.own(tree / "sub", 106, 112)
    words = ["--clear-groups", "test", "-w", str(tree / "sub")]
    assert (await called(host, "setpriv", "--reuid=redis", *words)).status == 0
    assert (await called(host, "setpriv", "--reuid=1000", *words)).status == 1
    with pytest.raises(UnmodelledError):
        await called(host, "setpriv", "--reuid=redis", *words, uid=1000)


def test_without_a_practice_host_a_stand_in_fails_loudly(tmp_path: Path) -> None:
    words = [sys.executable, "-IS", str(Path(standin.__file__)), str(tmp_path / "no door"), "stat", "-c", "%U", "/"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == UNMODELLED
    assert done.stderr == "stat: the practice host does not answer\n"
