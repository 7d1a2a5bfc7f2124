"""The report on disk: private, whole or not there, and without a secret."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixtures.journals.make import OUTPUTS, STORIES, Story, journal
from wizard.errors import UsageError, WizardError
from wizard.redact import Redactor
from wizard.report.build import build
from wizard.report.export import to_json
from wizard.report.files import write_report
from wizard.run import events as ev

SECRET = "correct-[horse]~battery!staple"


def run_directory(path: Path, story: Story) -> Path:
    (path / "output").mkdir(parents=True)
    (path / "events.jsonl").write_bytes(journal(story.records))
    for name, data in OUTPUTS.items():
        (path / "output" / name).write_bytes(data)
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return run_directory(tmp_path / "run", STORIES["clean"]())


def test_the_report_stands_beside_the_journal_and_only_its_owner_reads_it(clean: Path) -> None:
    path = write_report(clean)
    assert path == clean / "report.md"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "saved 10001 keys" in path.read_text()


def test_a_new_report_replaces_the_old_one_and_leaves_nothing_else(clean: Path) -> None:
    before = {entry.name for entry in clean.iterdir()}
    first = write_report(clean).read_bytes()
    assert write_report(clean).read_bytes() == first
    assert {entry.name for entry in clean.iterdir()} == before | {"report.md"}


def test_a_report_that_cannot_be_put_in_place_leaves_no_half_of_it(clean: Path) -> None:
    (clean / "report.md").mkdir()
    with pytest.raises(WizardError, match="the report cannot be written"):
        write_report(clean)
    assert not list(clean.glob(".report-*"))


def test_a_directory_without_a_journal_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run can be read"):
        write_report(tmp_path)


def test_a_secret_in_the_journal_or_in_an_output_is_masked(tmp_path: Path) -> None:
    story = STORIES["clean"]()
    story.tell(ev.NoteAdded(f"I typed {SECRET} by mistake"))
    path = run_directory(tmp_path / "run", story)
    output = next((path / "output").glob("*save*"))
    output.write_bytes(f"AUTH {SECRET}\n".encode())
    text = write_report(path, Redactor([SECRET])).read_text()
    assert "AUTH «masked»" in text
    assert "I typed «masked» by mistake" in text
    assert "horse" not in text


def test_a_secret_that_is_a_word_of_the_report_hides_the_word_and_breaks_nothing(clean: Path) -> None:
    text = write_report(clean, Redactor(["Verification"])).read_text()
    assert "## «masked»" in text
    assert "Verification" not in text


@pytest.mark.parametrize("name", ["../secret", "link", "missing", "", ".", "pipe", "nul\0"])
def test_an_output_is_read_from_the_runs_own_folder_or_not_at_all(tmp_path: Path, name: str) -> None:
    story = Story()
    story.begin()
    story.start("look")
    key = story.intend("look")
    story.tell(ev.AttemptEnded(key, "done", 0, 7, 0, "0" * 64, name, 1.0))
    path = run_directory(tmp_path / "run", story)
    (path / "secret").write_text("private")
    (path / "output" / "link").symlink_to(path / "secret")
    os.mkfifo(path / "output" / "pipe")
    text = write_report(path).read_text()
    assert "private" not in text


def test_a_long_output_is_told_by_its_last_lines(tmp_path: Path) -> None:
    text = write_report(run_directory(tmp_path / "run", STORIES["clean"]())).read_text()
    assert "its last 20 lines" in text
    assert "changed /srv/stock/029.rdb" in text
    assert "changed /srv/stock/009.rdb" not in text


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({}, "bytes, and at least 4096 more that the host did not keep)"),
        ({"total": 0}, "Of the output of attempt 1 nothing was kept: at least 4096 bytes."),
    ],
    ids=["some", "nothing"],
)
def test_output_that_the_host_did_not_keep_is_counted(tmp_path: Path, kept: dict[str, int], said: str) -> None:
    story = STORIES["clean"]()
    place, ended = next(
        (number, record)
        for number, record in enumerate(story.records)
        if isinstance(record.event, ev.AttemptEnded) and record.event.total
    )
    story.records[place] = replace(ended, event=replace(ended.event, dropped=4096, **kept))
    assert said in write_report(run_directory(tmp_path / "run", story)).read_text()


def test_a_torn_last_line_is_left_aside_and_said(clean: Path) -> None:
    with (clean / "events.jsonl").open("ab") as file:
        file.write(b'{"v":1,"seq":')
    assert "13 bytes of a half line at its end are left aside" in write_report(clean).read_text()


def test_a_journal_that_was_changed_is_told_at_the_top(clean: Path) -> None:
    lines = (clean / "events.jsonl").read_bytes().split(b"\n")
    lines[40] = lines[40].replace(b'"who":"dana"', b'"who":"eve"')
    (clean / "events.jsonl").write_bytes(b"\n".join(lines))
    text = write_report(clean).read_text()
    assert "The journal does not hold together at line 42" in text.split("## Summary", maxsplit=1)[0]
    assert "Find out who changed the journal" in text


def test_an_empty_journal_makes_a_report_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"")
    text = write_report(tmp_path).read_text()
    assert "The journal does not say: it holds no beginning of a run." in text


def test_the_report_as_json_has_the_same_parts() -> None:
    told = json.loads(to_json(build(STORIES["failed_and_rolled_back"]().records)))
    assert told["header"]["outcome"] == "rolled back"
    assert [undo["outcome"] for undo in told["undoing"]["rollbacks"][0]["undone"]] == [
        "not needed",
        "restored, proven",
        "not undoable",
        "ran, unproven",
        "restored, proven",
    ]
