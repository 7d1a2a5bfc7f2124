from __future__ import annotations

import pytest

from wizard.facts.cursors import Place, counted, joined, later

SYSTEM = "s=26fd;i=3c;b=4587;m=20399aee;t=6612f56fe581a;x=873ed35fe4544769"
USERS = "s=d864;i=3d;b=4587;m=2039a439;t=6612f56fe6166;x=b6e1b372213b2906"
AFTER = "s=26fd;i=3e;b=4587;m=2039ead8;t=6612f56fea805;x=88814b27355e7ea0"
NEXT_BOOT = "s=9999;i=1;b=beef;m=10;t=6612f57000000;x=1"


def test_a_cursor_tells_the_time_of_its_line() -> None:
    assert Place.of(SYSTEM).clock == 0x6612F56FE581A / 1_000_000
    assert Place.of("opaque").clock is None


@pytest.mark.parametrize(("one", "other"), [(AFTER, SYSTEM), (USERS, SYSTEM), (AFTER, USERS), (NEXT_BOOT, AFTER)])
def test_of_two_lines_one_is_later_in_whatever_file_they_stand(one: str, other: str) -> None:
    assert later(one, other)
    assert not later(other, one)


def test_within_a_series_its_count_decides_though_the_clock_was_set_back() -> None:
    assert later("s=1;i=10;b=1;m=5;t=1;x=0", "s=1;i=f;b=1;m=4;t=9;x=0")


def test_nothing_is_said_of_cursors_that_cannot_be_compared() -> None:
    for one, other in ((SYSTEM, SYSTEM), ("start", "s=2"), ("", SYSTEM), (SYSTEM, "")):
        assert not later(one, other)


def test_the_marked_line_or_the_one_counted_next_means_that_nothing_is_gone() -> None:
    assert joined(SYSTEM, SYSTEM)
    assert joined(SYSTEM, SYSTEM.replace("s=26fd;i=3c", "s=1;i=1"))
    assert joined("s=1;i=32;b=1;m=1;t=1;x=1", "s=1;i=33;b=1;m=2;t=2;x=2")


def test_a_line_that_was_counted_in_between_may_be_gone() -> None:
    assert not joined(SYSTEM, AFTER)
    assert not joined(SYSTEM, USERS)
    assert not joined(SYSTEM, NEXT_BOOT)
    assert not joined("start", "end")


def test_entries_of_one_series_are_counted() -> None:
    assert counted(SYSTEM, SYSTEM) == 1
    assert counted(SYSTEM, AFTER) == 3
    assert counted(AFTER, SYSTEM) == 0
    assert counted(SYSTEM, USERS) is None
    assert counted("start", "end") is None
