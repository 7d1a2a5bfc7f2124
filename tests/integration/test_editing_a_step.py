"""A step edited at its gate, with a live engine: what was approved is what runs, is undone, and is owned up to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.operators import CHECKLIST, ScriptedOperator, prepare_trial, run_to_end, state_of
from wizard.kinds import registry
from wizard.report.files import render
from wizard.run import events as ev
from wizard.run import intents
from wizard.run.attempting import Manner
from wizard.run.intents import Answer, Edit
from wizard.run.journal import read
from wizard.run.preparation import Request, prepare
from wizard.run.resuming import reopen
from wizard.run.shellplan import plan_of_run
from wizard.running import engine_of

FOUND, TODAY = Edit("echo found"), Edit("today\n")


def edit(step: str, new: Edit, why: str = "it was wrong") -> Answer:
    return Answer(step, intents.EDIT, why, new)


def run(step: str) -> Answer:
    return Answer(step, "run")


def lamp(home: Path) -> Edit:
    return Edit(f"echo on > {home}/lamp", f"rm -f {home}/lamp; echo gone > {home}/undone")


def whole(home: Path) -> Sequence[Answer]:
    """Every step edited once."""
    return [
        edit("look", FOUND), run("look"),
        run("write"), edit("write", TODAY), run("write"),
        run("lamp"), edit("lamp", lamp(home)), run("lamp"),
    ]  # fmt: skip


def test_an_edited_step_runs_as_approved_and_is_a_deviation_with_its_difference(tmp_path: Path) -> None:
    prepared, person = prepare_trial(tmp_path), ScriptedOperator(*whole(tmp_path))
    outcome = run_to_end(prepared, person)
    assert (outcome.word, outcome.exit_status) == ("resolved", 1)
    approvals = [one.text for one in person.asked if isinstance(one, ev.QuestionAsked)]
    assert approvals[0] == "echo found"
    assert approvals[-1] == f"echo on > {tmp_path}/lamp"
    assert (tmp_path / "board").read_text() == "today\n"
    assert list(state_of(prepared).deviations) == [f"{step} edited: it was wrong" for step in ("look", "write", "lamp")]
    report = render(prepared.directory)
    assert "-wrong" in report
    assert "+today" in report
    assert report.count("! edited") >= 3
    assert "edited, to run again" in report


def test_the_undo_of_an_edited_step_is_the_edited_one_and_the_first_state_comes_back(tmp_path: Path) -> None:
    prepared = prepare_trial(tmp_path)
    everything = [*whole(tmp_path)[:-1], run("lamp")]
    person = ScriptedOperator(*everything)
    assert run_to_end(prepared, person).word == "resolved"
    again = reopen(prepared.directory, Request(""), rolling_back=True)
    engine = engine_of(again, Manner(), [], lambda session: session.roll_back(), lambda: None)
    engine.start()
    outcome = engine.join(60)
    assert outcome is not None
    assert outcome.word == "rolled back"
    assert (tmp_path / "board").read_text() == "yesterday\n"
    assert (tmp_path / "undone").read_text() == "gone\n"
    assert not (tmp_path / "lamp").exists()
    assert state_of(prepared).steps["lamp"].edits == ()


def test_the_state_before_is_captured_once_however_often_a_step_is_edited(tmp_path: Path) -> None:
    second = Edit("tomorrow\n")
    person = ScriptedOperator(
        edit("look", FOUND), run("look"), run("write"), edit("write", second), run("write"), edit("write", TODAY),
        run("write"), run("lamp"), Answer("lamp", intents.UNDO_EVERYTHING),
    )  # fmt: skip
    prepared = prepare_trial(tmp_path)
    assert run_to_end(prepared, person).word == "rolled back"
    assert (tmp_path / "board").read_text() == "yesterday\n"
    captured = [one.event for one in read(prepared.directory).records if isinstance(one.event, ev.BeforeCaptured)]
    assert [one.step for one in captured] == ["write"]
    assert not list(tmp_path.glob("board.kept-*"))


def test_an_edited_text_outlives_the_wizard_and_is_approved_before_it_runs(tmp_path: Path) -> None:
    prepared = prepare_trial(tmp_path)
    person = ScriptedOperator(edit("look", FOUND), run("look"), run("write"), edit("write", TODAY))
    assert run_to_end(prepared, person).word == "paused"
    assert (tmp_path / "board").read_text() == "wrong\n"
    unattended = ScriptedOperator()
    assert run_to_end(reopen(prepared.directory, Request("")), unattended, approve=False).word == "paused"
    (asked,) = unattended.asked
    assert isinstance(asked, ev.QuestionAsked)
    assert asked.text.endswith("today\n")
    assert (tmp_path / "board").read_text() == "wrong\n"
    assert run_to_end(reopen(prepared.directory, Request("")), ScriptedOperator(run("write"))).word == "paused"
    assert (tmp_path / "board").read_text() == "today\n"


def test_a_text_that_holds_a_secret_is_not_taken(tmp_path: Path) -> None:
    prepared = prepare_trial(tmp_path, token="correct-horse-battery")
    person = ScriptedOperator(edit("look", Edit("echo correct-horse-battery")))
    assert run_to_end(prepared, person).word == "paused"
    *_, last = person.asked
    assert isinstance(last, ev.GateBlocked)
    assert "holds a secret" in last.blocked_by[0]
    assert state_of(prepared).steps["look"].edits == ()
    journal = (prepared.directory / "events.jsonl").read_text()
    assert "correct-horse-battery" not in journal


@pytest.mark.parametrize("wrong", [Edit(" \n"), Edit("echo \0"), None], ids=["empty", "nul", "none"])
def test_a_text_that_cannot_run_keeps_the_gate_shut(tmp_path: Path, wrong: Edit | None) -> None:
    person = ScriptedOperator(Answer("look", intents.EDIT, "why", wrong))
    assert run_to_end(prepare_trial(tmp_path), person).word == "paused"
    assert [type(one) for one in person.asked] == [ev.GateBlocked, ev.GateBlocked]


def test_an_undo_that_was_emptied_is_not_taken(tmp_path: Path) -> None:
    start = [edit("look", FOUND), run("look"), run("write"), edit("write", TODAY), run("write"), run("lamp")]
    person = ScriptedOperator(*start, edit("lamp", Edit("echo on", "")))
    assert run_to_end(prepare_trial(tmp_path), person).word == "paused"
    *_, last = person.asked
    assert isinstance(last, ev.GateBlocked)
    assert "undo is empty" in last.blocked_by[0]


def test_the_plan_as_shell_has_the_edited_command_and_its_undo(tmp_path: Path) -> None:
    prepared, person = prepare_trial(tmp_path), ScriptedOperator(*whole(tmp_path)[:-1])
    assert run_to_end(prepared, person).word == "paused"
    document, state = prepared.document, state_of(prepared)
    plan = plan_of_run(document, state, prepared.directory, registry())
    assert f"echo on > {tmp_path}/lamp" in plan
    assert f"echo gone > {tmp_path}/undone" in plan


KINDS = """\
      - id: by-hand
        title: By hand
        why: nobody else can
        manual: {ask: Is it done?, answers: [done]}
        checks:
          - file: {path: "{{ where }}/none"}
