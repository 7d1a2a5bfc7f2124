"""Rollback: newest first, proven against what was captured, on past one that fails, resumable."""

from __future__ import annotations

import json
import os
import signal
from base64 import b64encode
from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist

WHERE = "inputs:\n  where: {type: path}\n"
CHANGES = """\
  - id: one
    title: One
    steps:
      - id: write
        title: Write
        why: it is wanted
        file: {path: "{{ where }}/new", content: "new\\n", mode: "0640"}
        checks:
          - file: {path: "{{ where }}/new"}
      - id: edit
        title: Edit
        why: it is wrong
        edit: {path: "{{ where }}/old", replace: [{match: wrong, with: right}]}
        checks:
          - file: {path: "{{ where }}/old", contains: [right]}
  - id: two
    title: Two
    steps:
      - id: run
        title: Run
        why: it must run
        run:
          command: "mkdir {{ where }}/made"
          undo: "echo undone >> {{ where }}/undos; rmdir {{ where }}/made"
          undo_check: "test ! -e {{ where }}/made"
        checks:
          - file: {path: "{{ where }}/made", kind: directory}
      - id: keep
        title: Keep
        why: it is kept
        run: {command: "touch {{ where }}/kept", irreversible: kept on purpose}
        checks:
          - file: {path: "{{ where }}/kept"}
"""
FAILS = """\
      - id: fail
        title: Fail
        why: it fails
        run: {command: "exit 1", irreversible: it did nothing}
        checks:
          - file: {path: "{{ where }}/never"}
"""


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "old").write_text("wrong\n")
    (tmp_path / "place" / "old").chmod(0o604)
    return Wizard(tmp_path)


@pytest.fixture
def place(wizard: Wizard) -> Path:
    return wizard.home / "place"


def as_it_was(place: Path) -> None:
    assert (place / "old").read_text() == "wrong\n"
    assert (place / "old").stat().st_mode & 0o777 == 0o604
    assert sorted(path.name for path in place.iterdir() if path.name not in {"kept", "undos"}) == ["old"]


def outcomes(done: Done) -> list[tuple[str, str]]:
    return [(body["step"], body["outcome"]) for body in done.of("undo_ended")]


ALL = [
    ("keep", "not undoable"),
    ("run", "restored, proven"),
    ("edit", "restored, proven"),
    ("write", "restored, proven"),
]


def test_after_success_everything_is_put_back_newest_first(wizard: Wizard, place: Path) -> None:
    assert wizard.run(checklist(CHANGES, WHERE), "--set", f"where={place}").exit_status == 0
    done = wizard("rollback", wizard.directory, "--headless")
    assert done.exit_status == 1, done.stderr
    assert outcomes(done) == ALL
    assert done.of("undo_ended")[0]["reason"] == "kept on purpose"
    assert done.of("run_ended")[-1]["outcome"] == "rolled back"
    as_it_was(place)
    assert (place / "kept").exists()


def test_a_failure_can_roll_back_by_itself(wizard: Wizard, place: Path) -> None:
    done = wizard.run(checklist(CHANGES + FAILS, WHERE), "--set", f"where={place}", "--on-fail", "rollback")
    assert done.exit_status == 1
    assert [one for one in outcomes(done) if one[0] != "fail"] == ALL
    as_it_was(place)


def test_a_rollback_to_a_step_leaves_what_came_before_it(wizard: Wizard, place: Path) -> None:
    wizard.run(checklist(CHANGES, WHERE), "--set", f"where={place}")
    done = wizard("rollback", wizard.directory, "--headless", "--to", "run")
    assert outcomes(done) == ALL[:2]
    assert (place / "new").exists()
    assert not (place / "made").exists()


@pytest.mark.parametrize(
    ("step", "said"), [("rnu", "no step rnu"), ("look", "look has nothing to undo")], ids=["mistyped", "read only"]
)
def test_a_rollback_to_a_step_that_cannot_be_meant_undoes_nothing(
    wizard: Wizard, place: Path, step: str, said: str
) -> None:
    looks = "      - {id: look, title: Look, why: to see, run: {command: ls, read_only: true}}\n"
    wizard.run(checklist(CHANGES + looks, WHERE), "--set", f"where={place}")
    done = wizard("rollback", wizard.directory, "--headless", "--to", step)
    assert done.exit_status == 2
    assert said in done.stderr
    assert "keep, run, edit, write" in done.stderr
    assert outcomes(done) == []
    assert (place / "made").exists()


def test_a_step_undone_at_its_gate_can_be_done_again(wizard: Wizard, place: Path) -> None:
    steps = CHANGES.replace("contains: [right]", "contains: [wrong]")
    answers = "edit: [undo this step, {answer: accept as it is, reason: better so}]\n"
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={place}", answers=answers)
    assert outcomes(done) == [("edit", "restored, proven")]
    assert (place / "old").read_text() == "wrong\n"
    assert done.exit_status == 1


