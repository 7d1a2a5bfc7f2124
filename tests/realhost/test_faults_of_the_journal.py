"""What befalls the host's journal, and what a watch sees of it: each line once; no data only where lines are gone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wizard.facts.journal import GONE

from .canaries import (
    MONITOR,
    WHOLE,
    blind,
    last_logged,
    looks,
    rotate,
    say,
    seen,
    start_logging,
    start_silent,
    start_waiting,
    vacuum,
)
from .machine import USER, Machine
from .operator import Operator
from .test_connection import SLOW, Wizard, assert_done_once, wait_for_effects, wait_while_alive
from .tools import wait_until

LINES = 720
APART = 5.0 if WHOLE else 0.1
"""Seconds between two of them."""

CUTS = 12
EVERY = 30 if WHOLE else 1
"""Seconds between two looks."""

SPARE = 60 if WHOLE else 6
"""Seconds that the watch goes on after the last line."""

ROUND = LINES // (CUTS + 1)
"""Lines from one cut to the next."""

MISSING = 5 if WHOLE else 8
"""Lines that are logged while the link is down."""


class Followed:
    """A wizard that follows the canaries, and what befalls it and its host."""

    def __init__(self, machine: Machine, operator: Operator, wizard: Wizard) -> None:
        self.machine = machine
        self.operator = operator
        self.wizard = wizard

    def await_logged(self, number: int) -> None:
        """Wait until the host has logged that many lines."""
        there = lambda: last_logged(self.machine) >= number  # noqa: E731 - said once
        wait_until(f"canary {number}", there, seconds=LINES * APART + 60, every=0.2)

    def await_seen(self, number: int) -> None:
        """Wait until that line is on record."""
        wait_while_alive(self.wizard, f"canary {number} seen", lambda: number in self.seen(), seconds=120)

    def await_looks(self, more: int) -> None:
        """Wait until so many more looks are on record; the first of them may have begun before."""
        enough = len(looks(self.operator.events())) + more
        wait_while_alive(
            self.wizard, "more looks", lambda: len(looks(self.operator.events())) >= enough, seconds=60 + more * EVERY
        )

    def seen(self) -> list[int]:
        """The lines on record so far."""
        return seen(self.operator.events())

    def cut(self) -> None:
        """Take the link down and end the logins, and join it again some lines later."""
        self.machine.link_down()
        self.machine.check(["pkill", "-f", f"^sshd: {USER}"])
        self.await_logged(last_logged(self.machine) + MISSING)
        self.machine.link_up()

    def restart_journald(self) -> None:
        """As an upgrade does."""
        self.machine.check(["systemctl", "restart", "systemd-journald"])

    def kill_journald(self) -> None:
        """As a lack of memory does; its files are then found unclean, and begun anew."""
        self.machine.check(["systemctl", "kill", "--signal=KILL", "systemd-journald"])
        back = ["systemctl", "is-active", "systemd-journald"]
        wait_until("journald is back", lambda: self.machine.run(back).returncode == 0, seconds=20)

    def lose_what_was_seen(self) -> None:
        """Archive the journal, look at all of the archive, and remove it."""
        rotate(self.machine)
        self.await_looks(2)
        vacuum(self.machine)

    def lose_what_nobody_saw(self, number: int) -> None:
        """Log a line and remove it while the wizard sleeps."""
        self.wizard.send_signal(signal.SIGSTOP)
        say(self.machine, number)
        rotate(self.machine)
        vacuum(self.machine)
        self.wizard.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill the wizard without a warning, and take its run up again."""
        self.wizard.send_signal(signal.SIGKILL)
        self.wizard.communicate()
        self.wizard = self.operator.spawn_again("resume")


@pytest.fixture
def operator(machine: Machine, tmp_path: Path) -> Operator:
    """The operator, without a project."""
    return Operator(machine, tmp_path)


@contextmanager
def following(machine: Machine, operator: Operator, lasts: float) -> Iterator[Followed]:
    """Follow the unit; whatever runs at the end is ended."""
    wizard = operator.start(MONITOR, lasts=f"{lasts:.0f}s", every=f"{EVERY}s")
    followed = Followed(machine, operator, wizard)
    try:
        followed.await_looks(1)
        yield followed
    finally:
        followed.wizard.kill()
        followed.wizard.communicate()


@pytest.mark.timeout(5400 if WHOLE else 300)
def test_720_of_720_lines_are_seen_once_each_through_twelve_cuts_and_more(machine: Machine, operator: Operator) -> None:
    befalls = {3: Followed.restart_journald, 6: Followed.lose_what_was_seen, 9: Followed.kill}
    start_waiting(machine, LINES, APART)
    with following(machine, operator, LINES * APART + SPARE) as followed:
        start_logging(machine)
        for number in range(1, CUTS + 1):
            followed.await_logged(number * ROUND)
            followed.cut()
            befalls.get(number, lambda _followed: None)(followed)
        followed.await_seen(LINES)
        finished = operator.wait(followed.wizard)

    assert finished.exit_status == 0, finished.why
    assert seen(finished.events) == list(range(1, LINES + 1))
    assert not [said for said in blind(finished.events) if GONE in said]
    # The one that the kill of the wizard falls into may not have been noticed any more.
    assert len(finished.of("link_changed", state="detached")) >= CUTS - 1


def test_a_journal_that_is_restarted_rotated_and_vacuumed_hides_only_what_is_gone(
    machine: Machine, operator: Operator, tmp_path: Path
) -> None:
    worker = Operator(machine, tmp_path / "step")
    worker.home.mkdir()
    start_silent(machine)
    with following(machine, operator, 600) as followed, worker.started(SLOW) as working:
        wait_for_effects(machine, working, "began")
        for number, befall in enumerate(
            (Followed.restart_journald, Followed.kill_journald, Followed.lose_what_was_seen)
        ):
            say(machine, number)
            befall(followed)
        say(machine, 3)
        followed.await_seen(3)
        followed.lose_what_nobody_saw(4)
        say(machine, 5)
        followed.await_seen(5)
        followed.await_looks(2)
        finished = worker.wait(working, seconds=120)

    assert seen(operator.events()) == [0, 1, 2, 3, 5]
    (said,) = blind(operator.events())
    assert GONE in said
    assert_done_once(finished, worker)
