from __future__ import annotations

from dataclasses import replace

import pytest

from wizard.facts.redis_persistence import Saving
from wizard.facts.redis_schedule import GRACE, SaveLedger, SavePoint, next_due, save_points

POINTS = [SavePoint(900, 1), SavePoint(60, 100)]
START = Saving(in_progress=False, status="ok", last_save=1000, changes=0, own=True, run_id="a")


def test_save_points_are_read_as_redis_writes_them() -> None:
    assert save_points("900 1 60 100") == POINTS
    assert save_points("") == []


@pytest.mark.parametrize("setting", ["900", "a b"])
def test_something_else_is_no_save_point(setting: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        save_points(setting)


def test_where_nothing_is_written_no_save_is_expected() -> None:
    ledger = SaveLedger()

    assert [ledger.look(1000 + hour * 3600, START, POINTS) for hour in range(3)] == ["", "", ""]
    assert (ledger.expected, ledger.seen, ledger.missed) == (0, 0, 0)


def test_a_due_save_that_comes_is_expected_and_seen_once() -> None:
    ledger = SaveLedger()
    ledger.look(1010, replace(START, changes=5), POINTS)
    ledger.look(1905, replace(START, changes=5), POINTS)
    ledger.look(1906, replace(START, changes=5, in_progress=True), POINTS)

    assert ledger.look(1910, replace(START, last_save=1907), POINTS) == ""
    assert (ledger.expected, ledger.seen, ledger.missed) == (1, 1, 0)


def test_a_save_that_became_due_and_came_between_two_looks_counts_as_expected() -> None:
    ledger = SaveLedger()
    ledger.look(1890, replace(START, changes=5), POINTS)
    ledger.look(1950, replace(START, last_save=1901), POINTS)

    assert (ledger.expected, ledger.seen) == (1, 1)


def test_a_save_by_hand_is_seen_but_was_not_expected() -> None:
    ledger = SaveLedger()
    ledger.look(1010, START, POINTS)
    ledger.look(1020, replace(START, last_save=1015), POINTS)

    assert (ledger.expected, ledger.seen) == (0, 1)


def test_a_due_save_that_does_not_come_is_bad_and_missed_once() -> None:
    ledger = SaveLedger()
    late = replace(START, changes=5)
    ledger.look(1910, late, POINTS)

    assert ledger.look(1900 + GRACE, late, POINTS) == ""
    assert "did not come" in ledger.look(1950, late, POINTS)
    assert "did not come" in ledger.look(1960, late, POINTS)
    assert (ledger.expected, ledger.missed) == (1, 1)


def test_a_long_save_is_not_missed_while_it_is_in_progress() -> None:
    ledger = SaveLedger()
    ledger.look(1910, replace(START, changes=5, in_progress=True), POINTS)

    assert ledger.look(3000, replace(START, changes=5, in_progress=True), POINTS) == ""
    assert ledger.missed == 0


def test_a_failed_save_is_bad_at_once() -> None:
    assert "err" in SaveLedger().look(1010, replace(START, status="err"), POINTS)


def test_a_restart_is_no_save() -> None:
    ledger = SaveLedger()
    ledger.look(1010, START, POINTS)
    ledger.look(1100, replace(START, run_id="b", last_save=1090), POINTS)

    assert ledger.seen == 0


def test_the_next_save_is_due_by_the_first_rule_that_what_is_unsaved_meets() -> None:
    assert next_due(replace(START, changes=5), POINTS) == 1900
    assert next_due(replace(START, changes=100), POINTS) == 1060
    assert next_due(START, POINTS) is None
