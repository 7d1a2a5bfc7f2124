"""What a lost connection and a hung check do to a run: nothing that lasts."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .machine import USER, Machine
from .operator import Finished, Operator
from .tools import wait_until

Wizard = subprocess.Popen[str]

CHECKLISTS = Path(__file__).parent / "checklists"
SLOW, HUNG = CHECKLISTS / "slow-step.yaml", CHECKLISTS / "hung-check.yaml"
CUT = 30.0
INTERRUPTED = 130


@pytest.fixture
def operator(machine: Machine, tmp_path: Path) -> Operator:
    """The operator, without a project."""
    return Operator(machine, tmp_path)


def effects(machine: Machine) -> list[str]:
    """What the slow step has done on the host so far, seen from outside."""
    return machine.run(["cat", "/var/tmp/effects"]).stdout.split()


def wait_while_alive(wizard: Wizard, what: str, look: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is seen; the wizard must not end before."""
    wait_until(what, lambda: look() or wizard.poll() is not None, seconds=seconds)
    assert wizard.poll() is None, wizard.communicate()[1]


def wait_for_effects(machine: Machine, wizard: Wizard, *wanted: str) -> None:
    """Wait until the step has come so far."""
    wait_while_alive(wizard, f"the effects {wanted}", lambda: effects(machine) == list(wanted))


def assert_done_once(finished: Finished, operator: Operator, lines: int = 12) -> None:
    """The step was started once, ended well, happened once, and every line it printed is kept."""
    assert finished.exit_status == 0, finished.why
    assert len(finished.of("attempt_intended", step="slow")) == 1
    (ended,) = finished.of("attempt_ended")
    assert (ended["state"], ended["exit_status"]) == ("done", 0)
    assert effects(operator.machine) == ["began", "ended"]
    kept = (operator.run_dir / "output" / ended["output"]).read_text()
    assert kept.splitlines() == [f"line {number}" for number in range(1, lines + 1)]


def test_a_step_goes_on_through_a_cut_of_30_seconds_and_is_attached_again_and_counted_once(
    operator: Operator, machine: Machine
) -> None:
    with operator.started(SLOW) as wizard:
        wait_for_effects(machine, wizard, "began")
        machine.link_down()
        until = time.monotonic() + CUT
        wait_for_effects(machine, wizard, "began", "ended")
        wait_while_alive(wizard, "the end of the cut", lambda: time.monotonic() > until)
        machine.link_up()
        finished = operator.wait(wizard, seconds=120)
    assert_done_once(finished, operator)
    assert [change["state"] for change in finished.of("link_changed", host="redis")] == ["detached", "attached"]


@pytest.mark.parametrize("machine", [{"kill_user_processes": True}], indirect=True, ids=["KillUserProcesses=yes"])
def test_a_step_outlives_a_login_whose_processes_are_all_killed(operator: Operator, machine: Machine) -> None:
    with operator.started(SLOW) as wizard:
        wait_for_effects(machine, wizard, "began")
        machine.link_down()
        # The host cannot see that the operator is gone; its end of each login is closed for it.
        machine.check(["pkill", "-f", f"^sshd: {USER}"])
        wait_until("no login left", lambda: not machine.check(["loginctl", "list-sessions", "--no-legend"]), seconds=20)
        assert effects(machine) == ["began"]
        machine.link_up()
        finished = operator.wait(wizard, seconds=120)
    assert_done_once(finished, operator)
    assert [change["state"] for change in finished.of("link_changed", host="redis")] == ["detached", "attached"]


def test_a_hung_check_does_not_hold_up_an_interrupt_and_the_run_is_kept(operator: Operator, machine: Machine) -> None:
    with operator.started(HUNG) as wizard:
        wait_while_alive(wizard, "the check", lambda: machine.run(["pgrep", "-fx", "sleep 600"]).returncode == 0)
        wizard.send_signal(signal.SIGINT)
        finished = operator.wait(wizard, seconds=15)
    assert finished.exit_status == INTERRUPTED
    assert [event["kind"] for event in finished.events if event["kind"] != "chain_anchored"][-1] == "run_paused"
    assert finished.of("run_paused")[0]["reason"] == "interrupted"
    assert not finished.of("run_ended")
    assert str(operator.run_dir) in finished.narration
