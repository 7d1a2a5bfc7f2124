"""A wizard that follows what a unit logs, and what may befall it, its link and its host's journal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from .canaries import MONITOR, last_logged, looks, rotate, say, seen, vacuum
from .machine import USER
from .operator import Operator
from .slow_step import Wizard, wait_while_alive
from .tools import wait_until

PATIENCE = 1800.0
"""Seconds for the next lines to come; an hour's wizard sleeps for twenty minutes."""


class Follower:
    """A wizard that follows the canaries, and what befalls it and its host."""

    def __init__(self, operator: Operator, wizard: Wizard, every: float) -> None:
        self.machine = operator.machine
        self.operator = operator
        self.wizard = wizard
        self.every = every

    def await_logged(self, number: int) -> None:
        """Wait until the host has logged that many lines."""
        wait_until(f"canary {number}", lambda: last_logged(self.machine) >= number, seconds=PATIENCE, every=0.2)

    def await_seen(self, number: int) -> None:
        """Wait until that line is on record."""
        wait_while_alive(self.wizard, f"canary {number} seen", lambda: number in self.seen(), seconds=120)

    def await_looks(self, more: int) -> None:
        """Wait until so many more looks are on record; the first of them may have begun before."""
        enough, seconds = self.looked() + more, 60 + more * self.every
        wait_while_alive(self.wizard, "more looks", lambda: self.looked() >= enough, seconds=seconds)

    def looked(self) -> int:
        """How many looks are on record so far."""
        return len(looks(self.operator.events()))

    def seen(self) -> list[int]:
        """The lines on record so far."""
        return seen(self.operator.events())

    def cut(self, until: int) -> None:
        """Take the link down and end the logins, and join it again once so many lines were logged."""
        self.machine.link_down()
        self.machine.run(["pkill", "-f", f"^sshd: {USER}"])
        self.await_logged(until)
        self.machine.link_up()

    def sleep(self, until: int) -> None:
        """Let the wizard sleep as with its machine, until so many lines were logged."""
        self.wizard.send_signal(signal.SIGSTOP)
        self.await_logged(until)
        self.wizard.send_signal(signal.SIGCONT)

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


@contextmanager
def following(operator: Operator, lasts: float, every: float = 1) -> Iterator[Follower]:
    """Follow the unit for so many seconds, with so many from look to look; whatever runs at the end is ended."""
    wizard = operator.start(MONITOR, lasts=f"{lasts:.0f}s", every=f"{every:.0f}s")
    follower = Follower(operator, wizard, every)
    try:
        follower.await_looks(1)
        yield follower
    finally:
        follower.wizard.kill()
        follower.wizard.communicate()
