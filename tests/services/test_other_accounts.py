"""Files of another account, real ones: what is theirs is neither believed nor written into. It needs root."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, checklist, phase, step

THEM = pwd.getpwnam("nobody")
LOOKS = checklist(phase(step("one", "command: 'echo ok', read_only: true")))


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    assert os.getuid() == 0, "a second account can only be acted for by root: run these as root"
    return Wizard(tmp_path)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A directory as ``/tmp`` is: anybody writes there, and nobody removes what is another's."""
    path = tmp_path / "shared"
    path.mkdir()
    path.chmod(0o1777)
    return path


def theirs(path: Path) -> Path:
    os.chown(path, THEM.pw_uid, THEM.pw_gid, follow_symlinks=False)
    return path


def directory_of_theirs(path: Path, mode: int) -> Path:
    path.mkdir()
    path.chmod(mode)
    return theirs(path)


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o600])
def test_answers_of_another_account_open_no_gate(wizard: Wizard, shared: Path, mode: int) -> None:
    answers = shared / "answers.yaml"
    answers.write_text("one: {answer: skip, reason: I said so}\n")
    answers.chmod(mode)
    theirs(answers)
    done = wizard("run", wizard.write(LOOKS), "--headless", "--run-dir", wizard.directory, "--answers", answers)
    assert done.exit_status == 2
    assert f"{answers}: it belongs to nobody. Read it, and copy it to a file of yours" in done.stderr
    assert not (wizard.directory / "events.jsonl").exists()


@pytest.mark.parametrize("option", ["--answers", "--inputs"])
def test_a_link_of_another_account_is_not_followed_to_a_file_of_ours(wizard: Wizard, shared: Path, option: str) -> None:
    mine = wizard.write("{}\n", "mine.yaml")
    mine.chmod(0o600)
    (shared / "link").symlink_to(mine)
    theirs(shared / "link")
    done = wizard("run", wizard.write(LOOKS), "--headless", "--run-dir", wizard.directory, option, shared / "link")
    assert done.exit_status == 2
    assert "symbolic link" in done.stderr


def run_directories(shared: Path, private: Path) -> dict[str, Path]:
    (shared / "link").symlink_to(private)
    (shared / "dangling").symlink_to(private.parent / "absent")
    for name in ("link", "dangling"):
        theirs(shared / name)
    return {
        "theirs, 777": directory_of_theirs(shared / "open", 0o777),
        "theirs, 700": directory_of_theirs(shared / "closed", 0o700),
        "a link of theirs to a private directory of ours": shared / "link",
        "below a directory of theirs": directory_of_theirs(shared / "above", 0o777) / "run",
        "below a directory of theirs that nobody else writes": directory_of_theirs(shared / "home", 0o755) / "run",
        "a dangling link of theirs": shared / "dangling",
    }


def test_a_run_is_kept_nowhere_where_another_account_could_change_it(wizard: Wizard, shared: Path) -> None:
    private = wizard.home / "private"
    private.mkdir(mode=0o700)
    for name in ("lock", "report.md"):
        (private / name).write_text("mine")
    for case, directory in run_directories(shared, private).items():
        done = wizard("run", wizard.write(LOOKS), "--headless", "--run-dir", directory)
        assert (case, done.exit_status) == (case, 2)
        assert "nobody" in done.stderr, case
    assert {path.name: path.read_text() for path in private.iterdir()} == {"lock": "mine", "report.md": "mine"}
    assert not (wizard.home / "absent").exists()
    assert list((shared / "above").iterdir()) == list((shared / "home").iterdir()) == []


@pytest.mark.parametrize("command", ["resume", "rollback", "note", "handover"])
def test_a_run_of_another_account_is_not_gone_on_with(wizard: Wizard, command: str) -> None:
    done = wizard.run(LOOKS, answers="end: pause\n")
    for path in [wizard.directory, *wizard.directory.rglob("*")]:
        theirs(path)
    before = (wizard.directory / "events.jsonl").read_bytes()
    words = ["--headless"] if command in {"resume", "rollback"} else ["a word"] if command == "note" else []
    refused = wizard(command, wizard.directory, *words)
    assert refused.exit_status == 2, refused.stderr
    assert (wizard.directory / "events.jsonl").read_bytes() == before
    assert wizard("report", done.directory).exit_status == 0


@pytest.mark.parametrize("command", ["report", "handover"])
def test_a_file_that_another_account_made_is_replaced_and_not_written_into(
    wizard: Wizard, shared: Path, command: str
) -> None:
    wizard.run(LOOKS)
    waiting = shared / "x"
    waiting.write_text("")
    waiting.chmod(0o666)
    theirs(waiting)
    with waiting.open() as held:
        done = wizard(command, wizard.directory, "-o", waiting)
        assert done.exit_status == 0, done.stderr
        assert held.read() == ""
    seen = waiting.stat()
    assert (seen.st_uid, stat.S_IMODE(seen.st_mode)) == (0, 0o600)
    assert "a trial" in waiting.read_text().lower()


def test_a_report_is_not_written_through_a_link_or_into_a_directory_of_others(wizard: Wizard, shared: Path) -> None:
    wizard.run(LOOKS)
    victim = wizard.write("mine", "victim")
    (shared / "link").symlink_to(victim)
    theirs(shared / "link")
    for path in (shared / "link", directory_of_theirs(shared / "home", 0o755) / "report.md"):
        done = wizard("report", wizard.directory, "-o", path)
        assert done.exit_status == 2, path
        assert "belongs to nobody" in done.stderr
    assert victim.read_text() == "mine"
    assert list((shared / "home").iterdir()) == []
