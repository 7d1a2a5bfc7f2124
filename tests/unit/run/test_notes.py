"""Notes: what a person's words mean, and that they reach the journal whoever writes it."""

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import UsageError
from wizard.redact import Redactor
from wizard.run.events import NoteAdded, NoteSettled
from wizard.run.inbox import take_words
from wizard.run.journal import Journal, read
from wizard.run.notes import LONGEST, add_note, parse_note
from wizard.text import hidden

EAST = timezone(timedelta(hours=5, minutes=30))
NOW = datetime(2026, 11, 23, 14, 30, 5, tzinfo=EAST)


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("it is back", NoteAdded("it is back")),
        ("03:12 alarms began", NoteAdded("alarms began", when="2026-11-22T21:42:00.000Z")),
        ("23:50 alarms began", NoteAdded("alarms began", when="2026-11-22T18:20:00.000Z")),
        ("14:30 just now", NoteAdded("just now", when="2026-11-23T09:00:00.000Z")),
        ("2026-11-20 03:12 it began", NoteAdded("it began", when="2026-11-19T21:42:00.000Z")),
        ("#decision stop writers", NoteAdded("stop writers", "decision")),
        ("Todo: write it up", NoteAdded("write it up", "todo")),
        ("03:12 #comms  told them", NoteAdded("told them", "comms", when="2026-11-22T21:42:00.000Z")),
        ("#decisions are hard", NoteAdded("#decisions are hard")),
        ("3:12:45 is no time of ours", NoteAdded("3:12:45 is no time of ours")),
        ("ratio 10:1", NoteAdded("ratio 10:1")),
        ("two\nlines", NoteAdded("two\nlines")),
    ],
)
def test_a_leading_time_and_tag_are_understood(typed: str, note: NoteAdded) -> None:
    assert parse_note(typed, NOW) == note


def test_a_time_is_meant_by_the_clocks_of_its_own_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    after = datetime(2026, 10, 25, 9, 0, tzinfo=berlin)
    assert parse_note("2026-10-24 12:00 x", after).when == "2026-10-24T10:00:00.000Z"
    assert parse_note("08:00 x", after).when == "2026-10-25T07:00:00.000Z"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "says nothing"),
        ("03:12 #todo", "says nothing"),
        ("25:00 x", "no such time"),
        ("2026-02-30 03:00 x", "no such time"),
        ("2026-11-24 03:00 x", "still to come"),
        ("red \x1b[31m", "plain text"),
        ("turned \u202e around", "plain text"),
        ("half \udcff", "plain text"),
        ("ü" * LONGEST, "longer than"),
    ],
)
def test_what_is_no_note_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_note(typed, NOW)


@given(st.text(max_size=40))
def test_any_text_is_a_harmless_note_or_refused(typed: str) -> None:
    try:
        note = parse_note(typed, NOW)
        said = note.text
    except UsageError as refused:
        said = str(refused)
    assert said
    assert hidden(said) is None


def begun(directory: Path) -> Journal:
    journal = Journal(directory, Redactor([]), who="engine")
    journal.append(NoteAdded("first"))
    return journal


def test_where_nobody_writes_the_run_a_note_goes_into_its_journal(tmp_path: Path) -> None:
    begun(tmp_path / "run").close()
    told = add_note(tmp_path / "run", "#lesson look earlier", who="ann", now=NOW)
    assert told == "written to the journal as event 2"
    record = read(tmp_path / "run").records[-1]
    assert (record.who, record.event) == ("ann", NoteAdded("look earlier", "lesson"))


def texts(directory: Path) -> list[str]:
    words = [left.words for left in take_words(directory)]
    return [note.text for note in words if isinstance(note, NoteAdded)]


def test_notes_for_a_live_run_wait_in_its_inbox_in_order_and_are_taken_once(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    journal = begun(directory)
    told = [add_note(directory, f"note {number}", now=NOW) for number in range(3)]
    assert all("left for the wizard that writes this run" in one for one in told)
    assert (directory / "inbox").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (directory / "inbox").iterdir()} == {0o600}
    assert texts(directory) == ["note 0", "note 1", "note 2"]
    assert take_words(directory) == []
    journal.close()


