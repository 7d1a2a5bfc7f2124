"""A runner killed between the start and the end of a step: its outcome is unknown, and nothing runs again by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.commandline import Done, Wizard, checklist, phase, step

LOST = "outcome unknown: its runner on the host was killed; what it had begun may still run"
WHERE = "inputs:\n  where: {type: path}\n"


def run(wizard: Wizard, where: Path, policy: str, *, always: bool = False) -> Done:
    """A step that ends its own runner the first time, or always, as an administrator or the kernel might."""
    first = "" if always else f"mkdir {where}/once && "
    steps = f"""
  - id: one
    title: One
    steps:
      - id: act
        title: Act
        why: to act
        on_unknown: {policy}
        run:
          command: "echo acted >> {{{{ where }}}}/effects; {first}kill -9 $PPID; exit 0"
          irreversible: it stays
        checks:
          - name: it acted
            file: {{path: "{{{{ where }}}}/effects"}}
"""
    return wizard.run(checklist(steps, WHERE), "--set", f"where={where}")


@pytest.fixture
def wizard(tmp_path: Path) -> Wizard:
    return Wizard(tmp_path)


def effects(where: Path) -> list[str]:
    return (where / "effects").read_text().splitlines()


def test_unless_told_otherwise_a_person_is_asked(wizard: Wizard, tmp_path: Path) -> None:
    done = run(wizard, tmp_path, "ask")
    assert done.exit_status == 4
    assert done.of("gate_blocked")[0]["blocked_by"] == [LOST]
    assert "? unknown" in done.stderr
    assert effects(tmp_path) == ["acted"]


def test_a_probe_lets_the_checks_decide_and_runs_nothing_again(wizard: Wizard, tmp_path: Path) -> None:
    done = run(wizard, tmp_path, "probe")
    assert done.exit_status == 0, done.stderr
    assert not done.of("action_ended")[0]["known"]
    assert effects(tmp_path) == ["acted"]


def test_what_is_safe_to_retry_is_retried_once_as_a_new_attempt(wizard: Wizard, tmp_path: Path) -> None:
    done = run(wizard, tmp_path, "safe_to_retry")
    assert done.exit_status == 0, done.stderr
    assert [body["attempt"] for body in done.of("attempt_intended")] == [1, 2]
    assert effects(tmp_path) == ["acted", "acted"]


def test_what_was_retried_in_vain_is_asked_about(wizard: Wizard, tmp_path: Path) -> None:
    done = run(wizard, tmp_path, "safe_to_retry", always=True)
    assert done.exit_status == 4
    assert done.of("gate_blocked")[0]["blocked_by"] == [LOST]
    assert effects(tmp_path) == ["acted", "acted"]


OUTLIVES = phase(
    step(
        "act",
        'command: "cd {{ where }}; echo began >> effects; if mkdir once; then '
        "trap 'echo ended >> effects; exit' TERM; kill -9 $PPID; while :; do sleep 0.05; done; fi\", "
        'undo: "echo undone >> {{ where }}/effects"',
        'file: {path: "{{ where }}/effects"}',
    )
)


@pytest.mark.parametrize(("answer", "then"), [("run it again", "began"), ("undo this step", "undone")])
def test_what_a_killed_runner_left_is_ended_before_anything_else_of_its_step(
    wizard: Wizard, tmp_path: Path, answer: str, then: str
) -> None:
    done = wizard.run(checklist(OUTLIVES, WHERE), "--set", f"where={tmp_path}", answers=f"act: {answer}\n")
    assert effects(tmp_path) == ["began", "ended", then]
    (left,) = done.of("leftover_ended")
    assert (left["step"], left["attempt"], left["host"]) == ("act", 1, "local")
    assert "what attempt 1 had left running" in done.stderr
    assert "what attempt 1 had left running was ended" in (done.directory / "report.md").read_text()


def test_the_report_says_that_the_outcome_is_unknown(wizard: Wizard, tmp_path: Path) -> None:
    done = run(wizard, tmp_path, "ask")
    assert "unknown" in (done.directory / "report.md").read_text()
