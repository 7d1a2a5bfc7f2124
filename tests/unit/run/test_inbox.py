"""A person's words reach the journal whoever writes the run: notes, what became of them, sections of the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wizard.account import account_name
from wizard.errors import UsageError
from wizard.redact import Redactor
from wizard.run.events import NoteAdded, NoteSettled, SectionWritten
from wizard.run.inbox import put_on_record, take_words
from wizard.run.journal import Journal, read
from wizard.run.words import LONGEST_SECTION, Said

TODO = NoteAdded("tell the shop", "todo")
WORDS: list[Said] = [NoteSettled(1, "done"), SectionWritten("summary", "It was\nthe owner."), NoteAdded("it is back")]


def begun(directory: Path) -> Journal:
    journal = Journal(directory, Redactor([]), who="engine")
    journal.append(TODO)
    return journal


def test_where_nobody_writes_the_run_words_are_in_its_journal_at_once(tmp_path: Path) -> None:
    begun(tmp_path).close()
    kept = [put_on_record(tmp_path, words, "ann") for words in WORDS]
    assert [record.event for record in read(tmp_path).records] == [TODO, *WORDS]
    assert [one.record.who for one in kept if one.record] == ["ann"] * 3


def test_words_for_a_live_run_wait_and_are_taken_once_in_their_order(tmp_path: Path) -> None:
    journal = begun(tmp_path)
    assert all(put_on_record(tmp_path, words).record is None for words in WORDS)
    assert [left.words for left in take_words(tmp_path)] == WORDS
    assert take_words(tmp_path) == []
    journal.close()


@pytest.mark.parametrize(
    ("beside", "who"),
    [
        (" (loginuid=bob, SUDO_USER=bob)", "ME (loginuid=bob, SUDO_USER=bob)"),
        (" (SUDO_USER=bob, approved by the CTO)", "ME"),
        (" (SUDO_USER=bob)\u202e", "ME"),
        (".approves", "ME"),
    ],
)
def test_words_for_a_live_run_are_of_the_account_that_left_them(tmp_path: Path, beside: str, who: str) -> None:
    me = account_name()
    journal = begun(tmp_path)
    put_on_record(tmp_path, NoteAdded("by me"), f"{me}{beside}")
    put_on_record(tmp_path, NoteAdded("by nobody that is known here"), "cto.approves")
    put_on_record(tmp_path, NoteAdded("by me alone"), me)
    assert [left.who for left in take_words(tmp_path)] == [who.replace("ME", me), me, me]
    journal.close()


def test_a_known_secret_is_masked_before_it_is_kept(tmp_path: Path) -> None:
    begun(tmp_path).close()
    put_on_record(tmp_path, SectionWritten("summary", "the password was hunter-22!"), "ann", Redactor(["hunter-22!"]))
    assert b"hunter" not in (tmp_path / "events.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (NoteSettled(0, "done"), "settles no note"),
        (NoteSettled(1, "finished"), "settles no note"),
        (NoteSettled(1, "eliminated", "  "), "without a reason"),
        (NoteSettled(1, "done", "\x1b[2J"), "plain text"),
        (SectionWritten("../summary", "x"), "no section"),
        (SectionWritten("lesson.0", "x"), "no section"),
        (SectionWritten("summary", "turned \u202e around"), "plain text"),
        (SectionWritten("summary", "ü" * LONGEST_SECTION), "longer than"),
    ],
)
def test_what_is_no_word_for_a_record_is_refused_with_the_reason(tmp_path: Path, words: Said, why: str) -> None:
    begun(tmp_path).close()
    with pytest.raises(UsageError, match=why):
        put_on_record(tmp_path, words)
    assert len(read(tmp_path).records) == 1


def test_what_others_put_into_the_inbox_is_set_aside_and_holds_up_nothing(tmp_path: Path) -> None:
    journal = begun(tmp_path)
    put_on_record(tmp_path, SectionWritten("summary", "good"))
    hostile = [
        {"kind": "run_ended", "outcome": "resolved"},
        {"kind": ["section_written"], "section": "summary", "text": "x"},
        {"kind": "section_written", "section": "summary", "text": ["x"]},
        {"kind": "section_written", "section": "summary", "text": "\x1b"},
        {"kind": "note_settled", "note": "1", "outcome": "done", "reason": ""},
        {"kind": "note_settled", "note": 1, "outcome": "done"},
        ["x"],
    ]
    for number, body in enumerate(hostile):
        (tmp_path / "inbox" / f"{1:020d}-{number:08x}.json").write_text(json.dumps(body))
    assert [left.words for left in take_words(tmp_path)] == [SectionWritten("summary", "good")]
    assert len(list((tmp_path / "inbox-unreadable").iterdir())) == len(hostile)
    journal.close()
