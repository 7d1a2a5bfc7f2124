"""What a report says and what it does not: only what an event is behind."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.fixtures.journals.make import RUN, STORIES, Story
from wizard.report.build import build
from wizard.report.markdown import to_markdown
from wizard.report.model import Report
from wizard.report.times import duration, meant, shown
from wizard.run import events as ev


def answer(report: Report, question: str) -> str:
    return " ".join(next(one.sentences for one in report.summary if one.question == question))


def of(name: str) -> Report:
    return build(STORIES[name]().records)


def markdown(story: Story) -> str:
    return to_markdown(build(story.records))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("clean", "Yes. 2 of 2 exit criteria held"),
        ("mitigated", "For now, not for good."),
        ("failed_and_rolled_back", "No. The run was rolled back"),
        ("rollback_incomplete", "No. A rollback was tried and did not restore everything"),
        ("crashed_and_resumed", "Yes. 2 of 2 exit criteria held"),
        ("unknown_outcome", "No. The run was paused"),
        ("deviations", "Not for certain. 1 of 2 exit criteria held"),
    ],
)
def test_whether_it_is_over_is_told_first(name: str, begins: str) -> None:
    assert answer(of(name), "Is it over?").startswith(begins)


def test_a_run_without_an_end_is_never_called_over() -> None:
    report = build(STORIES["clean"]().records[:-1])
    assert report.header.outcome == "not ended"
    assert answer(report, "Is it over?").startswith("Not as far as the journal goes")


def test_a_run_whose_last_event_is_a_resume_is_under_way_again() -> None:
    story = STORIES["unknown_outcome"]()
    story.tell(ev.RunResumed())
    assert build(story.records).header.outcome == "not ended"


def test_a_check_without_changes_is_not_called_a_mended_incident() -> None:
    records = STORIES["clean"]().records
    started = records[0].event
    assert isinstance(started, ev.RunStarted)
    report = build([replace(records[0], event=replace(started, mode="check")), *records[1:]])
    assert report.header.outcome == "checked, nothing was changed"
    assert answer(report, "Is it over?").startswith("No. This was a check")


def test_data_is_called_safe_only_where_a_check_counted_it() -> None:
    assert answer(of("clean"), "Is data lost?").startswith("No loss was seen.")
    assert answer(of("failed_and_rolled_back"), "Is data lost?").startswith("Not known.")
    assert answer(of("mitigated"), "Is data lost?").startswith("The journal does not say")


def test_a_failed_count_of_the_data_is_never_smoothed_over() -> None:
    story = STORIES["unknown_outcome"]()
    story.check("start", 1, "fail", "9000 keys")
    assert answer(build(story.records), "Is data lost?").startswith("Perhaps.")


def test_no_rollback_is_said_plainly() -> None:
    assert of("clean").undoing.verdict == "No rollback was needed."
    assert of("mitigated").undoing.verdict == "No rollback was done."


def test_what_an_undo_found_and_left_stands_side_by_side() -> None:
    text = markdown(STORIES["rollback_incomplete"]())
    assert "| `/srv/stock/dump.rdb owner` | `shop` | `stock` | `stock` ✘ |" in text
    assert "| `/srv/stock owner` | `shop` | `stock` | as before ✔ |" in text
    assert "Not come to: 1.3 Save, proven; 1.2 Let the server write." in text


def test_an_undo_cut_off_by_a_crash_is_not_given_an_outcome() -> None:
    story = STORIES["unknown_outcome"]()
    story.tell(ev.RollbackStarted(["chown", "stop"]), ev.UndoStarted("chown"))
    report = build(story.records)
    assert report.header.outcome == "rollback not ended"
    assert [undo.outcome for undo in report.undoing.rollbacks[0].undone] == [""]
    assert report.undoing.rollbacks[0].missing == ("2.1 Stop the server",)
    assert any(action.startswith("Look at 2.2 Give the directory") for action in report.actions)


def test_an_undo_that_was_cut_off_and_taken_up_again_counts_once() -> None:
    story = STORIES["unknown_outcome"]()
    story.tell(ev.RollbackStarted(["chown", "stop"]), ev.UndoStarted("chown"), ev.RunResumed())
    story.tell(ev.RollbackStarted(["chown", "stop"]))
    story.undo("chown", "restored, proven", "31 paths restored")
    story.undo("stop", "restored, proven", "stock is active")
    story.tell(ev.RollbackEnded("rolled back"))
    report = build(story.records)
    assert "Of its undos: 2 restored and proven." in answer(report, "Is it over?")
    assert not [action for action in report.actions if "its undo" in action]


def test_a_rollback_down_to_a_step_is_not_called_a_whole_one() -> None:
    story = STORIES["unknown_outcome"]()
    story.tell(ev.RollbackStarted(["chown"], scope="to chown"))
    story.undo("chown", "restored, proven", "31 paths restored")
    story.tell(ev.RollbackEnded("rolled back"), ev.RunEnded("rolled back"))
    assert "down to 2.2 Give the directory to stock" in answer(build(story.records), "Is it over?")


def test_a_step_that_was_undone_and_done_again_is_in_force() -> None:
    story = STORIES["failed_and_rolled_back"]()
    story.tell(ev.RunResumed())
    story.act("chown")
    step = next(step for phase in build(story.records).phases for step in phase.steps if step.id == "chown")
    assert (step.in_force, step.undone) == (True, "")


def test_downtime_runs_from_the_end_of_the_stop_to_the_end_of_the_start() -> None:
    (outage,) = of("clean").impact.outages
    assert (outage.unit, outage.began, outage.ended) == (
        "stock",
        "2026-03-14T02:15:27.000Z",
        "2026-03-14T02:15:41.000Z",
    )
    assert outage.seconds == 14.0


def test_a_service_that_was_never_started_again_is_said_to_be_down() -> None:
    report = of("unknown_outcome")
    assert [outage.ended for outage in report.impact.outages] == [""]
    assert "no start of it is on record" in report.impact.downtime[0]


def test_a_stop_that_did_not_succeed_is_no_downtime_but_a_doubt() -> None:
    story = Story()
    story.begin()
    story.start("stop")
    story.end(story.intend("stop"), None, state="lost")
    impact = build(story.records).impact
    assert not impact.outages
    assert impact.downtime[-1].startswith("How 2.1 Stop the server ended is not known")


def test_a_figure_without_its_value_was_not_observed() -> None:
    story = Story()
    story.begin()
    assert [figure.value for figure in build(story.records).impact.figures] == ["", ""]
    assert "| changes at stake | not observed |" in markdown(story)


def test_a_fact_that_was_not_read_again_is_not_called_mended() -> None:
    report = of("unknown_outcome")
    assert all("It was not read again" in sentence for sentence in report.cause)
    assert "none was read again" in answer(report, "Could it come back?")


def test_a_watch_tells_bad_looks_blind_looks_and_missed_saves() -> None:
    (watch,) = of("crashed_and_resumed").watches
    assert (watch.looks, watch.ok, watch.bad, watch.no_data) == (4, 3, 0, 1)
    assert (watch.saves_expected, watch.saves_seen, watch.saves_missed) == ("2", "1", "1")
    assert [sample.verdict for sample in watch.amiss] == ["no data"]


def test_a_deviation_carries_its_reason_and_who_decided() -> None:
    report = of("deviations")
    assert report.header.outcome == "resolved, with 4 deviations"
    assert {one.who for one in report.deviations} == {"lee"}
    assert report.deviations[-1].reason == "the save of 02:12 is good enough until noon"


def test_a_note_stands_in_the_timeline_at_the_time_it_speaks_of() -> None:
    first = of("clean").timeline[0]
    assert first.at == "2026-03-14T01:40:00.000Z"
    assert first.noted > first.at
    assert first.detail == "First customer calls about lost carts."


def test_a_crash_is_in_the_timeline_with_what_it_cut_off() -> None:
    resumed = next(one for one in of("crashed_and_resumed").timeline if one.what == "Run resumed")
    assert "117 bytes" in resumed.detail


def test_an_attempt_without_an_end_is_an_unknown_outcome_and_an_action_item() -> None:
    report = of("unknown_outcome")
    step = next(step for phase in report.phases for step in phase.steps if step.id == "chown")
    assert step.outcome == "started, its outcome is not known"
    assert report.actions[0].startswith("Find out what 2.2 Give the directory to stock did")


def test_a_prevention_is_as_good_as_what_checks_it() -> None:
    alarm, review = of("clean").preventions
    assert alarm.proofs == (("3.1 Watch the saves", "verified"), ("saves end well", "pass"))
    assert review.proofs == ()


def test_secrets_are_named_and_never_told() -> None:
    text = to_markdown(of("clean"))
    assert "Secret inputs, whose values are nowhere on record: `password`." in text


@pytest.mark.parametrize("source", ["", "no: checklist", "{{{{", "a: &a [*a]", "phases: []"])
def test_a_checklist_that_is_none_any_more_still_gives_a_report(source: str) -> None:
    story = Story()
    story.begin(source=source)
    story.prepare()
    text = markdown(story)
    assert "The checklist could not be read again" in text
    assert "#### 1.3 Save, proven" in text


def test_an_event_of_a_newer_wizard_is_named() -> None:
    story = Story()
    story.begin()
    story.tell(ev.Unread("teleported", {}))
    assert "An event of a newer wizard: teleported" in markdown(story)


def test_every_attempt_is_in_the_appendix_with_its_checksums() -> None:
    report = of("clean")
    assert [attempt.key for attempt in report.appendix.attempts][:2] == [f"{RUN}.open-access.do1", f"{RUN}.save.do1"]
    assert all(len(attempt.script_sha256) == 64 for attempt in report.appendix.attempts)


def expected_order() -> Sequence[str]:
    return (
        "Summary",
        "Impact",
        "Evidence before and after",
        "Root cause, as measured",
        "Phases and steps",
        "Verification",
        "Deviations",
        "Monitoring",
        "Rollback record",
        "Risks",
        "Exit criteria",
        "Timeline",
        "Lessons",
        "Prevention",
        "Action items",
        "Appendix",
    )


@pytest.mark.parametrize("name", STORIES)
def test_every_report_has_every_part_in_the_same_order(name: str) -> None:
    lines = to_markdown(of(name)).splitlines()
    # In the hostile report a fence may hold lines that look like headings; ours are the known ones.
    found = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert found == list(expected_order())


@pytest.mark.parametrize(
    ("when", "noted", "at"),
    [
        ("03:12", "2026-03-14T04:00:00.000Z", "2026-03-14T03:12:00.000Z"),
        ("23:50", "2026-03-14T00:10:00.000Z", "2026-03-13T23:50:00.000Z"),
        ("2026-03-13T22:00:00+01:00", "2026-03-14T00:10:00.000Z", "2026-03-13T21:00:00.000Z"),
        ("25:00", "2026-03-14T00:10:00.000Z", "2026-03-14T00:10:00.000Z"),
        ("yesterday", "2026-03-14T00:10:00.000Z", "2026-03-14T00:10:00.000Z"),
        ("", "2026-03-14T00:10:00.000Z", "2026-03-14T00:10:00.000Z"),
    ],
)
def test_a_back_dated_note_means_the_last_such_time_before_it(when: str, noted: str, at: str) -> None:
    assert meant(when, noted) == at


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.08, "0.08 s"), (12.34, "12.3 s"), (303, "5 min 3 s"), (3725, "1 h 2 min"), (None, "")]
)
def test_a_duration_is_told_as_finely_as_it_matters(seconds: float | None, told: str) -> None:
    assert duration(seconds) == told


def test_a_time_that_is_none_is_shown_as_it_is() -> None:
    assert shown("not a time") == "not a time"


def test_a_key_that_was_shown_and_accepted_is_in_the_timeline() -> None:
    story = Story()
    story.begin()
    story.tell(
        ev.HostKeyShown("stock", "192.0.2.10", "SHA256:abc"),
        ev.QuestionAsked("host:stock", "host_key", "unknown", ["accept this key"]),
        ev.QuestionAnswered("host:stock", "accept this key"),
    )
    told = markdown(story)
    assert "Host stock showed a key that nobody had accepted" in told
    assert "SHA256:abc" in told
    assert "answered accept this key" in told


def test_how_the_hosts_were_found_is_in_the_appendix_where_they_were_looked_at() -> None:
    story = Story()
    story.begin()
    assert "Hosts as they were found" not in markdown(story)
    disks = [{"path": "/", "mount": "/", "free": 3 * 1024**3, "size": 9 * 1024**3}]
    story.tell(
        ev.HostExamined("stock", "Some | OS", "Linux", "without a password", 2.04, 0.1, {"git": "", "sh": "/x"}, disks),
        ev.HostExamined("local", why="no answer"),
    )
    told = markdown(story)
    for wanted in ("Hosts as they were found", "+2.0 s, to 0.1 s", "/: 3,072 MiB free", "missing: git", "no answer"):
        assert wanted in told
