"""`wizard resume`: after a gate, a kill, a safe stop; and what it refuses to go on from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist, phase, step, wait_until

WHERE = "inputs:\n  where: {type: path}\n"
THREE_STEPS = """\
  - id: one
    title: One
    steps:
      - id: first
        title: First
        why: it comes first
        run: {command: "echo first >> {{ where }}/effects; echo kept", irreversible: it stays}
        capture: {word: {stdout: "^(kept)$"}}
        checks:
          - name: first is done
            lasting: true
            file: {path: "{{ where }}/effects", contains: [first]}
      - id: second
        title: Second
        why: it comes second
        run:
          command: "echo second began; cat {{ where }}/gate; echo second >> {{ where }}/effects"
          irreversible: it stays
        checks:
          - file: {path: "{{ where }}/effects", contains: [second]}
      - id: third
        title: Third
        why: it comes third
        run: {command: "echo third {{ captured.word }} >> {{ where }}/effects", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/effects", contains: [third kept]}
"""


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def effects(where: Path) -> list[str]:
    return (where / "effects").read_text().splitlines()


def resume(wizard: Wizard, *options: str | Path) -> Done:
    return wizard("resume", wizard.directory, "--headless", *options)


def killed_in_the_second_step(
    wizard: Wizard, where: Path, number: int = signal.SIGKILL, text: str = THREE_STEPS
) -> None:
    """Leave a run whose wizard died while its second step was running."""
    os.mkfifo(where / "gate")
    file = wizard.write(checklist(text, WHERE))
    with wizard.start("run", file, "--headless", "--run-dir", wizard.directory, "--set", f"where={where}") as process:
        _until(process, "│ second began")
        process.send_signal(number)
        process.communicate(timeout=30)


def _until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"{text} was never told")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_goes_on_and_each_effect_is_there_once(wizard: Wizard, tmp_path: Path, number: int) -> None:
    killed_in_the_second_step(wizard, tmp_path, number)
    (tmp_path / "gate").write_text("")
    done = resume(wizard)
    assert done.exit_status == 0, done.stderr
    assert effects(tmp_path) == ["first", "second", "third kept"]
    assert done.of("run_resumed")


def cut_behind(directory: Path, kind: str) -> None:
    """Leave of a journal what a wizard had written that died right after the last event of this kind."""
    journal = directory / "events.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if json.loads(line)["kind"] == kind)
    journal.write_text("".join(lines[: last + 1]))


CAPTURES = """\
      - id: first
        title: First
        why: it comes first
        run: {command: "echo ran >> {{ where }}/effects; echo kept", irreversible: it stays}
        capture: {word: {stdout: "^(kept)$"}}
        checks:
          - file: {path: "{{ where }}/effects", contains: [ran]}
"""


@pytest.mark.parametrize("host", ["knows it still", "has forgotten it"])
def test_an_end_on_record_stands_and_is_not_recorded_again(wizard: Wizard, tmp_path: Path, host: str) -> None:
    text = checklist(phase(CAPTURES, step("second", 'command: "echo {{ captured.word }}", read_only: true')), WHERE)
    done = wizard.run(text, "--set", f"where={tmp_path}")
    assert done.exit_status == 0, done.stderr
    (first,) = (one for one in done.of("attempt_ended") if ".first." in one["key"])
    cut_behind(wizard.directory, "attempt_claimed")  # of the second step
    cut_behind(wizard.directory, "attempt_ended")
    if host == "has forgotten it":
        for claim in tmp_path.rglob("*.claim"):
            claim.unlink()
    again = resume(wizard)
    assert again.exit_status == 0, again.stderr
    assert [one for one in again.of("attempt_ended") if ".first." in one["key"]] == [first]
    assert effects(tmp_path) == ["ran"]
    assert [one["value"] for one in again.of("value_captured")] == ["kept"]


def test_what_a_step_requires_keeps_nobody_from_finding_what_it_started(wizard: Wizard, tmp_path: Path) -> None:
    stop = 'command: "rm {{ where }}/running; echo second began; cat {{ where }}/gate", irreversible: it stopped'
    here, gone = (f'file: {{path: "{{{{ where }}}}/running", exists: {there}}}' for there in ("true", "false"))
    steps = phase(step("stop", stop, gone, requires=here))
    (tmp_path / "running").touch()
    killed_in_the_second_step(wizard, tmp_path, text=steps)
    (tmp_path / "gate").write_text("")
    assert resume(wizard).exit_status == 0


def test_a_step_that_went_on_alone_is_found_finished(wizard: Wizard, tmp_path: Path) -> None:
    killed_in_the_second_step(wizard, tmp_path)
    (tmp_path / "gate").write_text("")
    wait_until(lambda: len(effects(tmp_path)) == 2, "the second effect")
    assert resume(wizard).exit_status == 0
    assert effects(tmp_path) == ["first", "second", "third kept"]


def test_a_run_stopped_at_a_gate_looks_again_and_does_nothing_twice(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: act
        title: Act
        why: to act
        run: {command: "echo acted >> {{ where }}/effects", irreversible: it stays}
        checks:
          - name: the light is on
            file: {path: "{{ where }}/light"}
"""
    assert wizard.run(checklist(steps, WHERE), "--set", f"where={tmp_path}").exit_status == 4
    assert resume(wizard).exit_status == 4
    (tmp_path / "light").write_text("on")
    assert resume(wizard).exit_status == 0
    assert effects(tmp_path) == ["acted"]


def test_what_must_last_is_looked_at_first_and_blocks_where_it_does_not(wizard: Wizard, tmp_path: Path) -> None:
    killed_in_the_second_step(wizard, tmp_path)
    (tmp_path / "gate").write_text("")
    wait_until(lambda: len(effects(tmp_path)) == 2, "the second effect")
    (tmp_path / "effects").write_text("second\n")
    done = resume(wizard)
    assert done.exit_status == 4
    assert done.of("gate_blocked")[-1]["blocked_by"] == ["first: first is done"]


def test_a_checklist_that_changed_since_is_shown_and_not_gone_on_with(wizard: Wizard, tmp_path: Path) -> None:
    killed_in_the_second_step(wizard, tmp_path)
    file = tmp_path / "trial.yaml"
    file.write_text(file.read_text().replace("echo third", "echo fourth"))
    done = resume(wizard)
    assert done.exit_status == 2
    assert '-        run: {command: "echo third' in done.stderr
    assert '+        run: {command: "echo fourth' in done.stderr
    (tmp_path / "gate").write_text("")
    assert resume(wizard, "--as-started").exit_status == 0
    assert effects(tmp_path)[-1] == "third kept"


def test_inputs_that_changed_since_are_shown(wizard: Wizard, tmp_path: Path) -> None:
    killed_in_the_second_step(wizard, tmp_path)
    (tmp_path / "gate").write_text("")
    done = resume(wizard, "--set", "where=/elsewhere")
    assert done.exit_status == 2
    assert "where: was" in done.stderr
    assert "now '/elsewhere'" in done.stderr
    assert resume(wizard, "--set", f"where={tmp_path}").exit_status == 0


def test_a_run_that_ended_is_not_gone_on_with(wizard: Wizard, tmp_path: Path) -> None:
    (tmp_path / "gate").write_text("")
    wizard.run(checklist(THREE_STEPS, WHERE), "--set", f"where={tmp_path}")
    done = resume(wizard)
    assert done.exit_status == 2
    assert "the run has ended: resolved" in done.stderr


def test_a_journal_that_was_changed_is_not_gone_on_with(wizard: Wizard, tmp_path: Path) -> None:
    killed_in_the_second_step(wizard, tmp_path)
    (tmp_path / "gate").write_text("")
    path = wizard.directory / "events.jsonl"
    path.write_text(path.read_text().replace('"word"', '"wurd"'))
    done = resume(wizard)
    assert done.exit_status == 6
    assert "the journal is broken" in done.stderr


def test_a_run_ended_at_a_safe_stop_goes_on_later_inside_its_window(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: save
        title: Save
        why: to be safe
        safe_stop: the rest can wait
        run: {command: "echo saved >> {{ where }}/effects", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/effects"}
      - id: change
        title: Change
        why: for good
        run: {command: "echo changed >> {{ where }}/effects", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/effects", contains: [changed]}
"""
    answers = "save: stop here, mitigated\n"
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 1
    assert done.of("run_ended")[-1]["outcome"] == "mitigated"
    assert done.of("run_ended")[-1]["remaining"] == ["change"]

    closed = resume(wizard, "--window", "2020-01-01T00:00/2020-01-01T01:00")
    assert closed.exit_status == 4
    assert "the maintenance window closed" in closed.stderr
    assert effects(tmp_path) == ["saved"]

    wizard.write("change: {answer: run outside the window, reason: the manager said so}\n", "answers.yaml")
    late = resume(wizard, "--window", "2020-01-01T00:00/2020-01-01T01:00", "--answers", tmp_path / "answers.yaml")
    assert late.exit_status == 1
    assert late.of("run_ended")[-1]["deviations"] == ["change run outside the window: the manager said so"]
    assert effects(tmp_path) == ["saved", "changed"]
    assert late.of("gate_answered")[-1]["reason"] == "the manager said so"


def test_two_wizards_do_not_write_one_run(wizard: Wizard, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    file = wizard.write(checklist(THREE_STEPS, WHERE))
    arguments = ["run", file, "--headless", "--run-dir", wizard.directory, "--set", f"where={tmp_path}"]
    with wizard.start(*arguments) as process:
        _until(process, "│ second began")
        done = resume(wizard)
        assert done.exit_status == 2
        assert "is being written by" in done.stderr
        (tmp_path / "gate").write_text("")
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_secrets_are_asked_for_again_and_never_stored(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: use
        title: Use
        why: it is wanted
        run: {command: 'test "$TOKEN" = correct-horse', irreversible: it is used, secrets: {TOKEN: "{{ token }}"}}
        checks:
          - file: {path: "{{ where }}/light"}
"""
    head = WHERE + "  token: {type: secret, env: TRIAL_TOKEN}\n"
    wizard.run(checklist(steps, head), "--set", f"where={tmp_path}", TRIAL_TOKEN="correct-horse")
    (tmp_path / "light").write_text("on")
    without = resume(wizard)
    assert without.exit_status == 2
    assert "TRIAL_TOKEN" in without.stderr
    assert wizard("resume", wizard.directory, "--headless", TRIAL_TOKEN="correct-horse").exit_status == 0
    assert "correct-horse" not in json.dumps(wizard.run.__doc__) + (wizard.directory / "events.jsonl").read_text()
