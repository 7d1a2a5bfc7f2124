"""Two runs side by side: what is alike is not told twice, what is not is told from both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.screens.stories import records
from wizard.report.comparing import Pair, compare
from wizard.run import events as ev
from wizard.run.events import Record


def changed(told: Sequence[Record], kind: type[ev.Event], **fields: object) -> list[Record]:
    """The same run, with other fields in the events of a kind."""
    return [
        replace(record, event=replace(record.event, **fields)) if isinstance(record.event, kind) else record
        for record in told
    ]


def test_a_run_is_like_itself() -> None:
    run = records("clean")
    same = compare(run, run)
    assert not [pair for pair in same.ends if pair.differs]
    assert not [*same.checks, *same.captured, *same.inputs, *same.deviations]
    assert all(pair.left == pair.right for pair in same.steps)


def test_how_both_ended_and_what_each_step_took_is_told() -> None:
    both = compare(records("clean"), records("failed_and_rolled_back"))
    ends = {pair.what: (pair.left, pair.right) for pair in both.ends}
    assert ends["outcome"] == ("resolved", "rolled back")
    assert ends["took"] == ("0:04:57", "0:00:57")
    assert ends["steps done"] == ("8 of 8", "1 of 8")
    steps = {pair.place: (pair.left.status, pair.right.status) for pair in both.steps}
    assert steps["1.1"] == ("verified", "verified")
    assert steps["2.1"] == ("verified", "undone")
    assert steps["3.1"] == ("verified", "waiting")
    assert [pair.left.seconds for pair in both.steps if pair.place == "1.1"] == [4.0]


def test_what_is_written_after_the_end_makes_no_run_longer() -> None:
    run = records("clean")
    later = replace(
        run[-1], at="2026-11-26T23:59:00.000Z", event=ev.NoteAdded("written the day after", "lesson", "", "")
    )
    ends = {pair.what: (pair.left, pair.right) for pair in compare(run, [*run, later]).ends}
    assert ends["took"] == ("0:04:57", "0:04:57")


def test_checks_that_came_to_something_else_are_told_with_what_was_seen() -> None:
    both = compare(records("clean"), records("failed_and_rolled_back"))
    assert Pair("2.3 it is up", "pass  active (running), main process 4711", "fail  failed (exit-code)") in both.checks
    assert not [pair for pair in both.checks if pair.what.startswith("1.1")]
    assert Pair("exit criteria no key is missing", "pass  10001 keys", "") in both.checks


def test_a_check_that_only_saw_another_time_is_alike() -> None:
    run = records("clean")
    assert not compare(run, changed(run, ev.CheckObserved, observed="at another time")).checks


def test_captured_values_and_inputs_are_told_where_they_differ() -> None:
    run = records("clean")
    other = changed(run, ev.ValueCaptured, value="7")
    started = run[0].event
    assert isinstance(started, ev.RunStarted)
    other = changed(other, ev.RunStarted, inputs={**started.inputs, "more": 3})
    both = compare(run, other)
    assert Pair("keys", "10001", "7") in both.captured
    assert list(both.inputs) == [Pair("more", "", "3")]


def test_deviations_of_either_are_told() -> None:
    both = compare(records("clean"), records("deviations"))
    assert both.deviations
    assert all(pair.left == "" and pair.right for pair in both.deviations)


def test_a_run_that_stopped_is_told_with_the_reason() -> None:
    run = records("clean")
    paused = replace(run[-1], event=ev.RunPaused("enough"))
    ends = {pair.what: (pair.left, pair.right) for pair in compare(run[:-1], [*run[:-1], paused]).ends}
    assert ends["outcome"] == ("no end on record", "paused: enough")


def test_a_journal_without_a_beginning_is_compared_as_well() -> None:
    both = compare([], records("clean"))
    assert both.title == "The stock server cannot save"
    assert all(pair.left.status == "" for pair in both.steps)
