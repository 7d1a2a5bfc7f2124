"""The host fails under a run - rebooted, swapped, full, its runner killed: nothing is done twice, or in the dark."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from .machine import Machine
from .operator import Finished, Operator
from .tools import wait_until

CHECKLISTS = Path(__file__).parent / "checklists"
STRUCK = CHECKLISTS / "struck-step.yaml"
STOPPED = 4
EFFECTS, GO = "/var/tmp/effects", "/var/tmp/go"

REBOOTED = "outcome unknown: the host rebooted before it ended"


@pytest.fixture
def host(_able_to_boot: None) -> Iterator[Machine]:
    """A booted host without the incident: it goes down and comes up in a moment."""
    with Machine() as booted:
        yield booted


@pytest.fixture
def operator(host: Machine, tmp_path: Path) -> Operator:
    """Their operator, without a project."""
    return Operator(host, tmp_path)


def effects(machine: Machine) -> list[str]:
    """What the steps have done on the host so far, seen from outside."""
    return machine.run(["cat", EFFECTS]).stdout.split()


def wait_for_effects(machine: Machine, wizard: subprocess.Popen[str], wanted: Sequence[str]) -> None:
    """Wait until the steps have come so far; the wizard must not end before."""
    wait_until(
        f"the effects {wanted}",
        lambda: effects(machine) == list(wanted) or wizard.poll() is not None,
        seconds=60,
    )
    assert wizard.poll() is None, wizard.communicate()[1]


def assert_unknown_and_kept(finished: Finished, why: str) -> None:
    """The run stopped at the gate of the struck step, which was started once and has no known outcome."""
    assert finished.exit_status == STOPPED, finished.why
    assert finished.outcomes == {"first": "verified"}
    assert finished.blocked[-1] == ("struck", [why])
    assert len(finished.of("attempt_intended", step="struck")) == 1
    assert not finished.of("run_ended")
    assert why in finished.narration


@pytest.mark.parametrize("how", ["reboot", "power_cycle"])
def test_a_reboot_during_a_step_leaves_it_unknown_and_it_is_not_run_again(
    how: str, operator: Operator, host: Machine
) -> None:
    with operator.started(STRUCK) as wizard:
        wait_for_effects(host, wizard, ["first", "began"])
        getattr(host, how)(wait_for_redis=False)
        finished = operator.wait(wizard, seconds=120)
    assert_unknown_and_kept(finished, REBOOTED)
    assert finished.of("attempt_ended")[-1]["state"] == "rebooted"
    detached, attached = finished.of("link_changed", host="redis")
    assert (detached["state"], attached["state"]) == ("detached", "attached")
    assert "rebooted" in attached["reason"]
    assert_unknown_and_kept(operator.again("resume"), REBOOTED)
    assert effects(host) == ["first", "began"]


def test_a_step_whose_wizard_and_host_both_went_down_is_unknown_on_resume(operator: Operator, host: Machine) -> None:
    with operator.started(STRUCK) as wizard:
        wait_for_effects(host, wizard, ["first", "began"])
        wizard.kill()
        wizard.communicate()
    host.power_cycle(wait_for_redis=False)
    assert_unknown_and_kept(operator.again("resume"), REBOOTED)
    assert effects(host) == ["first", "began"]


def test_after_a_reboot_the_checks_decide_where_the_author_says_so(
    operator: Operator, host: Machine, tmp_path: Path
) -> None:
    probing = tmp_path / "probing.yaml"
    probing.write_text(STRUCK.read_text().replace("on_unknown: ask", "on_unknown: probe"))
    with operator.started(probing) as wizard:
        wait_for_effects(host, wizard, ["first", "began"])
        host.power_cycle(wait_for_redis=False)
        finished = operator.wait(wizard, seconds=120)
    assert finished.exit_status == 0, finished.why
    assert finished.outcomes == {"first": "verified", "struck": "verified"}
    assert not finished.of("action_ended", step="struck")[0]["known"]
    assert effects(host) == ["first", "began"]


def test_a_step_that_ended_before_the_reboot_keeps_its_outcome(operator: Operator, host: Machine) -> None:
    with operator.started(STRUCK) as wizard:
        wait_for_effects(host, wizard, ["first", "began"])
        wizard.kill()
        wizard.communicate()
    host.check(["touch", GO])
    wait_until("the step's end on the host", lambda: ended_on(host) == 2, seconds=20)
    host.reboot(wait_for_redis=False)
    finished = operator.again("resume")
    assert finished.exit_status == 0, finished.why
    (ended,) = [end for end in finished.of("attempt_ended") if ".struck." in end["key"]]
    assert (ended["state"], ended["exit_status"]) == ("done", 0)
    assert effects(host) == ["first", "began", "ended"]


def ended_on(machine: Machine) -> int:
    """How many attempts have their end on record on the host."""
    return len(machine.run("ls -d /var/lib/incident-wizard/spool/*/state.done.*").stdout.split())
