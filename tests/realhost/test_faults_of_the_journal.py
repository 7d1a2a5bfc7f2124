"""What befalls the host's journal, and what a watch sees of it: each line once; no data only where lines are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.facts.journal import GONE, HOLED

from .canaries import WHOLE, blind, say, seen, start_logging, start_silent, start_waiting
from .follower import Follower, following
from .machine import Machine
from .operator import Operator
from .slow_step import SLOW, assert_done_once, wait_for_effects

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

ASLEEP = 240 if WHOLE else 12
"""Lines that are logged while the wizard sleeps: twenty minutes of an hour."""


@pytest.fixture
def operator(machine: Machine, tmp_path: Path) -> Operator:
    """The operator, without a project."""
    return Operator(machine, tmp_path)


@pytest.mark.timeout(5400 if WHOLE else 300)
def test_720_of_720_lines_are_seen_once_each_through_twelve_cuts_and_more(machine: Machine, operator: Operator) -> None:
    befalls = {
        2: lambda follower: follower.sleep(until=2 * ROUND + MISSING + ASLEEP),
        4: Follower.restart_journald,
        6: Follower.lose_what_was_seen,
        9: Follower.kill,
    }
    start_waiting(machine, LINES, APART)
    with following(operator, LINES * APART + SPARE, EVERY) as follower:
        start_logging(machine)
        for number in range(1, CUTS + 1):
            follower.await_logged(number * ROUND)
            follower.await_looks(1)
            follower.cut(until=number * ROUND + MISSING)
            befalls.get(number, lambda _: None)(follower)
        follower.await_seen(LINES)
        finished = operator.wait(follower.wizard)

    assert finished.exit_status == 0, finished.why
    assert seen(finished.events) == list(range(1, LINES + 1))
    assert not [said for said in blind(finished.events) if GONE in said or HOLED in said]
    # The one that the kill of the wizard falls into may not have been noticed any more.
    assert len(finished.of("link_changed", state="detached")) >= CUTS - 1


def test_a_journal_that_is_restarted_rotated_and_vacuumed_hides_only_what_is_gone(
    machine: Machine, operator: Operator, tmp_path: Path
) -> None:
    worker = Operator(machine, tmp_path / "step")
    worker.home.mkdir()
    start_silent(machine)
    with following(operator, 600) as follower, worker.started(SLOW) as working:
        wait_for_effects(machine, working, "began")
        for number, befall in enumerate(
            (Follower.restart_journald, Follower.kill_journald, Follower.lose_what_was_seen)
        ):
            say(machine, number)
            befall(follower)
        say(machine, 3)
        follower.await_seen(3)
        follower.lose_what_nobody_saw(4)
        say(machine, 5)
        follower.await_seen(5)
        follower.await_looks(2)
        finished = worker.wait(working, seconds=120)

    assert seen(operator.events()) == [0, 1, 2, 3, 5]
    (said,) = blind(operator.events())
    assert GONE in said
    assert_done_once(finished, worker)