def test_an_undo_that_fails_holds_up_no_other_and_can_be_tried_again(wizard: Wizard, place: Path) -> None:
    wizard.run(checklist(CHANGES, WHERE), "--set", f"where={place}")
    (place / "made" / "something").touch()
    done = wizard("rollback", wizard.directory, "--headless")
    assert done.exit_status == 5
    assert outcomes(done)[1] == ("run", "failed")
    assert outcomes(done)[2:] == ALL[2:]
    assert done.of("run_ended")[-1]["outcome"] == "rollback incomplete"
    (place / "made" / "something").unlink()
    again = wizard("rollback", wizard.directory, "--headless")
    assert again.exit_status == 1
    as_it_was(place)


def test_what_somebody_changed_since_is_told_beside_what_was_restored(wizard: Wizard, place: Path) -> None:
    wizard.run(checklist(CHANGES, WHERE), "--set", f"where={place}")
    done = wizard("rollback", wizard.directory, "--headless")
    (edit,) = [body for body in done.of("undo_ended") if body["step"] == "edit"]
    assert edit["changed"]
    assert not edit["differences"]


def test_a_rollback_that_was_killed_goes_on_and_undoes_nothing_twice(wizard: Wizard, place: Path) -> None:
    steps = CHANGES.replace('undo: "echo undone', 'undo: "echo undoing; cat {{ where }}/../gate; echo undone')
    wizard.run(checklist(steps, WHERE), "--set", f"where={place}")
    os.mkfifo(wizard.home / "gate")
    with wizard.start("rollback", wizard.directory, "--headless") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "│ undoing" in line:
                break
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    (wizard.home / "gate").write_text("")
    done = wizard("resume", wizard.directory, "--headless")
    assert done.exit_status == 1, done.stderr
    as_it_was(place)
    assert (place / "undos").read_text() == "undone\n"
    assert dict(outcomes(done)) == dict(ALL)


def test_a_step_that_never_started_needs_no_undo(wizard: Wizard, place: Path) -> None:
    answers = "write: pause and keep state\n"
    steps = CHANGES.replace('file: {path: "{{ where }}/new"}', 'file: {path: "{{ where }}/never"}')
    assert wizard.run(checklist(steps, WHERE), "--set", f"where={place}", answers=answers).exit_status == 4
    done = wizard("rollback", wizard.directory, "--headless")
    assert outcomes(done) == [("write", "restored, proven")]
    as_it_was(place)


def test_a_phase_undone_at_a_gate_is_done_again_on_resume(wizard: Wizard, place: Path) -> None:
    steps = CHANGES.replace("kind: directory}", "kind: file}")
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={place}", answers="run: undo this phase\n")
    assert done.exit_status == 4
    assert outcomes(done) == [("run", "restored, proven")]
    assert (place / "new").exists()
    (place / "made").touch()
    (place / "made").unlink()
    again = wizard("resume", wizard.directory, "--headless")
    assert again.exit_status == 4
    assert (place / "made").is_dir()
    assert [body["attempt"] for body in again.of("attempt_intended") if body["step"] == "run"] == [1, 1, 2]


PLAIN = """\
  - id: plain
    title: Plain
    steps:
      - id: make
        title: Make
        why: it must be there
        run: {command: "mkdir -p {{ where }}/made", undo: "rmdir {{ where }}/made"}
        checks:
          - file: {path: "{{ where }}/allowed"}
"""


def test_a_command_without_anything_to_capture_is_registered_once_and_undone(wizard: Wizard, place: Path) -> None:
    stopped = wizard.run(checklist(PLAIN, WHERE), "--set", f"where={place}", answers="make: run it again\n")
    assert stopped.exit_status == 4
    assert [event["attempt"] for event in stopped.of("action_ended")] == [1, 2]
    assert [event["step"] for event in stopped.of("undo_registered")] == ["make"]
    assert not (wizard.directory / "before").exists()
    undone = wizard("rollback", wizard.directory, "--headless")
    assert [event["outcome"] for event in undone.of("undo_ended")] == ["ran, unproven"]
    assert not (place / "made").exists()


def cut_after(done: Done, kind: str) -> None:
    """Leave of the record what a kill right after the last event of this kind would have left."""
    journal = done.directory / "events.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    last = max(place for place, event in enumerate(done.events) if event["kind"] == kind)
    journal.write_bytes(b"".join(lines[: last + 1]))


BREAKS = """\
  - id: one
    title: One
    steps:
      - id: first
        title: First
        why: it must run
        run: {command: "echo first >> {{ where }}/did", undo: "echo first >> {{ where }}/undos"}
        checks:
          - file: {path: "{{ where }}/did"}
      - id: second
        title: Second
        why: its undo fails
        run: {command: "echo second >> {{ where }}/did", undo: "echo second >> {{ where }}/undos; exit 3"}
        checks:
          - file: {path: "{{ where }}/did"}
"""


def undos(place: Path) -> list[str]:
    return (place / "undos").read_text().split()


