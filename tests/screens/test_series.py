"""A watch as a series: what is bad is never folded away, what is missing is never filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from screens import series
from screens.series import BAD, MISSED, NO_DATA, OK, Look
from wizard.run.events import SampleTaken

BEGAN = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
VERDICTS = st.sampled_from([OK, BAD, NO_DATA, MISSED])
VALUES = st.none() | st.floats(allow_nan=False, allow_infinity=False)
SEVERITY = {verdict: place for place, verdict in enumerate(series.WORST_FIRST)}


def looks(*seconds: float, every: float = 30.0, first: int = 1) -> list[Look]:
    """Looks so many seconds after the beginning."""
    return [
        Look(BEGAN + timedelta(seconds=at), SampleTaken("watch", number, OK, {}, every=every))
        for number, at in enumerate(seconds, start=first)
    ]


def look(seen: dict[str, str], **fields: object) -> Look:
    return Look(BEGAN, SampleTaken("watch", 1, OK, seen, **fields))  # type: ignore[arg-type]


@given(st.integers(0, 500), st.integers(1, 120))
def test_buckets_take_each_neighbour_once_and_in_order(count: int, width: int) -> None:
    made = series.buckets(count, width)
    assert [place for one in made for place in one] == list(range(count))
    assert len(made) == min(count, width)
    assert all(made)
    assert not made or max(map(len, made)) - min(map(len, made)) <= 1


@given(st.lists(VERDICTS, max_size=300), st.integers(1, 80))
def test_a_strip_shows_the_worst_of_each_bucket(verdicts: Sequence[str], width: int) -> None:
    strip = series.folded(verdicts, width)
    assert len(strip) <= width
    assert {OK} | set(strip) == {OK} | set(strip) & set(verdicts)
    for bucket, mark in zip(series.buckets(len(verdicts), width), strip, strict=True):
        assert SEVERITY[mark] == min(SEVERITY[verdicts[place]] for place in bucket)


@given(st.lists(VALUES, max_size=200), st.integers(1, 80), st.integers(2, 8))
@example([1.7976931348623157e308, -9.9792015476736e291], 1, 2)
@example([5e-324, 0.0], 1, 2)
def test_a_sparkline_has_a_gap_only_where_every_value_is_missing(
    values: Sequence[float | None], width: int, levels: int
) -> None:
    heights = series.heights(values, width, levels)
    for bucket, height in zip(series.buckets(len(values), width), heights, strict=True):
        assert (height is None) == all(values[place] is None for place in bucket)
        assert height is None or 0 <= height < levels


def test_a_sparkline_goes_from_the_lowest_to_the_highest() -> None:
    assert series.heights([0, 50, None, 100], 4, 8) == [0, 4, None, 7]
    assert series.heights([3, 3, 3], 3, 8) == [0, 0, 0]


def test_a_folded_sparkline_shows_the_peaks() -> None:
    assert series.heights([0, 100, 0, 0], 2, 8) == [7, 0]


def test_looks_that_are_missing_are_gaps() -> None:
    spaced = series.slots(looks(0, 31, 62, 186, 217))
    assert [one is None for one in spaced] == [False, False, False, True, True, True, False, False]
    assert series.marks(spaced)[3:6] == [MISSED] * 3


def test_a_look_that_takes_its_time_is_no_gap() -> None:
    assert None not in series.slots(looks(0, 42, 84, 150, 192))


def test_a_clock_that_jumps_by_years_is_bounded() -> None:
    assert len(series.slots(looks(0, 30, 60, 3e9))) <= series.MOST_MISSED + 4


def test_only_the_last_attempt_is_shown() -> None:
    again = [*looks(0, 30, 60), *looks(600, 630)]
    assert series.latest(again) == again[3:]


def test_numbers_come_from_the_look_itself() -> None:
    counted = series.numbers(look({"saves": "1 due, 2 seen"}, numbers={"restarts": 0.0}))
    assert counted == {"restarts": 0.0}


def test_numbers_that_a_look_only_told_are_found() -> None:
    seen = {"saves": "1 due, 1 seen, 1,200 changes unsaved", "keys": "10001", "status": "ok", "since": "3 days: long"}
    assert series.numbers(look(seen)) == {"due": 1, "seen": 1, "changes unsaved": 1200, "keys": 10001}


@pytest.mark.parametrize("value", ["x", None, [], float("inf"), float("nan"), "9" * 400])
def test_what_is_no_number_is_a_gap(value: object) -> None:
    assert series.numbers(look({}, numbers={"odd": value, "even": 2})) == {"even": 2}
    assert series.numbers(look({"odd": "9" * 400})) == {}


def test_a_number_is_followed_with_its_gaps() -> None:
    seen = [look({}, numbers={"a": 1}), None, look({}, numbers={"b": 2})]
    assert series.followed(seen) == {"a": [1, None, None], "b": [None, None, 2]}


def test_the_end_and_the_next_save_are_told_by_the_last_look() -> None:
    last = look({}, left=90.0, next_save=-5.0)
    assert series.ends_at(last) == BEGAN + timedelta(seconds=90)
    assert series.save_at(last) == BEGAN - timedelta(seconds=5)
    assert series.ends_at(look({})) is None


@pytest.mark.parametrize("seconds", [1e300, float("inf"), float("nan"), -1e12, "soon", None])
def test_a_time_that_is_nonsense_is_none(seconds: object) -> None:
    last = look({}, left=seconds, next_save=seconds)
    assert series.ends_at(last) is None
    assert series.save_at(last) is None
