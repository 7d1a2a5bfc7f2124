"""`wizard run --headless` on the operator's own machine: exit statuses, gates, answers, signals, what is kept."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.integration.commandline import ROOT, TAIL, Wizard, checklist, wait_until
from wizard.run.journal import read
from wizard.run.state import replay

TWO_STEPS = """\
  - id: one
    title: One
    steps:
      - id: write
        title: Write a file
        why: it is wanted
        file: {path: "{{ where }}/file", content: "hello\\n", mode: "0640"}
        checks:
          - file: {path: "{{ where }}/file", contains: [hello]}
      - id: count
        title: Count
        why: to know
        run: {command: "echo counted >> {{ where }}/count; wc -l < {{ where }}/file", irreversible: counting stays}
        capture: {lines: {stdout: "^(\\\\d+)$"}}
        checks:
          - command: {command: "echo {{ captured.lines }}", stdout_is: "1"}
"""
WHERE = "inputs:\n  where: {type: path}\n"
FAILING = """\
  - id: one
    title: One
    steps:
      - id: look
        title: Look
        why: to see
        run: {command: "echo looked >> {{ where }}/looks", irreversible: looking stays}
        advice: Look elsewhere.
        checks:
          - name: it is there
            file: {path: "{{ where }}/wanted"}
      - id: after
        title: After
        why: to come after
        run: {command: "echo after >> {{ where }}/looks", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/looks"}
"""


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


@pytest.mark.parametrize("cold", [True, False], ids=["the program itself", "a fork"])
def test_a_run_whose_every_gate_opens_is_resolved(wizard: Wizard, tmp_path: Path, *, cold: bool) -> None:
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}", cold=cold)
    assert done.exit_status == 0, done.stderr
    assert (tmp_path / "file").read_text() == "hello\n"
    assert (tmp_path / "count").read_text() == "counted\n"
    assert "resolved" in done.stderr
    assert done.stdout == ""


def test_each_act_is_announced_in_the_journal_before_it_is_done(wizard: Wizard, tmp_path: Path) -> None:
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}")
    kinds = [event["kind"] for event in done.events if event["body"].get("step") == "write" or "key" in event["body"]]
    wanted = ["before_captured", "undo_registered", "attempt_intended", "attempt_claimed", "attempt_ended"]
    assert [kind for kind in kinds if kind in wanted][:5] == wanted
    before = json.loads((done.directory / "before" / "write.json").read_text())
    assert "absent" in json.dumps(before)


def test_what_a_step_printed_is_kept_byte_by_byte(wizard: Wizard) -> None:
    steps = r"""
  - id: one
    title: One
    steps:
      - id: print
        title: Print
        why: to see
        run: {command: "printf '\\377\\033[31mred\\n'", read_only: true}
        checks:
          - command: {command: "true", stdout_is: ""}
"""
    done = wizard.run(checklist(steps))
    (ended,) = done.of("attempt_ended")
    assert (done.directory / "output" / ended["output"]).read_bytes() == b"\xff\x1b[31mred\n"
    assert "\x1b[31m" not in done.stderr
    assert "␛[31mred" in done.stderr


def test_a_shut_gate_stops_the_run_with_its_state_kept(wizard: Wizard, tmp_path: Path) -> None:
    done = wizard.run(checklist(FAILING, WHERE), "--set", f"where={tmp_path}")
    assert done.exit_status == 4
    assert (tmp_path / "looks").read_text() == "looked\n"
    (blocked,) = done.of("gate_blocked")
    assert blocked["scope"] == "look"
    assert blocked["blocked_by"] == ["it is there"]
    assert "Look elsewhere." in done.stderr
    assert done.of("run_paused")
    assert not done.of("run_ended")


def test_a_gate_answered_with_a_reason_goes_on_and_is_owned_up_to(wizard: Wizard, tmp_path: Path) -> None:
    answers = "look: {answer: accept as it is, reason: it is not wanted today}\n"
    done = wizard.run(checklist(FAILING, WHERE), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 1
    (ended,) = done.of("run_ended")
    assert ended["outcome"] == "resolved"
    assert ended["deviations"] == ["look accepted: it is not wanted today"]
    assert (tmp_path / "looks").read_text() == "looked\nafter\n"


def test_a_step_run_again_is_a_new_attempt(wizard: Wizard, tmp_path: Path) -> None:
    answers = "look: [run it again, {answer: skip, reason: enough}]\n"
    done = wizard.run(checklist(FAILING, WHERE), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 1
    assert (tmp_path / "looks").read_text() == "looked\nlooked\nafter\n"
    assert [body["attempt"] for body in done.of("attempt_intended") if body["step"] == "look"] == [1, 2]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("lok: skip\n", "Did you mean look"),
        ("look: skip\n", "needs a reason"),
        ("- look\n", "not a mapping"),
        ("look: 3\n", "an answer is text"),
    ],
)
def test_answers_that_cannot_be_meant_are_refused_before_anything_starts(
    wizard: Wizard, tmp_path: Path, answers: str, said: str
) -> None:
    done = wizard.run(checklist(FAILING, WHERE), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 2
    assert said in done.stderr
    assert not (tmp_path / "looks").exists()


def test_a_manual_step_without_an_answer_waits_and_with_one_goes_on(wizard: Wizard) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: ask
        title: Ask
        why: only a person knows
        manual: {ask: Is the light green?, answers: [green]}
"""
    assert wizard.run(checklist(steps)).exit_status == 4
    wizard.directory = wizard.home / "second"
    assert wizard.run(checklist(steps), answers="ask: green\n").exit_status == 0


def test_a_manual_check_is_answered_like_a_question(wizard: Wizard) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: turn
        title: Turn
        why: it must turn
        run: {command: "true", irreversible: it turned}
        checks:
          - manual: {ask: Does it turn?}
"""
    assert wizard.run(checklist(steps), answers="turn: seen\n").exit_status == 0


def test_a_guard_that_does_not_hold_keeps_the_act_from_starting(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: stop
        title: Stop
        why: it must stop
        requires:
          - name: a copy exists
            file: {path: "{{ where }}/copy"}
        run: {command: "touch {{ where }}/stopped", undo: "rm -f {{ where }}/stopped"}
        checks:
          - file: {path: "{{ where }}/stopped"}
"""
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={tmp_path}")
    assert done.exit_status == 4
    assert done.of("gate_blocked")[0]["blocked_by"] == ["a copy exists"]
    assert not (tmp_path / "stopped").exists()
    assert not done.of("undo_registered")


def test_an_act_that_fails_keeps_its_gate_shut_though_its_checks_pass(wizard: Wizard) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: act
        title: Act
        why: to act
        run: {command: "exit 3", irreversible: nothing to undo}
        checks:
          - command: {command: "true", stdout_is: ""}
"""
    done = wizard.run(checklist(steps))
    assert done.exit_status == 4
    assert done.of("gate_blocked")[0]["blocked_by"] == ["exit status 3"]


def test_check_mode_reads_and_changes_nothing(wizard: Wizard, tmp_path: Path) -> None:
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}", "--check")
    assert done.exit_status == 0, done.stderr
    assert not (tmp_path / "file").exists()
    assert not (tmp_path / "count").exists()
    assert len(done.of("step_rendered")) == 2
    assert not done.of("attempt_intended")


def test_json_prints_every_event_as_a_line(wizard: Wizard, tmp_path: Path) -> None:
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}", "--json")
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["kind"] for line in printed] == [event["kind"] for event in done.events]


def test_a_secret_is_nowhere_but_where_it_is_used(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: use
        title: Use
        why: it is wanted
        run:
          command: 'printf "%s" "$TOKEN" > {{ where }}/used; echo "it is $TOKEN"; printf "%s" "$TOKEN" | base64'
          irreversible: it is used
          secrets: {TOKEN: "{{ token }}"}
        checks:
          - file: {path: "{{ where }}/used"}
"""
    head = WHERE + "  token: {type: secret, env: TRIAL_TOKEN}\n"
    secret = "correct-horse-battery"
    done = wizard.run(checklist(steps, head), "--set", f"where={tmp_path}", TRIAL_TOKEN=secret)
    assert done.exit_status == 0, done.stderr
    assert (tmp_path / "used").read_text() == secret
    kept = [path for path in done.directory.rglob("*") if path.is_file()]
    assert not [path for path in kept if secret.encode() in path.read_bytes()]
    assert secret not in done.stderr
    assert "«masked»" in done.stderr


def test_an_interrupted_run_ends_at_once_with_its_state_kept_and_the_step_goes_on(
    wizard: Wizard, tmp_path: Path
) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: long
        title: Long
        why: it takes time
        run: {command: "echo began; cat {{ where }}/gate; echo done >> {{ where }}/effects", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/effects"}
"""
    os.mkfifo(tmp_path / "gate")
    file = wizard.write(checklist(steps, WHERE))
    arguments = ["run", file, "--headless", "--run-dir", wizard.directory, "--set", f"where={tmp_path}"]
    with wizard.start(*arguments) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "│ began" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert replay(read(wizard.directory).records).paused is not None
    (tmp_path / "gate").write_text("")
    effects = tmp_path / "effects"
    wait_until(lambda: effects.exists() and effects.read_text() == "done\n", "the step's end")


def test_a_run_directory_that_holds_a_run_is_not_written_over(wizard: Wizard, tmp_path: Path) -> None:
    wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}")
    before = (wizard.directory / "events.jsonl").read_bytes()
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}")
    assert done.exit_status == 2
    assert "holds a run already" in done.stderr
    assert (wizard.directory / "events.jsonl").read_bytes() == before


def test_where_the_journal_cannot_grow_nothing_more_is_done(wizard: Wizard, tmp_path: Path) -> None:
    wizard.largest_file = 8 * 512
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={tmp_path}")
    assert done.exit_status == 6
    assert "the journal cannot be written" in done.stderr
    assert not (tmp_path / "count").exists()
    assert "Traceback" not in done.stderr
    assert read(wizard.directory).broken is None


def test_an_unreachable_host_is_exit_3_in_words(wizard: Wizard, closed_port: int) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: look
        title: Look
        why: to see
        on: far
        run: {command: "true", read_only: true}
"""
    head = f'hosts:\n  far: {{ssh: "nobody@127.0.0.1", port: {closed_port}}}\n'
    done = wizard.run(checklist(steps, head))
    assert done.exit_status == 3
    assert "Traceback" not in done.stderr
    assert "127.0.0.1" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "no-such-list", "--headless"], "no checklist is called no-such-list"),
        (["run", "no-such-file.yaml", "--headless"], "no-such-file.yaml"),
        (["lint", "no-such-file.yaml"], "no-such-file.yaml"),
        (["run", "redis-ownership", "--headless", "--set", "acount=x"], "did you mean `account`?"),
        (["run", "redis-ownership", "--headless", "--set", "redis_password=x"], "can be seen by others"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(wizard: Wizard, arguments: list[str], said: str) -> None:
    done = wizard(*arguments)
    assert done.exit_status == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_checklist_is_told_with_every_position(wizard: Wizard) -> None:
    file = wizard.write("checklist: x\ntitel: y\nseverity: grave\n" + TAIL)
    done = wizard("lint", file)
    assert done.exit_status == 2
    assert f"{file}:2:1: titel: unknown key `titel`; did you mean `title`?" in done.stdout
    assert f"{file}:3:11: severity: " in done.stdout


def test_what_was_never_done_cannot_be_accepted(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: stop
        title: Stop
        why: it must stop
        requires:
          - file: {path: "{{ where }}/copy"}
        run: {command: "touch {{ where }}/stopped", irreversible: it stopped}
        checks:
          - file: {path: "{{ where }}/stopped"}
"""
    answers = "stop: {answer: accept as it is, reason: never mind}\n"
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 4
    assert "accept as it is" not in done.of("gate_blocked")[0]["answers"]


def test_a_step_whose_value_was_never_captured_is_refused_at_its_gate(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: count
        title: Count
        why: to know
        run: {command: "exit 1", read_only: true}
        capture: {number: {stdout: "(.*)"}}
      - id: use
        title: Use
        why: to use it
        run: {command: "echo {{ captured.number }} >> {{ where }}/used", irreversible: it stays}
        checks:
          - file: {path: "{{ where }}/used"}
"""
    answers = "count: {answer: skip, reason: not today}\n"
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 4
    assert done.of("gate_blocked")[-1]["scope"] == "use"
    assert not (tmp_path / "used").exists()


def test_an_exit_criterion_that_was_accepted_is_owned_up_to(wizard: Wizard, tmp_path: Path) -> None:
    tail = 'exit_criteria:\n  - name: it is there\n    file: {path: "{{ where }}/never"}\n'
    answers = "end: {answer: accept as it is, reason: it comes tomorrow}\n"
    done = wizard.run(checklist(TWO_STEPS, WHERE, tail), "--set", f"where={tmp_path}", answers=answers)
    assert done.exit_status == 1
    assert done.of("run_ended")[0]["deviations"] == ["end accepted: it comes tomorrow"]


def test_an_inputs_file_that_others_can_read_is_refused(wizard: Wizard, tmp_path: Path) -> None:
    inputs = wizard.write(f"where: {tmp_path}\n", "inputs.yaml")
    inputs.chmod(0o644)
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--inputs", inputs)
    assert done.exit_status == 2
    assert "chmod 600" in done.stderr
    inputs.chmod(0o600)
    wizard.directory = wizard.home / "second"
    assert wizard.run(checklist(TWO_STEPS, WHERE), "--inputs", inputs).exit_status == 0


def test_ansible_that_is_missing_is_told_with_what_to_install(wizard: Wizard, tmp_path: Path) -> None:
    steps = """
  - id: one
    title: One
    steps:
      - id: look
        title: Look
        why: to see
        run: {command: "true", read_only: true}
        checks:
          - ansible: {directory: "{{ where }}", playbook: none.yml}
"""
    hidden = f"import wizard.facts.ansible_script as s; s.tool = lambda name: {str(tmp_path / 'none')!r}"
    (tmp_path / "sitecustomize.py").write_text(hidden)
    done = wizard.run(checklist(steps, WHERE), "--set", f"where={tmp_path}", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.exit_status == 4
    assert "Ansible is not installed here" in done.stderr


def test_attempts_on_this_machine_are_kept_where_everything_else_is(wizard: Wizard) -> None:
    done = wizard.run(checklist(TWO_STEPS, WHERE), "--set", f"where={wizard.home}")
    assert done.exit_status == 0, done.stderr
    claims = {path.name for path in (wizard.home / "state" / "spool").glob("*.claim")}
    assert claims == {f"{event['key']}.claim" for event in done.of("attempt_intended")}
