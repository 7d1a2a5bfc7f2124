from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.support.shellhost import ShellHost
from wizard.facts.asking import Unseen
from wizard.facts.logfiles import newer, read_log, time_of

BERLIN = timezone(timedelta(hours=2))
MOMENT = datetime(2025, 10, 5, 9, 51, 44, 42000, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("27746:C 05 Oct 2025 09:51:44.042 # Failed opening the temp RDB file", UTC),
        ("27746:C 05 Oct 2025 11:51:44.042 * local time", BERLIN),
        ("2025-10-05T09:51:44.042Z x", BERLIN),
        ("[2025-10-05 11:51:44,042] x", BERLIN),
        ("2025-10-05T15:21:44.042+05:30 x", UTC),
    ],
)
def test_a_time_is_read_in_the_hosts_zone(line: str, zone: timezone) -> None:
    assert time_of(line, zone) == pytest.approx(MOMENT)


@pytest.mark.parametrize("line", ["no time here", "99 Oct 2025 09:51:44 x", "2025-13-05 09:51:44"])
def test_what_is_no_time_is_none(line: str) -> None:
    assert time_of(line, UTC) is None


def test_lines_since_the_mark_with_what_follows_them() -> None:
    lines = ["05 Oct 2025 09:51:43.000 old", "  more of it", "05 Oct 2025 09:51:45.000 new", "  and more"]

    tail = newer(lines, MOMENT, UTC, complete=False)

    assert (tail.lines, tail.timed, tail.whole) == (tuple(lines[2:]), True, True)


def test_a_window_that_begins_after_the_mark_may_have_missed_lines() -> None:
    assert not newer(["05 Oct 2025 09:51:45.000 new"], MOMENT, UTC, complete=False).whole


def test_lines_without_a_time_are_told_to_be_so() -> None:
    tail = newer([f"line {number}" for number in range(300)], MOMENT, UTC, complete=True)

    assert (len(tail.lines), tail.timed, tail.whole) == (200, False, False)


async def test_a_real_log_is_read_by_its_times(tmp_path: Path) -> None:
    log = tmp_path / "-redis.log"
    stamp = time.strftime("%d %b %Y %H:%M:%S")
    log.write_text(f"1:M 01 Jan 2020 00:00:00.000 # Permission denied\n1:M {stamp}.000 * saved\n")

    tail = await read_log(ShellHost(), str(log), time.time() - 100)

    assert [line[-5:] for line in tail.lines] == ["saved"]


async def test_a_missing_log_is_said_to_be_missing(tmp_path: Path) -> None:
    log = await read_log(ShellHost(), str(tmp_path / "none"), 0.0)
    assert (log.there, log.lines) == (False, ())


async def test_a_log_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unseen):
        await read_log(ShellHost(), str(tmp_path), 0.0)
