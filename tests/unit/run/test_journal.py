import fcntl
import json
import os
import time
from pathlib import Path

import pytest

from wizard.errors import JournalUnwritable, RunDirectoryInUse
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import JOURNAL, Journal, read
from wizard.run.listing import LOCK


def journal(directory: Path, *secrets: str) -> Journal:
    return Journal(directory, Redactor(secrets), who="tester")


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    written = [writer.append(ev.NoteAdded(text)) for text in ("one", "two\nlines", "ünï\x1bcode")]
    writer.close()
    assert list(read(tmp_path).records) == written


def test_each_line_names_the_hash_of_the_one_before_so_that_a_change_shows(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    for number in range(5):
        writer.append(ev.NoteAdded(f"note {number}"))
    writer.close()
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b"note 2", b"note X"))
    reading = read(tmp_path)
    assert reading.broken is not None
    assert (reading.broken.line, reading.broken.why) == (4, "the line before it was changed")


def test_a_line_cut_off_by_a_crash_is_dropped_and_the_chain_goes_on(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    writer.append(ev.NoteAdded("kept"))
    writer.close()
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"v":1,"seq":2,"at"')
    assert read(tmp_path).torn == 19
    again = journal(tmp_path)
    again.append(ev.NoteAdded("after the crash"))
    again.close()
    reading = read(tmp_path)
    assert reading.broken is None
    assert [record.event for record in reading.records] == [ev.NoteAdded("kept"), ev.NoteAdded("after the crash")]


def test_a_broken_journal_is_not_written_on(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_bytes(b"not a line\n")
    with pytest.raises(JournalUnwritable, match="broken"):
        journal(tmp_path)


def test_a_second_writer_is_told_who_holds_the_run(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    with pytest.raises(RunDirectoryInUse, match=f"tester on .* process {os.getpid()}"):
        journal(tmp_path)
    writer.close()
    journal(tmp_path).close()


def test_who_only_looks_whether_the_lock_is_free_keeps_no_writer_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal(tmp_path).close()
    pauses = 0
    with (tmp_path / LOCK).open() as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)

        def pause(_seconds: float) -> None:
            """On a machine that has too much to do, whoever looks is held up meanwhile."""
            nonlocal pauses
            pauses += 1
            if pauses == 500:
                fcntl.flock(looked_at, fcntl.LOCK_UN)

        monkeypatch.setattr(time, "sleep", pause)
        journal(tmp_path).close()
    assert pauses == 500


def test_secrets_are_masked_wherever_they_stand(tmp_path: Path) -> None:
    writer = journal(tmp_path, "correct-horse")
    writer.append(ev.ActionEnded("s", 1, ok=True, known=True, what="correct-horse!", values={"a": "xcorrect-horsex"}))
    writer.close()
    assert b"correct-horse" not in (tmp_path / JOURNAL).read_bytes()


def test_an_event_of_a_newer_version_is_kept_and_folded_into_nothing(tmp_path: Path) -> None:
    writer = journal(tmp_path)
    writer.append(ev.NoteAdded("old"))
    writer.close()
    path = tmp_path / JOURNAL
    line = json.loads(path.read_bytes())
    path.write_text(json.dumps({**line, "kind": "tea_brewed", "body": {"cups": 2}}) + "\n")
    assert read(tmp_path).records[0].event == ev.Unread("tea_brewed", {"cups": 2})


def test_a_full_disk_leaves_the_journal_whole_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = journal(tmp_path)
    writer.append(ev.NoteAdded("before"))

    write = os.write

    def half_then_full(descriptor: int, data: bytes) -> int:
        write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half_then_full)
        with pytest.raises(JournalUnwritable, match="No space left on device") as caught:
            writer.append(ev.NoteAdded("never on disk"))
    assert caught.value.exit_status == 6
    writer.append(ev.NoteAdded("after"))
    writer.close()
    assert [record.event for record in read(tmp_path).records] == [ev.NoteAdded("before"), ev.NoteAdded("after")]


def test_files_are_closed_to_others(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    writer = journal(directory)
    writer.append(ev.NoteAdded("private"))
    writer.close()
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / JOURNAL).stat().st_mode & 0o777 == 0o600
