"""What a lost connection and a hung check do to a run: nothing that lasts."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from .machine import USER, Machine
from .operator import Operator
from .slow_step import HUNG, SLOW, assert_done_once, effects, wait_for_effects, wait_while_alive
from .tools import wait_until

CUT = 30.0
INTERRUPTED = 130


@pytest.fixture
def operator(machine: Machine, tmp_path: Path) -> Operator:
    """The operator, without a project."""
    return Operator(machine, tmp_path)


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