def test_an_undo_that_failed_is_not_run_again_by_a_resume(wizard: Wizard, place: Path) -> None:
    wizard.run(checklist(BREAKS, WHERE), "--set", f"where={place}")
    done = wizard("rollback", wizard.directory, "--headless")
    assert (done.exit_status, undos(place)) == (5, ["second", "first"])
    cut_after(done, "undo_started")
    resumed = wizard("resume", wizard.directory, "--headless")
    assert (resumed.exit_status, undos(place)) == (5, ["second", "first"])
    assert resumed.of("run_ended")[-1]["outcome"] == "rollback incomplete"


@pytest.mark.parametrize(
    ("steps", "outcome"), [(CHANGES, "rolled back"), (BREAKS, "rollback incomplete")], ids=["all", "not all"]
)
def test_a_run_that_was_rolled_back_is_not_walked_again_by_a_resume(
    wizard: Wizard, place: Path, steps: str, outcome: str
) -> None:
    wizard.run(checklist(steps, WHERE), "--set", f"where={place}")
    done = wizard("rollback", wizard.directory, "--headless")
    cut_after(done, "rollback_ended")
    resumed = wizard("resume", wizard.directory, "--headless")
    assert resumed.exit_status == done.exit_status, resumed.stderr
    assert resumed.of("run_ended")[-1]["outcome"] == outcome
    assert len(resumed.of("attempt_intended")) == len(done.of("attempt_intended"))


def test_after_a_cut_off_rollback_a_person_may_have_what_failed_tried_again(wizard: Wizard, place: Path) -> None:
    wizard.run(checklist(BREAKS, WHERE), "--set", f"where={place}")
    cut_after(wizard("rollback", wizard.directory, "--headless"), "undo_started")
    wizard("rollback", wizard.directory, "--headless")
    assert undos(place) == ["second", "first", "second"]


PARTS = [("undo this step", "step run"), ("undo this phase", "phase two")]


@pytest.mark.parametrize(("answer", "scope"), PARTS)
@pytest.mark.parametrize("last", ["undo_started", "rollback_ended"])
def test_a_part_that_was_undone_is_not_done_again_unasked(
    wizard: Wizard, place: Path, answer: str, scope: str, last: str
) -> None:
    stuck = CHANGES.replace('file: {path: "{{ where }}/made", kind: directory}', 'file: {path: "{{ where }}/never"}')
    given = f"run: {answer}\n"
    done = wizard.run(checklist(stuck, WHERE), "--set", f"where={place}", answers=given)
    assert (done.of("rollback_ended"), done.of("rollback_started")[0]["scope"]) == ([{"outcome": "rolled back"}], scope)
    cut_after(done, last)
    resumed = wizard("resume", wizard.directory, "--headless")
    assert resumed.exit_status == 4, resumed.stderr
    assert f"undoing {scope} ended" in resumed.of("run_paused")[-1]["reason"]
    assert len([body for body in resumed.of("attempt_intended") if body["step"] == "run" and body["role"] == "do"]) == 1


def tampered(wizard: Wizard, step: str, old: str, new: str) -> None:
    path = wizard.directory / "before" / f"{step}.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_before_state_that_was_changed_is_not_put_back_and_holds_up_no_other(wizard: Wizard, place: Path) -> None:
    wizard.run(checklist(CHANGES, WHERE), "--set", f"where={place}")
    before = json.loads((wizard.directory / "before/edit.json").read_text())
    tampered(wizard, "edit", before["was"]["content"], b64encode(b"level=PLANTED\n").decode())
    edited = (place / "old").stat()
    done = wizard("rollback", wizard.directory, "--headless")
    assert done.exit_status == 5, done.stderr
    assert outcomes(done) == [(step, "failed" if step == "edit" else outcome) for step, outcome in ALL]
    reason = next(body["reason"] for body in done.of("undo_ended") if body["step"] == "edit")
    assert "before/edit.json is not what was captured" in reason
    assert "before/edit.json" in done.stdout + done.stderr
    assert (place / "old").read_text() == "right\n"
    assert (place / "old").stat().st_ino == edited.st_ino
    assert not [body for body in done.of("attempt_intended") if body["step"] == "edit" and body["role"] == "undo"]
    assert not (place / "new").exists()
    plan = wizard("plan", wizard.directory).stdout
    assert "# what was captured cannot be relied on: before/edit.json is not what was captured" in plan
    assert "PLANTED" not in plan


def test_a_step_that_is_done_again_goes_by_no_before_state_that_was_changed(wizard: Wizard, place: Path) -> None:
    shut = CHANGES.replace("contains: [right]", "contains: [never]")
    wizard.run(checklist(shut, WHERE), "--set", f"where={place}")
    before = json.loads((wizard.directory / "before/edit.json").read_text())
    tampered(wizard, "edit", before["was"]["content"], b64encode(b"level=PLANTED\n").decode())
    done = wizard(
        "resume", wizard.directory, "--headless", "--answers", wizard.write("edit: run it again\n", "again.yaml")
    )
    assert done.exit_status == 4, done.stderr
    assert "before/edit.json is not what was captured" in done.of("trouble_met")[-1]["what"]
    assert (place / "old").read_text() == "right\n"
