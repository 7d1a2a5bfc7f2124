"""`wizard runs`, `verify`, `report`, `note` and `plan`: what a run's record says, without touching a host."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.commandline import Wizard, checklist, phase, step, wait_until
from wizard.run.events import SectionWritten
from wizard.run.inbox import put_on_record

WHERE = "inputs:\n  where: {type: path}\n"
STEPS = """\
  - id: one
    title: One
    steps:
      - id: write
        title: Write a file
        why: it is wanted
        file: {path: "{{ where }}/file", content: "hello\\n", mode: "0640"}
        checks:
          - name: it is there
            file: {path: "{{ where }}/file", contains: [hello]}
      - id: wait
        title: Wait
        why: to wait
        run: {command: "echo waiting; cat {{ where }}/gate", read_only: true}
      - id: run
        title: Run a command
        why: it must run
        run: {command: "mkdir {{ where }}/made", undo: "rmdir {{ where }}/made"}
        checks:
          - file: {path: "{{ where }}/made", kind: directory}
"""


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    """A wizard with a run that ended well."""
    wizard = Wizard(tmp_path)
    (tmp_path / "gate").write_text("")
    done = wizard.run(checklist(STEPS, WHERE), "--set", f"where={tmp_path}")
    assert done.exit_status == 0, done.stderr
    return wizard


def test_the_report_is_there_when_the_run_ends_and_is_the_one_rendered_later(wizard: Wizard) -> None:
    kept = (wizard.directory / "report.md").read_text()
    assert kept.startswith("# ")
    assert "No rollback was needed" in kept or "No rollback was done" in kept
    first = wizard("report", wizard.directory)
    assert first.exit_status == 0
    assert first.stdout == kept == wizard("report", wizard.directory).stdout


def test_the_report_is_written_where_it_is_wanted_for_its_reader_alone(wizard: Wizard) -> None:
    target = wizard.home / "incident.json"
    assert wizard("report", wizard.directory, "--format", "json", "-o", target).exit_status == 0
    assert json.loads(target.read_text())
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_note_lands_on_the_record_and_in_the_report(wizard: Wizard) -> None:
    assert wizard("note", wizard.directory, "#decision", "we", "leave", "it").exit_status == 0
    assert "we leave it" in wizard("report", wizard.directory).stdout
    assert wizard("verify", wizard.directory).exit_status == 0


def test_a_note_to_a_run_that_is_live_is_taken_up_by_it(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    os.mkfifo(tmp_path / "gate")
    file = wizard.write(checklist(STEPS, WHERE))
    with wizard.start(
        "run", file, "--headless", "--run-dir", wizard.directory, "--set", f"where={tmp_path}"
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "│ waiting" in line:
                break
        assert wizard("note", wizard.directory, "customers call").exit_status == 0
        journal = wizard.directory / "events.jsonl"
        wait_until(lambda: "customers call" in journal.read_text(), "the note in the journal")
        put_on_record(wizard.directory, SectionWritten("summary", "written beside it"))
        wait_until(lambda: "written beside it" in journal.read_text(), "the section in the journal")
        (tmp_path / "gate").write_text("")
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_changed_record_is_found_and_told_by_line(wizard: Wizard) -> None:
    path = wizard.directory / "events.jsonl"
    path.write_text(path.read_text().replace("hello", "hullo", 1))
    done = wizard("verify", wizard.directory)
    assert done.exit_status == 1
    assert "line" in done.stdout


def test_runs_are_listed_newest_first(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    (tmp_path / "gate").write_text("")
    assert "no run" in wizard("runs").stdout.lower()
    file = wizard.write(checklist(STEPS, WHERE))
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "gate").write_text("")
        assert wizard("run", file, "--headless", "--set", f"where={tmp_path / place}").exit_status == 0
    listed = [json.loads(line) for line in wizard("runs", "--json").stdout.splitlines()]
    assert [one["state"] for one in listed] == ["resolved", "resolved"]
    assert listed[0]["began"] >= listed[1]["began"]
    assert wizard("report", "last").exit_status == 0


def test_the_plan_is_shell_that_a_person_can_paste(wizard: Wizard) -> None:
    (wizard.home / "made").rmdir()
    done = wizard("plan", wizard.home / "trial.yaml", "--set", f"where={wizard.home}")
    assert done.exit_status == 0, done.stderr
    assert "# why: it must run" in done.stdout
    assert f"mkdir {wizard.home}/made" in done.stdout
    assert subprocess.run(["/bin/sh", "-n"], input=done.stdout, text=True, check=False).returncode == 0


def test_the_plan_of_a_run_holds_its_undo(wizard: Wizard) -> None:
    done = wizard("plan", wizard.directory)
    assert done.exit_status == 0, done.stderr
    assert f"rmdir {wizard.home}/made" in done.stdout
    assert subprocess.run(["/bin/sh", "-n"], input=done.stdout, text=True, check=False).returncode == 0


def test_the_list_fits_a_small_terminal_and_a_stopped_run_says_how_to_go_on(tmp_path: Path) -> None:
    wizard = Wizard(tmp_path)
    file = wizard.write(checklist(STEPS.replace("contains: [hello]", "contains: [never]"), WHERE))
    done = wizard("run", file, "--headless", "--set", f"where={tmp_path}")
    assert done.exit_status == 4
    assert "go on: wizard resume" in done.stderr
    listed = wizard("runs", COLUMNS="80").stdout.splitlines()
    assert max(map(len, listed)) <= 80


def test_the_report_is_a_page_for_a_browser_too(wizard: Wizard, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert wizard("report", wizard.directory, "--format", "html", "-o", page).exit_status == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert page.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("command", ["report", "handover"])
def test_a_report_goes_wherever_one_writes_of_ones_own(wizard: Wizard, command: str) -> None:
    done = wizard.run(checklist(phase(step("one", "command: 'echo ok', read_only: true"))))
    wizard.write("before", "mine.md").chmod(0o644)
    printed = [wizard(command, done.directory, "-o", place) for place in ("-", "/dev/stdout")]
    written = [wizard(command, done.directory, "-o", place) for place in ("mine.md", "./new.md")]
    assert [one.exit_status for one in (*printed, *written)] == [0] * 4, [one.stderr for one in (*printed, *written)]
    texts = [one.stdout for one in printed] + [(wizard.home / name).read_text() for name in ("mine.md", "new.md")]
    assert all("A trial" in text for text in texts)
    assert (wizard.home / "mine.md").stat().st_mode & 0o777 == 0o600
