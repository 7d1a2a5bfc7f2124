"""A run followed from outside: each record and each byte once, in order, and what is half written waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.journals import run_started, write_journal
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run import following
from wizard.run.events import Record
from wizard.run.following import MOST, Follower
from wizard.run.journal import JOURNAL, Journal
from wizard.run.listing import BROKEN, CRASHED, EMPTY, LIVE, PAUSED
from wizard.run.recorder import Output

INTENDED = ev.AttemptIntended("k", "one", 1, "do", "web", "x", "0", 1.0, "b")
ENDED = ev.AttemptEnded("k", "done", 0, 5, 0, "", "k.log", 0.1)


def kinds(messages: list[Record | Output]) -> list[str]:
    return [one.event.kind if isinstance(one, Record) else "output" for one in messages]


def printed(messages: list[Record | Output]) -> bytes:
    return b"".join(one.data for one in messages if isinstance(one, Output))


def written(directory: Path) -> Journal:
    (directory / "output").mkdir()
    journal = Journal(directory, Redactor([]), who="tester")
    journal.append(run_started())
    return journal


def test_each_record_is_told_once_as_it_comes(tmp_path: Path) -> None:
    journal = written(tmp_path)
    follower = Follower(tmp_path)
    assert kinds(follower.take()) == ["run_started"]
    assert follower.take() == []
    journal.append(ev.NoteAdded("one"))
    journal.append(ev.NoteAdded("two"))
    assert [one.seq for one in follower.take() if isinstance(one, Record)] == [2, 3]
    journal.close()


def test_a_line_that_is_half_written_is_waited_for(tmp_path: Path) -> None:
    journal = written(tmp_path)
    path = tmp_path / JOURNAL
    before = path.stat().st_size
    journal.append(ev.NoteAdded("one"))
    journal.close()
    whole = path.read_bytes()
    follower = Follower(tmp_path)
    for cut in (before + 1, before + 40, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert all(one.seq == 1 for one in follower.take() if isinstance(one, Record))
        assert follower.standing[0] == CRASHED
    path.write_bytes(whole)
    assert kinds(follower.take()) == ["note_added"]
    assert not follower.broken


def test_a_torn_line_that_is_mended_is_followed_on(tmp_path: Path) -> None:
    write_journal(tmp_path, run_started())
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"v":1,"seq":2,"at"')
    follower = Follower(tmp_path)
    assert kinds(follower.take()) == ["run_started"]
    write_journal(tmp_path, ev.RunResumed(19), ev.NoteAdded("after"))
    assert kinds(follower.take()) == ["run_resumed", "note_added"]


def test_a_line_that_was_changed_ends_the_following_and_is_named(tmp_path: Path) -> None:
    write_journal(tmp_path, run_started(), ev.NoteAdded("first"), ev.NoteAdded("third"))
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b"first", b"first?"))
    follower = Follower(tmp_path)
    assert kinds(follower.take()) == ["run_started", "note_added"]
    assert follower.standing == (BROKEN, "line 3: the line before it was changed")
    assert follower.take() == []


def test_a_journal_that_lost_lines_is_told(tmp_path: Path) -> None:
    write_journal(tmp_path, run_started(), ev.NoteAdded("one"))
    follower = Follower(tmp_path)
    follower.take()
    (tmp_path / JOURNAL).write_bytes(b"")
    follower.take()
    assert follower.standing[0] == BROKEN


def test_output_is_told_as_it_grows_and_ahead_of_its_end(tmp_path: Path) -> None:
    journal = written(tmp_path)
    journal.append(INTENDED)
    follower = Follower(tmp_path)
    follower.take()
    log = tmp_path / "output" / "k.log"
    log.write_bytes(b"one\nha")
    assert printed(follower.take()) == b"one\nha"
    with log.open("ab") as file:
        file.write(b"lf\n")
    journal.append(ENDED)
    taken = follower.take()
    assert kinds(taken) == ["output", "attempt_ended"]
    assert printed(taken) == b"lf\n"
    journal.close()


def test_an_output_that_is_pulled_again_is_not_told_twice(tmp_path: Path) -> None:
    journal = written(tmp_path)
    journal.append(INTENDED)
    log = tmp_path / "output" / "k.log"
    log.write_bytes(b"one\ntwo\n")
    follower = Follower(tmp_path)
    assert printed(follower.take()) == b"one\ntwo\n"
    log.write_bytes(b"one\n")
    assert follower.take() == []
    log.write_bytes(b"one\ntwo\nthree\n")
    assert printed(follower.take()) == b"three\n"
    journal.close()


def test_of_very_much_output_the_end_is_told_and_how_much_went_by(tmp_path: Path) -> None:
    journal = written(tmp_path)
    journal.append(INTENDED)
    (tmp_path / "output" / "k.log").write_bytes(b"x" * MOST + b"\n" + b"y" * (MOST - 1) + b"\n")
    told = printed(Follower(tmp_path).take())
    assert "1,048,577 bytes went by unseen; output/k.log has them" in told.decode()
    assert told.endswith(b"y\n")
    assert len(told) < MOST + 200
    journal.close()


@pytest.mark.parametrize("key", ["../secret", "a/b", "a\0b"])
def test_an_output_outside_the_run_is_not_read(tmp_path: Path, key: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "output").mkdir()
    (tmp_path / "run" / "secret.log").write_text("secret")
    write_journal(tmp_path / "run", run_started(), ev.AttemptIntended(key, "one", 1, "do", "web", "x", "0", 1.0, "b"))
    assert printed(Follower(tmp_path / "run").take()) == b""


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    written(tmp_path).append(INTENDED)
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "output" / "k.log").symlink_to(tmp_path / "secret")
    assert printed(Follower(tmp_path).take()) == b""


@pytest.mark.parametrize(
    ("last", "standing"),
    [
        (ev.RunEnded("resolved"), ("resolved", "")),
        (ev.RunPaused("at a gate"), (PAUSED, "at a gate")),
        (ev.NoteAdded("x"), (CRASHED, "no end on record, and nobody writes it")),
    ],
)
def test_it_says_how_the_run_stands_that_nobody_holds(
    tmp_path: Path, last: ev.Event, standing: tuple[str, str]
) -> None:
    follower = Follower(write_journal(tmp_path, run_started(), last))
    follower.take()
    assert follower.standing == standing


def test_a_run_that_is_held_is_live_and_says_by_whom(tmp_path: Path) -> None:
    journal = written(tmp_path)
    follower = Follower(tmp_path)
    follower.take()
    word, who = follower.standing
    assert word == LIVE
    assert who.startswith("tester on ")
    journal.append(ev.RunPaused("enough"))
    journal.close()
    follower.take()
    assert follower.standing == (PAUSED, "enough")


def test_between_two_engines_a_run_that_was_detached_is_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(write_journal(tmp_path, run_started(), ev.RunPaused("detached", detached=True)))
    follower.take()
    assert follower.standing == (LIVE, "being handed over")
    later = datetime.now(UTC) + timedelta(minutes=1)
    monkeypatch.setattr(following, "_now", lambda: later)
    assert follower.standing == (PAUSED, "detached")


def test_a_run_with_nothing_on_record_never_began(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).touch()
    follower = Follower(tmp_path)
    assert follower.take() == []
    assert follower.standing[0] == EMPTY
