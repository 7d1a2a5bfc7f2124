"""An attempt's output on disk: masked, private, and exact about how far it has come."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from wizard.errors import HostError, JournalUnwritable, UsageError
from wizard.output import OutputFile, tail
from wizard.redact import Redactor

SECRET = "hunter2-secret"
MASKED = "«masked»".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output" / "ownership.chown.1"


@pytest.fixture
def output(path: Path) -> OutputFile:
    return OutputFile(path, Redactor([SECRET]))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_user_can_read_it_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        OutputFile(path, Redactor([])).close()
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"old")
    path.chmod(0o644)
    OutputFile(path, Redactor([])).close()
    assert mode(path) == 0o600


def test_a_directory_open_to_others_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o755)
    with pytest.raises(UsageError, match="open to others"):
        OutputFile(path, Redactor([]))


def test_a_secret_split_over_two_writes_is_neither_shown_nor_stored(output: OutputFile, path: Path) -> None:
    shown = output.write(0, b"pw hunter2-")
    shown += output.write(11, b"secret\nnext\n")
    shown += output.close()
    assert shown == path.read_bytes() == b"pw " + MASKED + b"\nnext\n"


def test_the_checkpoint_speaks_of_the_bytes_of_the_host(output: OutputFile) -> None:
    sent = b"pw hunter2-secret\n"
    output.write(0, sent)
    assert output.host_offset == len(sent)
    assert output.checkpoint() == {
        "host_offset": len(sent),
        "sha256": hashlib.sha256(sent).hexdigest(),
        "stored": len(b"pw " + MASKED + b"\n"),
        "kept_sha256": hashlib.sha256(b"pw " + MASKED + b"\n").hexdigest(),
    }


def test_bytes_that_came_before_are_passed_over(output: OutputFile, path: Path) -> None:
    output.write(0, b"one two ")
    assert output.write(4, b"two three\n") == b"three\n"
    assert output.write(0, b"one") == b""
    output.close()
    assert path.read_bytes() == b"one two three\n"
    assert output.checkpoint()["sha256"] == hashlib.sha256(b"one two three\n").hexdigest()


def test_missing_bytes_are_an_error_and_nothing_is_stored(output: OutputFile, path: Path) -> None:
    with pytest.raises(HostError, match="5 bytes of output are missing"):
        output.write(5, b"late")
    output.close()
    assert path.read_bytes() == b""


def test_after_a_crash_the_first_write_replaces_what_was_there(output: OutputFile, path: Path) -> None:
    output.write(0, b"first half, ")
    again = OutputFile(path, Redactor([SECRET]))
    assert path.read_bytes() == b"first half, "
    again.write(0, b"first half, second half\n")
    again.close()
    assert path.read_bytes() == b"first half, second half\n"


def test_old_output_is_replaced_even_when_the_first_bytes_are_kept_back(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"old")
    output = OutputFile(path, Redactor([SECRET]))
    assert output.write(0, b"hunter2") == b""
    output.write(7, b" was not it\n")
    output.close()
    assert path.read_bytes() == b"hunter2 was not it\n"


def test_what_was_there_stays_when_nothing_new_comes(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"all there is\n")
    OutputFile(path, Redactor([])).close()
    assert path.read_bytes() == b"all there is\n"


def test_restart_begins_again_at_offset_zero(output: OutputFile, path: Path) -> None:
    output.write(0, b"half hunter2-")
    output.restart()
    nothing = hashlib.sha256().hexdigest()
    assert output.checkpoint() == {"host_offset": 0, "sha256": nothing, "stored": 0, "kept_sha256": nothing}
    output.write(0, b"half and whole\n")
    output.close()
    assert path.read_bytes() == b"half and whole\n"


def test_output_that_goes_on_elsewhere_does_not_end_with_half_a_secret(output: OutputFile, path: Path) -> None:
    output.write(0, b"pw hunter2-sec")
    assert output.close(cut=True) == MASKED
    assert path.read_bytes() == b"pw " + MASKED


def test_leaving_by_an_exception_masks_half_a_secret(path: Path) -> None:
    with pytest.raises(HostError), OutputFile(path, Redactor([SECRET])) as output:
        output.write(len(output.write(0, b"pw hunter2-sec")) + 1000, b"a gap")
    assert path.read_bytes() == b"pw " + MASKED


def test_closing_twice_does_nothing(output: OutputFile) -> None:
    output.write(0, b"hun")
    assert output.close() == b"hun"
    assert output.close() == b""


@pytest.mark.parametrize("plant", [Path.symlink_to, Path.hardlink_to])
def test_a_planted_link_is_not_followed(path: Path, tmp_path: Path, plant: Callable[[Path, Path], None]) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    path.parent.mkdir(mode=0o700)
    plant(path, victim)
    with pytest.raises(JournalUnwritable):
        OutputFile(path, Redactor([]))
    assert victim.read_bytes() == b"precious"


def test_a_planted_pipe_does_not_hang_us(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    os.mkfifo(path)
    with pytest.raises(JournalUnwritable):
        OutputFile(path, Redactor([]))


def test_a_full_disk_is_told_in_words(output: OutputFile) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, output._descriptor)
    os.close(full)
    output._stale = False
    with pytest.raises(JournalUnwritable, match="No space left"):
        output.write(0, b"text\n")


def test_the_tail_is_whole_lines(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"first line\nsecond\nthird\n")
    assert tail(path, 100) == b"first line\nsecond\nthird\n"
    assert tail(path, 15) == b"second\nthird\n"
    assert tail(path, 13) == b"second\nthird\n"
    assert tail(path, 12) == b"third\n"


def test_the_tail_of_one_long_line_is_its_end(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 100 + b"end\n")
    assert tail(path, 6) == b"xxend\n"


def test_the_tail_of_no_file_is_empty(path: Path) -> None:
    assert tail(path, 10) == b""


def test_the_tail_does_not_follow_a_link(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("/etc/passwd")
    with pytest.raises(JournalUnwritable):
        tail(path, 10)