def test_a_note_that_was_left_behind_comes_ahead_of_the_next(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    journal = begun(directory)
    add_note(directory, "left behind", now=NOW)
    journal.close()
    add_note(directory, "next", now=NOW)
    events = [record.event for record in read(directory).records]
    assert events == [NoteAdded("first"), NoteAdded("left behind"), NoteAdded("next")]


def test_what_is_no_note_is_set_aside_and_holds_up_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    journal = begun(directory)
    add_note(directory, "good", now=NOW)
    inbox = directory / "inbox"
    name = f"{1:020d}-"
    fields = {"text": "x", "tag": "observation", "about": "", "when": ""}
    hostile = {
        "00000001": b"not json",
        "00000002": b"[" * 20_000,
        "00000003": json.dumps({**fields, "text": "\x1b[31m"}).encode(),
        "00000004": json.dumps({**fields, "tag": "shout"}).encode(),
        "00000005": json.dumps({**fields, "when": "soon"}).encode(),
        "00000006": json.dumps({**fields, "more": "x"}).encode(),
        "00000007": json.dumps({**fields, "text": ["x"]}).encode(),
        "00000008": b" " * 100_000,
        "00000009": b'"\xff"',
    }
    for tail, data in hostile.items():
        (inbox / f"{name}{tail}.json").write_bytes(data)
    (inbox / f"{name}aaaaaaaa.json").symlink_to("/etc/passwd")
    os.mkfifo(inbox / f"{name}bbbbbbbb.json")
    (inbox / "strange name\n").mkdir()
    assert texts(directory) == ["good"]
    assert list(inbox.iterdir()) == []
    assert len(list((directory / "inbox-unreadable").iterdir())) == len(hostile) + 3
    journal.close()


def test_a_note_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir(mode=0o700)
    (tmp_path / "inbox" / f"{1:020d}-00000000.part").write_text("{")
    assert take_words(tmp_path) == []
    assert len(list((tmp_path / "inbox").iterdir())) == 1


def test_there_is_no_note_without_a_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run is there"):
        add_note(tmp_path, "hello", now=datetime.now(UTC))
    assert list(tmp_path.iterdir()) == []


def test_a_time_of_day_without_a_zone_is_utc_and_the_answer_says_so(tmp_path: Path) -> None:
    begun(tmp_path).close()
    now = datetime(2026, 11, 23, 0, 10, tzinfo=UTC)
    told = add_note(tmp_path, "23:50 alarms began", now=now)
    assert told.endswith("for 2026-11-22 23:50 UTC")
    assert parse_note("23:50Z x", now) == parse_note("23:50 x", now)


def test_a_todo_is_ticked_and_a_hypothesis_eliminated_from_the_command_line(tmp_path: Path) -> None:
    begun(tmp_path).close()
    add_note(tmp_path, "#todo tell the shop")
    add_note(tmp_path, "#hypothesis the disk is full")
    add_note(tmp_path, "#done #2")
    add_note(tmp_path, "#eliminated 3 because df shows room")
    settled = [record.event for record in read(tmp_path).records[-2:]]
    assert settled == [NoteSettled(2, "done"), NoteSettled(3, "eliminated", "because df shows room")]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("#done 1", "event 1 is no todo"),
        ("#eliminated 2 because x", "a todo is"),
        ("#eliminated 2", "without a reason"),
    ],
)
def test_what_is_not_there_or_does_not_fit_is_not_settled(tmp_path: Path, typed: str, why: str) -> None:
    begun(tmp_path).close()
    add_note(tmp_path, "#todo tell the shop")
    with pytest.raises(UsageError, match=why):
        add_note(tmp_path, typed)
    assert len(read(tmp_path).records) == 2
