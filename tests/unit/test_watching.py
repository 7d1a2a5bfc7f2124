"""Watching without an interface: every line of the run, and the exit status that its end stands for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.journals import run_started, write_journal
from wizard.redact import Redactor
from wizard.run import events as ev
from wizard.run.journal import JOURNAL, Journal
from wizard.watching import INTERRUPTED, unfit_terminal, watch

HOSTILE = "\x1b]0;owned\x07 \u202e [bold]"


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((ev.RunEnded("resolved"),), 0),
        ((ev.StepEnded("one", "skipped", "no time"), ev.RunEnded("resolved", ["one skipped"])), 1),
        ((ev.RunEnded("mitigated"),), 1),
        ((ev.RunEnded("rolled back"),), 1),
        ((ev.RunEnded("rollback incomplete"),), 5),
        ((ev.RunPaused("a person is wanted"),), 4),
        ((), 1),
    ],
    ids=["resolved", "deviations", "mitigated", "rolled back", "incomplete", "paused", "crashed"],
)
def test_the_exit_status_is_the_one_of_the_run(tmp_path: Path, events: tuple[ev.Event, ...], status: int) -> None:
    assert watch(write_journal(tmp_path, run_started(), *events)) == status


def test_a_broken_journal_ends_with_the_status_of_a_journal(tmp_path: Path) -> None:
    write_journal(tmp_path, run_started(title="first"), ev.NoteAdded("x"), ev.RunEnded("resolved"))
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes().replace(b"first", b"other"))
    assert watch(tmp_path) == 6


def test_lines_have_the_time_of_the_record_and_nothing_hostile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_journal(tmp_path, run_started(title=HOSTILE), ev.RunPaused(f"because {HOSTILE}"))
    at = json.loads((tmp_path / JOURNAL).read_text().splitlines()[1])["at"]
    watch(tmp_path)
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{at[11:19]}Z ‖ paused, state kept: because" in told.err
    assert f"go on: wizard resume {tmp_path}" in told.err
    assert "\x1b" not in told.err
    assert "\u202e" not in told.err


def test_as_json_every_event_is_a_line_of_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch(write_journal(tmp_path, run_started(), ev.NoteAdded("x"), ev.RunEnded("resolved")), as_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["kind"] for line in lines] == ["run_started", "note_added", "run_ended"]


def test_it_follows_until_the_end_and_what_comes_meanwhile_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, Redactor([]), who="tester")
    journal.append(run_started())
    waits: list[float] = []

    def time_passes(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            journal.append(ev.TroubleMet("the lamp went out"))
        elif len(waits) == 2:
            journal.append(ev.RunEnded("resolved"))
            journal.close()

    monkeypatch.setattr("wizard.watching.time.sleep", time_passes)
    assert watch(tmp_path) == 0
    assert "the lamp went out" in capsys.readouterr().err
    assert len(waits) == 2


def test_interrupting_it_ends_the_watching_and_not_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path, Redactor([]), who="tester")
    journal.append(run_started())

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wizard.watching.time.sleep", interrupted)
    assert watch(tmp_path) == INTERRUPTED
    assert "the run goes on" in capsys.readouterr().err
    journal.append(ev.RunEnded("resolved"))
    journal.close()


def test_a_dumb_terminal_is_told_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "dumb" in unfit_terminal()
