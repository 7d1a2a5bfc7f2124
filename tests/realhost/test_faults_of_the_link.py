"""A link that is down, or whose sshd answers no more, under a step and a watch: both go on, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from .canaries import WHOLE, blind, looks, say, seen, start_silent
from .follower import Follower, following
from .machine import USER, Machine
from .operator import Finished, Operator
from .slow_step import SLOW, Wizard, assert_done_once, wait_for_effects, wait_while_alive
from .tools import wait_until

CUT = 300.0 if WHOLE else 32.0
NOTICED = 25.0
"""Seconds within which a dead link must be noticed; 20 are promised."""

BACK = 15.0
"""Seconds within which the host must be found again once it can be reached; 5 are promised where nothing else runs."""

LOGINS = f"^sshd: {USER}"
VERDICTS = {"attempt_ended", "action_ended", "check_observed", "gate_opened", "gate_blocked", "step_ended"}


@dataclass
class Pair:
    """Somebody who changes a host, and somebody who watches it."""

    machine: Machine
    worker: Operator
    working: Wizard
    follower: Follower

    @property
    def watcher(self) -> Operator:
        """Who watches."""
        return self.follower.operator

    def wait_alive(self, what: str, seconds: float, look: Any) -> None:
        """Wait until something is seen; neither may end before."""
        wait_while_alive(self.working, what, lambda: look() or self.follower.wizard.poll() is not None, seconds)
        assert self.follower.wizard.poll() is None

    def attached_again(self) -> bool:
        """Both have found the host again."""
        return all(changes(operator.events())[1:] for operator in (self.worker, self.watcher))


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """A home for each of two operators."""
    found = (tmp_path / "worker", tmp_path / "watcher")
    for home in found:
        home.mkdir()
    return found


@contextmanager
def at_work(machine: Machine, homes: tuple[Path, Path], lines: int) -> Iterator[Pair]:
    """A step under way that prints so many lines, and a watch of a silent unit."""
    worker, watcher = (Operator(machine, home) for home in homes)
    start_silent(machine)
    with following(watcher, 3600) as follower, worker.started(SLOW, lines=lines) as working:
        wait_for_effects(machine, working, "began")
        yield Pair(machine, worker, working, follower)


def logins(machine: Machine) -> set[str]:
    """The processes of sshd that serve the operator's connections."""
    return set(machine.run(["pgrep", "-f", LOGINS]).stdout.split())


def changes(events: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """What the link was said to be, and when."""
    return [(event["body"]["state"], clock(event)) for event in events if event["kind"] == "link_changed"]


def clock(event: Mapping[str, Any]) -> float:
    """When something went on record; the wizard's clock is this machine's."""
    return datetime.fromisoformat(event["at"]).replace(tzinfo=UTC).timestamp()


def assert_noticed(events: list[dict[str, Any]], cut: float, back: float = 0.0) -> None:
    """It was said soon that the link was gone and that it was there again, and nothing was judged in between.

    ``back`` is since when the host could be reached again; before the loss was noticed, where that is not given.
    """
    (detached, gone), (attached, there) = changes(events)
    assert (detached, attached) == ("detached", "attached")
    back = max(back, gone)
    print(f"detached {gone - cut:.1f} s after the cut, attached {there - back:.1f} s after it could be")
    assert gone - cut <= NOTICED
    assert there - back <= BACK
    assert not [event for event in events if event["kind"] in VERDICTS and cut < clock(event) < there]


def assert_gap_filled(watcher: Operator) -> None:
    """A look said that nobody had looked, and the line that was logged meanwhile was seen, once."""
    told = [look["seen"]["gap"] for look in looks(watcher.events()) if "gap" in look["seen"]]
    assert told
    assert all("the journal of that time is read" in said for said in told)
    assert seen(watcher.events()) == [1, 2]
    assert not blind(watcher.events())


def ended(pair: Pair, lines: int) -> Finished:
    """The step's wizard at its end, once the watch has seen a line that was logged with the link there again."""
    say(pair.machine, 2)
    pair.follower.await_seen(2)
    pair.follower.await_looks(2)
    return pair.worker.wait(pair.working, seconds=60 + lines)


@pytest.mark.timeout(900 if WHOLE else 300)
def test_a_step_and_a_watch_go_on_through_a_link_that_is_down(machine: Machine, homes: tuple[Path, Path]) -> None:
    lines = round(CUT) + 6
    with at_work(machine, homes, lines) as pair:
        machine.link_down()
        cut = time.time()
        say(machine, 1)
        pair.wait_alive("the end of the cut", CUT + 10, lambda: time.time() >= cut + CUT)
        machine.link_up()
        back = time.time()
        pair.wait_alive("the host found again", 60, pair.attached_again)
        finished = ended(pair, lines)

    assert_done_once(finished, pair.worker, lines)
    assert_noticed(pair.worker.events(), cut, back)
    assert_noticed(pair.watcher.events(), cut, back)
    assert_gap_filled(pair.watcher)


def test_a_step_and_a_watch_go_on_where_sshd_answers_no_more(machine: Machine, homes: tuple[Path, Path]) -> None:
    lines = 26
    with at_work(machine, homes, lines) as pair:
        frozen = logins(machine)
        machine.check(["pkill", "-STOP", "-f", LOGINS])
        cut = time.time()
        say(machine, 1)
        pair.wait_alive("new connections", 60, pair.attached_again)
        machine.check(["kill", "-CONT", *frozen])
        wait_until("the old logins ended", lambda: not set(frozen) & logins(machine), seconds=60)
        finished = ended(pair, lines)

    assert_done_once(finished, pair.worker, lines)
    for operator in (pair.worker, pair.watcher):
        assert_noticed(operator.events(), cut)
    assert_gap_filled(pair.watcher)
