"""The host fails under a run - rebooted, swapped, full, its runner killed: nothing is done twice, or in the dark."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from . import lifetime
from .machine import Machine
from .operator import Finished, Operator
from .tools import check, wait_until

CHECKLISTS = Path(__file__).parent / "checklists"
STRUCK, BETWEEN, CROWDED = (CHECKLISTS / f"{name}.yaml" for name in ("struck-step", "between-steps", "crowded-step"))
STOPPED, UNTRUSTED = 4, 3
EFFECTS, GO, SPOOL = "/var/tmp/effects", "/var/tmp/go", "/var/lib/incident-wizard"

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


def kill_at_work(operator: Operator, host: Machine) -> None:
    """Kill the wizard in the middle of the step."""
    with operator.started(STRUCK) as wizard:
        wait_for_effects(host, wizard, ["first", "began"])
        wizard.kill()
        wizard.communicate()


def test_a_step_whose_wizard_and_host_both_went_down_is_unknown_on_resume(operator: Operator, host: Machine) -> None:
    kill_at_work(operator, host)
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
    kill_at_work(operator, host)
    host.check(["touch", GO])
    wait_until("the step's end on the host", lambda: ended_on(host) == 2, seconds=20)
    host.reboot(wait_for_redis=False)
    finished = operator.again("resume")
    assert finished.exit_status == 0, finished.why
    (ended,) = [end for end in finished.of("attempt_ended") if ".struck." in end["key"]]
    assert (ended["state"], ended["exit_status"]) == ("done", 0)
    assert effects(host) == ["first", "began", "ended"]


def test_a_reboot_between_two_steps_is_told_and_the_next_one_runs_once_on_the_new_boot(
    operator: Operator, host: Machine, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    with operator.started(BETWEEN, go=go) as wizard:
        wait_for_event(operator, wizard, "attempt_claimed", ".wait.")
        host.reboot(wait_for_redis=False)
        go.touch()
        finished = operator.wait(wizard, seconds=120)
    assert finished.exit_status == 0, finished.why
    assert any("rebooted" in change["reason"] for change in finished.of("link_changed", host="redis"))
    first, second = (finished.of("attempt_intended", step=step)[0]["boot_id"] for step in ("first", "second"))
    now = host.check(["cat", "/proc/sys/kernel/random/boot_id"]).strip()
    assert now not in first
    assert now in second
    assert effects(host) == ["first", "second"]


def ended_on(machine: Machine) -> int:
    """How many attempts have their end on record on the host."""
    return len(machine.run("ls -d /var/lib/incident-wizard/spool/*/state.done.*").stdout.split())


ANOTHER_KEY, CLONE = "another key", "a clone"
TOLD = {
    ANOTHER_KEY: "the host's key is not the one on record",
    CLONE: "another machine answers now",
}
TOLD_ON_RESUME = {**TOLD, CLONE: "another machine than at the start answers as redis"}
swaps = pytest.mark.parametrize("kind", [ANOTHER_KEY, CLONE])


@contextmanager
def another(host: Machine, kind: str) -> Iterator[Machine]:
    """A second machine that lets the same operator in: with keys of its own, or with those of the first."""

    def disguise(root: Path) -> None:
        lifetime.write(root / "etc/machine-id", f"{'0' * 31}1\n", 0o444)
        lifetime.write(root / "home/autobot/.ssh/authorized_keys", (host.state / "operator_key.pub").read_text(), 0o600)
        if kind == CLONE:
            key = (host.state / "host_key").read_text()
            lifetime.write(root / "etc/ssh/ssh_host_ed25519_key", key, 0o600)

    with Machine(before_boot=[disguise]) as machine:
        yield machine


def assert_refused(finished: Finished, told: str, new: Machine) -> None:
    """The run stopped with its state kept, said why and what to do, and nothing was done on the new machine."""
    assert finished.exit_status == UNTRUSTED, finished.why
    assert told in finished.narration
    assert any(advice in finished.narration for advice in ("ssh-keygen -R", "Find out", "find out"))
    assert finished.of("run_paused")
    assert not finished.of("run_ended")
    assert not finished.of("run_ended")
    assert effects(new) == []
    assert new.run("ls -d /var/lib/incident-wizard /var/tmp/incident-wizard.held.*").stdout == ""


@swaps
def test_a_host_swapped_between_two_steps_is_left_alone_now_and_on_resume(
    kind: str, operator: Operator, host: Machine, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    with another(host, kind) as new:
        with operator.started(BETWEEN, go=go) as wizard:
            wait_for_event(operator, wizard, "attempt_claimed", ".wait.")
            host.network.attach(new.network.host)
            go.touch()
            finished = operator.wait(wizard, seconds=120)
        assert_refused(finished, TOLD[kind], new)
        assert finished.outcomes["first"] == "verified"
        assert_refused(operator.again("resume"), TOLD_ON_RESUME[kind], new)
        host.network.attach(host.network.host)
        finished = operator.again("resume")
    assert finished.exit_status == 0, finished.why
    assert effects(host) == ["first", "second"]


def test_who_the_host_is_is_asked_again_before_each_change_over_a_connection_that_lasts(
    operator: Operator, host: Machine, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    with operator.started(BETWEEN, go=go) as wizard:
        wait_for_event(operator, wizard, "attempt_claimed", ".wait.")
        host.check(f"echo {'0' * 31}1 >/etc/machine-id.new && mv /etc/machine-id.new /etc/machine-id")
        go.touch()
        finished = operator.wait(wizard, seconds=60)
    assert finished.exit_status == UNTRUSTED, finished.why
    assert "another machine answers now" in finished.narration
    assert not finished.of("link_changed")
    assert not finished.of("attempt_claimed", key=finished.of("attempt_intended", step="second")[0]["key"])
    assert effects(host) == ["first"]


def test_a_host_swapped_during_a_step_is_left_alone_and_the_step_is_found_again_where_it_runs(
    operator: Operator, host: Machine
) -> None:
    with another(host, CLONE) as new:
        with operator.started(STRUCK) as wizard:
            wait_for_effects(host, wizard, ["first", "began"])
            host.network.attach(new.network.host)
            finished = operator.wait(wizard, seconds=120)
        assert_refused(finished, TOLD[CLONE], new)
        assert not finished.of("action_ended", step="struck")
        host.network.attach(host.network.host)
    host.check(["touch", GO])
    finished = operator.again("resume")
    assert finished.exit_status == 0, finished.why
    assert effects(host) == ["first", "began", "ended"]


def wait_for_event(operator: Operator, wizard: subprocess.Popen[str], kind: str, key: str) -> None:
    """Wait until the journal tells this of an attempt; the wizard must not end before."""
    wait_until(
        f"{kind} of {key}",
        lambda: _told(operator, kind, key) or wizard.poll() is not None,
        seconds=60,
    )
    assert wizard.poll() is None, wizard.communicate()[1]


def _told(operator: Operator, kind: str, key: str) -> bool:
    return any(event["kind"] == kind and key in event["body"].get("key", "") for event in operator.events())


@pytest.fixture
def small(_able_to_boot: None) -> Iterator[Machine]:
    """A host that keeps attempts on a file system of a few megabytes."""

    def mount(root: Path) -> None:
        image, place = root.parent / "spool.img", root / SPOOL.lstrip("/")
        place.mkdir()
        check(["truncate", "--size=8M", str(image)])
        check(["mkfs.ext4", "-q", "-m", "0", str(image)])
        check(["mount", "-o", "loop", str(image), str(place)])

    with Machine(before_boot=[mount]) as booted:
        yield booted


NO_BLOCKS = f"dd if=/dev/zero of={SPOOL}/fill bs=1k 2>/dev/null; [ -s {SPOOL}/fill ]"
NO_INODES = f"cd {SPOOL} && i=0 && while : >fill.$i; do i=$((i + 1)); done 2>/dev/null; [ -e fill.1000 ]"


@pytest.mark.parametrize("fill", [NO_BLOCKS, NO_INODES], ids=["no blocks", "no inodes"])
def test_on_a_full_disk_nothing_is_started_until_there_is_room(fill: str, small: Machine, tmp_path: Path) -> None:
    operator = Operator(small, tmp_path)
    small.check(["touch", GO])
    small.check(fill)
    for finished in (operator.run(STRUCK, answers={}), operator.again("resume")):
        assert finished.exit_status == STOPPED, finished.why
        assert "nothing was started" in finished.narration
        assert "No space left on device" in finished.narration
        assert "Make room there" in finished.narration
        assert finished.blocked[-1][0] == "first"
        assert effects(small) == []
    small.check(f"rm {SPOOL}/fill*")
    finished = operator.again("resume")
    assert finished.exit_status == 0, finished.why
    assert effects(small) == ["first", "began", "ended"]


def test_a_disk_that_fills_under_a_step_costs_output_which_is_counted_and_nothing_else(
    small: Machine, tmp_path: Path
) -> None:
    accepted = {"crowded": {"answer": "accept as it is", "reason": "tried"}}
    finished = Operator(small, tmp_path).run(CROWDED, answers=accepted)
    assert effects(small) == ["began", "printed", "next"]
    assert finished.outcomes == {"crowded": "accepted", "next": "verified"}
    ended = finished.of("attempt_ended")[0]
    assert (ended["state"], ended["exit_status"]) == ("done", 3)
    lost = ended["dropped"]
    assert lost > 0
    printed = sum(len(f"{number}\n") for number in range(1, 100_001))
    # What was read in one piece as the disk ran full is counted as one byte, at most 64 KiB of it.
    assert printed - 65536 <= ended["total"] + lost <= printed
    assert f"exit status 3; at least {lost:,} bytes of its output were not kept" in finished.narration


KILLED = "outcome unknown: its runner on the host was killed; what it had begun may still run"


def kill_the_runner(machine: Machine) -> None:
    """Kill the session that the runner has to itself, as an administrator or the kernel short of memory might."""
    (runner,) = machine.check("pgrep -f 'sh /dev/shm/wizard[.][^/]*/runner' | xargs ps -o sid= -p | sort -u").split()
    machine.check(["pkill", "-KILL", "-s", runner])


def test_a_runner_killed_during_a_step_leaves_it_unknown_within_seconds_and_it_is_not_run_again(
    operator: Operator, host: Machine
) -> None:
    with operator.started(STRUCK) as wizard:
        wait_for_effects(host, wizard, ["first", "began"])
        kill_the_runner(host)
        finished = operator.wait(wizard, seconds=20)
    assert_unknown_and_kept(finished, KILLED)
    assert finished.of("attempt_ended")[-1]["state"] == "lost"
    assert not finished.of("link_changed")
    assert_unknown_and_kept(operator.again("resume"), KILLED)
    host.check(["touch", GO])
    wait_until("the end of what had begun", lambda: effects(host) == ["first", "began", "ended"], seconds=20)
