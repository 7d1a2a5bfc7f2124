"""A wizard at work on a slow step, waited for by the effects that the step has on the host."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from .machine import Machine
from .operator import Finished, Operator
from .tools import wait_until

Wizard = subprocess.Popen[str]
CHECKLISTS = Path(__file__).parent / "checklists"
SLOW, HUNG = CHECKLISTS / "slow-step.yaml", CHECKLISTS / "hung-check.yaml"


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
