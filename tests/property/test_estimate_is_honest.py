"""An estimate is made of what was, within its range, and never of people's time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wizard.run import events as ev
from wizard.run.estimate import Timing, estimate, spent, timing
from wizard.run.events import Record

STEPS = ["a", "b", "c", "d"]
TIMINGS = st.lists(st.dictionaries(st.sampled_from(STEPS), st.floats(0, 1e6)).map(Timing), max_size=6)
WORKED = st.dictionaries(st.sampled_from(STEPS), st.floats(0, 1e6))
REMAINING = st.lists(st.sampled_from(STEPS), unique=True)

EVENTS = st.sampled_from(
    [
        ev.StepStarted("a", "p", "A", "h", "h"),
        ev.StepStarted("b", "p", "B", "h", "h"),
        ev.QuestionAsked("a", "approve", "?", ["run"]),
        ev.QuestionAnswered("a", "run"),
        ev.GateBlocked("a", ["x"], ["skip"]),
        ev.GateAnswered("a", "skip"),
        ev.StepEnded("a", "verified"),
        ev.StepEnded("b", "skipped"),
        ev.RunPaused("for a reason"),
        ev.RunResumed(),
        ev.RollbackStarted(["a"]),
    ]
)


def journal(events: Sequence[tuple[ev.Event, float]]) -> list[Record]:
    """Records, each so many seconds after the one before."""
    at, records = datetime(2026, 3, 14, tzinfo=UTC), []
    for seq, (event, seconds) in enumerate(events, start=1):
        at += timedelta(seconds=seconds)
        records.append(Record(seq, at.isoformat(timespec="milliseconds"), "dana", event))
    return records


@given(REMAINING, TIMINGS, WORKED, WORKED)
def test_it_lies_within_its_range_and_is_never_negative(
    remaining: list[str], earlier: list[Timing], worked: dict[str, float], known: dict[str, float]
) -> None:
    found = estimate(remaining, earlier, worked, known)
    assert (found is None) == (not any(step in one.steps for step in remaining for one in earlier))
    if found:
        assert 0 <= found.low <= found.seconds * (1 + 1e-9) + 1e-6
        assert found.seconds <= found.high * (1 + 1e-9) + 1e-6
        assert 1 <= found.runs <= len(earlier)
        assert 0 <= found.untimed < len(remaining)


@given(REMAINING, TIMINGS)
def test_more_work_done_leaves_no_more_to_do(remaining: list[str], earlier: list[Timing]) -> None:
    before, after = estimate(remaining, earlier), estimate(remaining, earlier, dict.fromkeys(STEPS, 10.0))
    assert (before is None) == (after is None)
    assert before is None or after is None or after.seconds <= before.seconds


@given(st.lists(st.tuples(EVENTS, st.floats(0, 1000)), max_size=30))
def test_no_more_is_spent_than_has_passed(events: list[tuple[ev.Event, float]]) -> None:
    taken = spent(journal(events))
    assert all(seconds >= 0 for seconds in taken.values())
    assert sum(taken.values()) <= sum(seconds for _, seconds in events) + 1
    assert set(timing(journal(events)).steps) <= {"a"}


@given(st.floats(0, 1e5))
def test_waiting_for_people_is_not_counted(wait: float) -> None:
    told: list[tuple[ev.Event, float]] = [
        (ev.StepStarted("a", "p", "A", "h", "h"), 0),
        (ev.QuestionAsked("a", "approve", "?", ["run"]), 2),
        (ev.QuestionAnswered("a", "run"), wait),
        (ev.GateBlocked("a", ["x"], ["run it again"]), 5),
        (ev.GateAnswered("a", "run it again"), wait),
        (ev.RunPaused("left"), 1),
        (ev.RunResumed(), wait),
        (ev.StepEnded("a", "verified"), 3),
    ]
    assert timing(journal(told)).steps["a"] == 11


@given(st.lists(st.text(max_size=20), min_size=2, max_size=5))
def test_times_that_are_none_are_passed_over(times: list[str]) -> None:
    start = ev.StepStarted("a", "p", "A", "h", "h")
    assert spent([Record(seq, at, "dana", start) for seq, at in enumerate(times)])["a"] >= 0
