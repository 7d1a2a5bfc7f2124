"""What there is, how it stands, and whether its record is whole: read without disturbing anybody."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.journals import run_started, write_journal
from wizard import paths
from wizard.errors import UsageError
from wizard.redact import MARKER, Redactor
from wizard.run import events as ev
from wizard.run.journal import JOURNAL, Journal
from wizard.run.listing import list_runs, summary, table, writer
from wizard.run.verification import verify


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.STATE_VARIABLE, str(tmp_path / "state"))
    return tmp_path


@pytest.mark.parametrize(
    ("last", "word", "detail"),
    [
        (ev.RunEnded("resolved"), "resolved", ""),
        (ev.RunEnded("rollback incomplete"), "rollback incomplete", ""),
        (ev.RunPaused("a person is wanted"), "paused", "a person is wanted"),
        (ev.StepStarted("two", "p", "two", "local", ""), "crashed", "no end on record"),
    ],
)
def test_a_run_stands_as_its_journal_tells(tmp_path: Path, last: ev.Event, word: str, detail: str) -> None:
    seen = summary(write_journal(tmp_path, run_started(), ev.StepEnded("one", "verified"), last))
    assert (seen.state, seen.detail) == (word, detail)
    assert (seen.done, seen.total, seen.remaining) == (1, 2, 1)


def test_a_live_run_says_who_writes_it_and_can_go_on_writing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Redactor([]), who="tester")
    journal.append(run_started())
    assert summary(tmp_path).state == "live"
    assert summary(tmp_path).detail.startswith("tester on ")
    journal.append(ev.NoteAdded("still mine"))
    journal.close()
    assert writer(tmp_path) == ""
    assert summary(tmp_path).state == "crashed"


def test_a_broken_journal_is_listed_with_its_line(tmp_path: Path) -> None:
    write_journal(tmp_path, run_started(), ev.NoteAdded("one"), ev.RunEnded("resolved"))
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b'"one"', b'"two"'))
    broken = summary(tmp_path)
    assert (broken.state, broken.detail) == ("broken", "line 2: the line before it was changed")


def test_runs_are_listed_newest_first_and_a_strange_one_hides_no_other(home: Path) -> None:
    for day in (1, 3, 2):
        run = paths.new_run_id(datetime(2026, 1, day, tzinfo=UTC))
        write_journal(paths.new_run_directory("some", run), run_started(run), ev.RunEnded("resolved"))
    strange = paths.new_run_directory("odd", paths.new_run_id(datetime(2026, 1, 4, tzinfo=UTC)))
    line = {"v": 1, "seq": 1, "at": "", "kind": "phase_started", "who": "", "body": {}, "prev": "0" * 64}
    (strange / JOURNAL).write_text(json.dumps(line) + "\n")
    listed = list_runs()
    assert [one.directory.name[:8] for one in listed] == ["20260104", "20260103", "20260102", "20260101"]
    assert [one.state for one in listed] == ["broken", "resolved", "resolved", "resolved"]
    assert json.loads(json.dumps(listed[1].to_json()))["title"] == "A title"
    assert home in listed[1].directory.parents


def test_the_table_is_harmless_and_as_wide_as_it_may_be(tmp_path: Path) -> None:
    write_journal(
        tmp_path, run_started("20260101-000000-7f3a", "t\x1b[31m\n" * 30), ev.RunPaused("because \u202e of it " * 30)
    )
    told = table([summary(tmp_path)], width=100)
    assert len(told.splitlines()) == 2
    assert all(len(line) <= 100 for line in told.splitlines())
    assert "20260101-000000-7f3a" in told
    assert "0/2" in told
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_an_empty_list_says_what_to_do_next() -> None:
    assert "wizard run CHECKLIST" in table([])


def evidence(directory: Path, printed: bytes = b"done\n") -> Path:
    (directory / "before").mkdir(parents=True)
    (directory / "output").mkdir()
    (directory / "before/one.json").write_bytes(b"{}")
    (directory / "output/k.log").write_bytes(printed)
    sha256 = hashlib.sha256(b"done\n").hexdigest()
    return write_journal(
        directory,
        run_started(),
        ev.BeforeCaptured("one", "one.json", hashlib.sha256(b"{}").hexdigest()),
        ev.AttemptIntended("k", "one", 1, "do", "local", "x", "0", 1.0, "b"),
        ev.AttemptEnded("k", "done", 0, 5, 0, sha256, "k.log", 0.1),
        ev.AttemptIntended("k2", "one", 2, "do", "local", "x", "0", 1.0, "b"),
    )


def test_a_whole_record_verifies_and_names_the_hash_of_its_end(tmp_path: Path) -> None:
    found = verify(evidence(tmp_path / "run"))
    assert found.ok
    assert found.events == 5
    assert found.head == hashlib.sha256((tmp_path / "run" / JOURNAL).read_bytes().splitlines()[-1]).hexdigest()
    assert found.unended == ("k2",)
    assert found.lines()[-1] == "the record is whole as far as this directory can tell"


def test_a_cut_off_line_is_no_fault(tmp_path: Path) -> None:
    directory = evidence(tmp_path / "run")
    with (directory / JOURNAL).open("ab") as file:
        file.write(b'{"v":1')
    found = verify(directory)
    assert (found.ok, found.torn) == (True, 6)
    assert any("6 bytes of a last line" in line for line in found.lines())


def test_what_was_changed_or_is_gone_is_named(tmp_path: Path) -> None:
    directory = evidence(tmp_path / "run")
    (directory / "before/one.json").write_bytes(b"{} ")
    (directory / "output/k.log").unlink()
    found = verify(directory)
    assert not found.ok
    assert found.before == ("one.json: not what was captured",)
    assert found.output == ("k.log: No such file or directory",)


def test_output_is_compared_where_nothing_was_masked(tmp_path: Path) -> None:
    assert verify(evidence(tmp_path / "masked", b"do" + MARKER)).ok
    assert verify(evidence(tmp_path / "changed", b"gone\n")).output == ("k.log: not what was printed (5 bytes)",)


def test_a_changed_event_is_found_at_its_line(tmp_path: Path) -> None:
    directory = evidence(tmp_path / "run")
    path = directory / JOURNAL
    path.write_bytes(path.read_bytes().replace(b'"one.json"', b'"two.json"'))
    found = verify(directory)
    assert not found.ok
    assert found.lines()[0] == "broken at line 3 of the journal: the line before it was changed"


@pytest.mark.parametrize("name", ["../lock", "..", "/etc/passwd", "a\0b"])
def test_a_file_name_that_leads_elsewhere_is_not_followed(tmp_path: Path, name: str) -> None:
    write_journal(tmp_path, run_started(), ev.BeforeCaptured("one", name, "0"))
    assert verify(tmp_path).before[0].endswith(": not a file name")


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    directory = evidence(tmp_path / "run")
    (directory / "before/one.json").unlink()
    (directory / "before/one.json").symlink_to("/etc/passwd")
    assert not verify(directory).ok


def test_without_a_journal_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run can be read"):
        verify(tmp_path)