"""


def test_a_kind_that_is_no_text_does_not_offer_to_be_edited(tmp_path: Path) -> None:
    prepare_trial(tmp_path)
    before, marker, after = CHECKLIST.partition("      - id: look\n")
    (tmp_path / "trial.yaml").write_text(before + KINDS + marker + after)
    prepared = prepare(Request(str(tmp_path / "trial.yaml"), [f"where={tmp_path}"], run_dir=tmp_path / "other"))
    person = ScriptedOperator(Answer("by-hand", "done"))
    assert run_to_end(prepared, person).word == "paused"
    *_, last = person.asked
    assert isinstance(last, ev.GateBlocked)
    assert intents.AGAIN in last.answers
    assert intents.EDIT not in last.answers


def test_the_checklists_own_text_run_again_is_no_deviation(tmp_path: Path) -> None:
    person = ScriptedOperator(
        edit("look", FOUND), run("look"), run("write"), edit("write", Edit("tomorrow\n")), run("write"),
        edit("write", Edit("wrong\n")), run("write"), Answer("write", intents.ACCEPT, "good enough"),
    )  # fmt: skip
    prepared = prepare_trial(tmp_path)
    run_to_end(prepared, person)
    assert (tmp_path / "board").read_text() == "wrong\n"
    assert list(state_of(prepared).deviations) == ["look edited: it was wrong", "write accepted: good enough"]
    assert "Put back to the checklist" in render(prepared.directory)
