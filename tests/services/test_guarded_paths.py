"""The functions by which a script reaches a path and acts on it, in each shell, and with busybox's tools."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from wizard.facts.guarded import REFUSED, entering, library

ALL = library("enter", "hold", "private", "guard_tree", "give_tree", "leave_private")
TOOLS = ("awk", "cat", "chmod", "chown", "find", "id", "ln", "mkdir", "mktemp", "mv", "readlink", "rm", "rmdir", "stat")

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


class Shell:
    """One shell with the tools that it finds."""

    def __init__(self, argv: list[str], path: str) -> None:
        self._argv = argv
        self._environment = {**os.environ, "PATH": path}

    def run(self, script: str, *, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run a script that calls the functions, in a mount namespace of its own where something comes before."""
        argv = [*self._argv, "-c", f"set -eu\n{ALL}{script}"]
        if before:
            user = [] if os.geteuid() == 0 else ["--map-root-user"]
            argv = ["unshare", *user, "--mount", "/bin/sh", "-c", f'{before} && exec "$@"', "sh", *argv]
        return subprocess.run(
            argv, env=self._environment, capture_output=True, text=True, check=False, cwd="/", timeout=60
        )


@pytest.fixture(params=["dash", "bash", "mksh", "busybox", "busybox tools"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    if "busybox" not in request.param:
        return Shell([request.param], os.environ["PATH"])
    busybox = shutil.which("busybox")
    assert busybox
    path = os.environ["PATH"]
    if request.param == "busybox tools":
        box = tmp_path / "box"
        box.mkdir()
        for name in TOOLS:
            (box / name).symlink_to(busybox)
        path = f"{box}:{path}"
    return Shell([busybox, "sh"], path)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A directory that others can write to, below one that they cannot."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    return tmp_path / "shared"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir(mode=0o700)
    (tmp_path / "outside" / "victim").write_text("root:only\n")
    (tmp_path / "outside" / "victim").chmod(0o600)
    return tmp_path / "outside" / "victim"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("way", ["{0}/a b", "{0}//a b/.", "{0}/a b/../a b", "{0}/there", "{0}/up", "{0}/there/../a b/"])
def test_a_directory_is_entered_over_links_that_only_we_can_make(shell: Shell, tmp_path: Path, way: str) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "there").symlink_to(tmp_path / "a b")
    (tmp_path / "up").symlink_to("../" + tmp_path.name + "/a b")

    done = shell.run(f'enter "{way.format(tmp_path)}"; printf %s "$here"')

    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/a b"), done


@pytest.mark.parametrize("name", ["end\n", "\n", "two\n\n", "a\nb", " \n "])
def test_a_directory_is_known_by_its_whole_name_with_newlines_at_its_end(
    shell: Shell, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(name)
    written = shlex.quote(name)

    for way in (f"enter {tmp_path}; into {written}", f"enter {tmp_path}/{written}", f"enter {tmp_path}/link"):
        done = shell.run(f'{way}; printf %s "$here"')

        assert (done.returncode, done.stdout) == (0, f"{tmp_path}/{name}"), done


def test_a_link_is_not_taken_for_the_directory_whose_name_it_has_but_for_a_newline(shell: Shell, shared: Path) -> None:
    (shared / "real\n").mkdir()
    (shared / "real").symlink_to("real\n")

    assert shell.run(f"enter {shared}; into real").returncode == 1
    assert shell.run(f"enter {shared}/real").returncode == REFUSED


def test_a_link_that_others_can_make_is_refused_and_named(shell: Shell, shared: Path, victim: Path) -> None:
    (shared / "link").symlink_to(victim.parent)
    (shared.parent / "ours").symlink_to(shared / "link")

    for way in (shared / "link", shared.parent / "ours", shared / "link" / "below"):
        done = shell.run(f"enter {way}; echo entered")

        assert (done.returncode, done.stdout) == (REFUSED, "")
        assert done.stderr.startswith(f"{shared}/link is a symbolic link")


def test_links_in_a_circle_end(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    assert "goes round in a circle" in shell.run(f"enter {tmp_path}/a").stderr


def test_what_is_not_there_is_told_as_the_tools_tell_it(shell: Shell, tmp_path: Path) -> None:
    done = shell.run(f"enter {tmp_path}/none/below || exit 1")

    assert done.returncode == 1
    assert done.stderr.strip().endswith("No such file or directory")


def test_a_file_that_is_held_is_changed_whatever_becomes_of_its_name(shell: Shell, shared: Path, victim: Path) -> None:
    (shared / "a").write_text("")

    done = shell.run(
        f"{entering(f'{shared}/a')}\nhold a\nmv a b; ln -s {victim} a\nact chmod 0604 --; act stat -Lc %h --"
    )

    assert (done.returncode, done.stdout) == (0, "1\n"), done
    assert (mode(shared / "b"), mode(victim)) == (0o604, 0o600)


def test_a_directory_that_is_held_is_changed_whatever_becomes_of_its_name(
    shell: Shell, shared: Path, victim: Path
) -> None:
    (shared / "d").mkdir()

    done = shell.run(f"enter {shared}\nhold d\nmv ../d ../e; ln -s {victim.parent} ../d\nact chmod 0705 --")

    assert done.returncode == 0, done
    assert (mode(shared / "e"), mode(victim.parent)) == (0o705, 0o700)


def test_a_file_with_another_name_elsewhere_is_not_held(shell: Shell, shared: Path, victim: Path) -> None:
    (shared / "a").hardlink_to(victim)

    done = shell.run(f'enter {shared}\nhold a || echo "$why"')

    assert "other names (hard links)" in done.stdout


def test_a_link_where_others_can_write_is_held_by_its_name_alone(shell: Shell, shared: Path, victim: Path) -> None:
    (shared / "a").symlink_to(victim)

    done = shell.run(f'enter {shared}\nhold a; printf "%s" "$kind $fleeting"')

    assert done.stdout == "l yes"


def test_a_pipe_is_not_waited_for(shell: Shell, shared: Path) -> None:
    os.mkfifo(shared / "a")

    assert shell.run(f'enter {shared}\nhold a; printf "%s" "$kind"').stdout == "o"


def test_what_is_made_in_private_lands_right_though_the_place_and_the_room_are_renamed(
    shell: Shell, shared: Path, victim: Path
) -> None:
    (shared / "place").mkdir()
    (shared / "place" / "a").symlink_to(victim)
    moved = f'mv ../../place ../../away; ln -s {victim.parent} ../../place; mv "../$room" ../other'

    done = shell.run(f"enter {shared}/place\nprivate .new a\necho new >a\n{moved}\nmv -f ./a ..")

    assert done.returncode == 0, done
    assert (shared / "away" / "a").read_text() == "new\n"
    assert not (shared / "away" / "a").is_symlink()
    assert [path.name for path in victim.parent.iterdir()] == ["victim"]
    assert victim.read_text() == "root:only\n"


def test_nothing_private_stays_and_what_was_left_is_removed(shell: Shell, shared: Path) -> None:
    (shared / ".new.abcdef").mkdir(mode=0o700)
    for name in (".wizard-room-abcdef", "a", "a.was", "a.kept-1"):
        (shared / ".new.abcdef" / name).write_text("half")
    (shared / ".new.ghijkl").mkdir(mode=0o700)
    (shared / ".new.theirs").mkdir(mode=0o755)
    (shared / ".new.file").write_text("")

    done = shell.run(f"enter {shared}\nprivate .new a\necho new >a; mv -f ./a ..")

    assert done.returncode == 0, done
    assert {path.name for path in shared.iterdir()} == {"a", ".new.theirs", ".new.file"}


@pytest.mark.parametrize("more", [[], [".wizard-room-bcdefg"], [".wizard-room-abcdef", "b"]])
def test_what_was_only_moved_to_the_name_of_a_room_is_left_with_all_in_it(
    shell: Shell, shared: Path, more: list[str]
) -> None:
    moved = shared / ".new.abcdef"
    moved.mkdir(mode=0o700)
    for name in ["a", *more]:
        (moved / name).write_text("the only copy")

    done = shell.run(f"enter {shared}\nprivate .new a\necho new >a; mv -f ./a ..")

    assert done.returncode == 0, done
    assert {path.name for path in shared.iterdir()} == {"a", ".new.abcdef"}
    assert {path.name for path in moved.iterdir()} == {"a", *more}


def test_what_a_script_that_is_killed_leaves_is_known_for_its_own(shell: Shell, shared: Path) -> None:
    killed = shell.run(f"enter {shared}\nprivate .new a\necho half >a; kill -9 $$")
    left = [path.name for path in shared.iterdir()]

    done = shell.run(f"enter {shared}\nprivate .new a\necho new >a; mv -f ./a ..")

    assert (killed.returncode, len(left), done.returncode) == (-9, 1, 0), (killed, done)
    assert [path.name for path in shared.iterdir()] == ["a"]


def test_no_acl_that_others_laid_down_for_what_is_made_there_is_inherited(shell: Shell, shared: Path) -> None:
    subprocess.run(["setfacl", "-dm", "u:65534:rwx,g::rwx", str(shared)], check=True)

    done = shell.run(f"enter {shared}\nprivate .new a\necho new >a; chmod 0640 a; mv -f ./a ..")

    assert done.returncode == 0, done
    assert os.listxattr(shared / "a") == []
    assert mode(shared / "a") == 0o640


@pytest.mark.parametrize("acl", ["", "u:65534:rwx", "u:65534:rwx,g::-,m::-,o::-"])
def test_such_an_acl_is_refused_where_it_cannot_be_removed(shell: Shell, shared: Path, acl: str) -> None:
    if acl:
        subprocess.run(["setfacl", "-dm", acl, str(shared)], check=True)

    done = shell.run(f"setfacl() {{ return 1; }}\nenter {shared}\nprivate .new a\necho new >a; mv -f ./a ..")

    assert done.returncode == (REFUSED if acl else 0), done
    assert ("has an ACL of the directory above" in done.stderr) == bool(acl)
    assert [path.name for path in shared.iterdir()] == ([] if acl else ["a"])


def test_a_directory_that_was_moved_to_the_name_of_the_room_is_not_worked_in(shell: Shell, shared: Path) -> None:
    (shared / "backup").mkdir(mode=0o700)
    (shared / "backup" / "a").write_text("the only copy")
    swap = "mktemp() { mv backup .new.abcdef && echo ./.new.abcdef; }"

    done = shell.run(f"{swap}\nenter {shared}\nprivate .new a\necho new >a")

    assert done.returncode == REFUSED, done
    assert (shared / ".new.abcdef" / "a").read_text() == "the only copy"


def test_a_tree_with_a_file_that_has_other_names_is_refused_with_it_named(
    shell: Shell, shared: Path, victim: Path
) -> None:
    (shared / "one").write_text("")
    (shared / "two").hardlink_to(shared / "one")
    (shared / "theirs").hardlink_to(victim)

    done = shell.run(f"enter {shared}\nguard_tree")

    assert done.returncode == REFUSED
    assert "./theirs" in done.stderr
    assert "./one" not in done.stderr


@pytest.mark.parametrize("decoy", ["a\n2 {} b", "a\n{}", "\n2 {}\n2 {}\n"])
def test_no_name_of_a_file_is_counted_for_another_one(shell: Shell, shared: Path, victim: Path, decoy: str) -> None:
    (shared / "theirs").hardlink_to(victim)
    seen = victim.stat()
    lines = shared / decoy.replace("{}", f"{seen.st_dev}:{seen.st_ino}")
    lines.write_text("")
    (shared / "as\nwell").hardlink_to(lines)

    done = shell.run(f"enter {shared}\nguard_tree")

    assert done.returncode == REFUSED, done
    assert f"./theirs (inode {seen.st_ino})" in done.stderr
    assert "well" not in done.stderr


def test_a_file_with_lines_in_its_name_and_another_name_elsewhere_is_refused(
    shell: Shell, shared: Path, victim: Path
) -> None:
    (shared / "a\n2 0:1 b").hardlink_to(victim)

    assert shell.run(f"enter {shared}\nguard_tree").returncode == REFUSED


def test_a_tree_of_others_is_refused_where_anybody_may_link_any_file(
    shell: Shell, shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "off").write_text("0\n")
    ours = tmp_path / "ours"
    ours.mkdir(mode=0o755)
    off = f"mount --bind {tmp_path}/off /proc/sys/fs/protected_hardlinks"

    refused = shell.run(f"enter {shared}\nguard_tree", before=off)
    taken = shell.run(f"enter {ours}\nguard_tree", before=off)

    assert (refused.returncode, taken.returncode) == (REFUSED, 0), (refused, taken)
    assert "fs.protected_hardlinks is off" in refused.stderr


@only_root
def test_a_tree_is_given_away_with_all_in_it_and_nothing_outside(shell: Shell, shared: Path, victim: Path) -> None:
    (shared / "d" / ".hidden" / "-x").mkdir(parents=True)
    (shared / "d" / ".hidden" / "-x" / "a b\n").write_text("")
    (shared / "..odd").write_text("")
    (shared / "d" / "link").symlink_to(victim.parent)
    (shared / "file").symlink_to(victim)
    (shared / "stays").mkdir()

    done = shell.run(f"enter {shared}\ngive_tree 77:78 ! -path ./stays \\( ! -user 77 -o ! -group 78 \\)")

    assert done.returncode == 0, done
    every = [path for path in [shared, *shared.rglob("*")] if path.name != "stays"]
    assert len(every) == 8
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in every} == {(77, 78)}
    assert (victim.stat().st_uid, victim.parent.stat().st_uid) == (0, 0)
