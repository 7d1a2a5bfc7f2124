from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.shellhost import ShellHost
from tests.support.stage import RecordingStage, world
from wizard.actions.base import Ran, Reply, result_of
from wizard.actions.manual import NOT_STARTED, STILL_THERE, UNDONE, Manual, ManualSpec
from wizard.actions.run import Run, RunSpec
from wizard.hosts.base import AttemptState, Ending


def run(**fields: Any) -> Run:
    return Run(RunSpec(**fields), world(ShellHost()))


def manual(**fields: Any) -> Manual:
    return Manual(ManualSpec.model_validate(fields), world(ShellHost()))


async def test_a_command_runs_and_its_undo_is_proven_by_its_check(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    step = run(command=f"touch {flag}; echo made", undo=f"rm {flag}", undo_check=f"[ ! -e {flag} ]")
    before = await step.capture()

    result = await step.perform(RecordingStage(), before)

    assert (result.ok, result.output) == (True, "made\n")
    assert [difference.now for difference in await step.compare(before)] == ["exit status 1"]
    assert (await step.undo(RecordingStage(), before)).ok
    assert not flag.exists()
    assert step.provable
    assert not await step.compare(before)


async def test_an_undo_with_nothing_to_take_back_runs_nothing(tmp_path: Path) -> None:
    step = run(command="false", undo=f"rm {tmp_path}/flag", undo_check=f"[ ! -e {tmp_path}/flag ]")
    stage = RecordingStage()

    assert (await step.undo(stage, await step.capture())).ok
    assert not stage.attempts


async def test_without_a_check_nothing_is_proven() -> None:
    step = run(command="true", undo="true")

    assert not step.provable
    assert (await step.undo(RecordingStage(), await step.capture())).ok


async def test_a_check_that_did_not_hold_before_proves_nothing() -> None:
    step = run(command="true", undo="true", undo_check="false")
    before = await step.capture()

    assert "proves nothing" in (await step.compare(before))[0].now


async def test_a_failed_command_says_its_exit_status() -> None:
    result = await run(command="echo no; exit 7").perform(RecordingStage(), {})

    assert (result.ok, result.known, result.what) == (False, True, "exit status 7")


async def test_a_killed_command_is_unknown() -> None:
    result = await run(command="kill -9 $$").perform(RecordingStage(), {})

    assert (result.ok, result.known) == (False, False)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (AttemptState.REBOOTED, "the host rebooted"),
        (AttemptState.LOST, "may still run"),
        (AttemptState.ABSENT, "knows nothing of it"),
        (AttemptState.CORRUPT, "contradicts itself"),
    ],
)
def test_an_unknown_outcome_says_why_it_is_not_known(state: AttemptState, why: str) -> None:
    result = result_of(Ran(Ending(state)), "exit status 0")

    assert (result.ok, result.known) == (False, False)
    assert result.what.startswith("outcome unknown: ")
    assert why in result.what


@pytest.mark.parametrize(("status", "what"), [(0, "exit status 0"), (3, "exit status 3")])
def test_output_that_was_not_kept_is_counted_beside_the_exit_status(status: int, what: str) -> None:
    result = result_of(Ran(Ending(AttemptState.DONE, status, dropped=1234)), "exit status 0")

    assert result.ok is (status == 0)
    assert result.what == f"{what}; at least 1,234 bytes of its output were not kept"


async def test_what_cannot_be_undone_says_why() -> None:
    step = run(command="true", irreversible="a mail cannot be called back")

    result = await step.undo(RecordingStage(), {})

    assert (result.ok, "a mail cannot" in result.what) == (False, True)
    assert (step.spec.changes, step.spec.undoable) == (True, False)
    assert step.spec.irreversible_reason == "a mail cannot be called back"


async def test_what_only_reads_changes_nothing() -> None:
    step = run(command="id", read_only=True)

    assert not step.spec.changes
    assert step.provable
    assert (await step.undo(RecordingStage(), {})).ok


async def test_secrets_are_in_the_environment_and_not_in_the_script() -> None:
    stage = RecordingStage()

    result = await run(command='echo "${#TOKEN}"', secrets={"TOKEN": "hunter22"}).perform(stage, {})

    assert result.output == "8\n"
    assert "hunter22" not in stage.attempts[0].script


@pytest.mark.parametrize(
    "fields",
    [
        {"read_only": True, "undo": "x"},
        {"undo": "x", "irreversible": "y"},
        {"undo_check": "x"},
        {"secrets": {"A B": "x"}},
    ],
)
def test_contradictions_of_run_are_flaws(fields: dict[str, Any]) -> None:
    assert list(RunSpec(command="true", **fields).flaws())


async def test_a_person_answers_by_effect() -> None:
    stage = RecordingStage(replies=[Reply("it is a replica", "checked twice", "anna")])
    step = manual(ask="Master or replica?", answers=["it is the master", "it is a replica"], note=True)

    result = await step.perform(stage, await step.capture())

    assert result.ok
    assert result.values == {"answer": "it is a replica", "note": "checked twice", "who": "anna"}
    assert stage.questions[0].needs_note


async def test_what_is_shown_beside_a_question_is_printed_before_it_is_asked() -> None:
    stage = RecordingStage(replies=[Reply("done"), Reply("done")])

    assert (await manual(ask="Look.", show="echo here").perform(stage, {})).ok
    assert (await manual(ask="Look.", show="exit 3").perform(stage, {})).ok

    assert [attempt.script for attempt in stage.attempts] == ["echo here", "exit 3"]
    assert stage.questions[0].text == "Look."
    assert stage.questions[1].text.endswith("may be missing or cut short (exit status 3).")
    assert "echo here" in manual(ask="Look.", show="echo here").plan().command


@pytest.mark.parametrize(("answer", "ok"), [(UNDONE, True), (NOT_STARTED, True), (STILL_THERE, False)])
async def test_a_person_takes_back_what_a_person_did(answer: str, ok: bool) -> None:  # noqa: FBT001 - a table
    step = manual(ask="Fail over", changes=True, undo="Fail back")
    stage = RecordingStage(replies=[Reply(answer)])

    result = await step.undo(stage, {})

    assert (result.ok, stage.questions[0].text) == (ok, "Fail back")
    assert not step.provable


def test_asking_changes_nothing_unless_the_author_says_so() -> None:
    assert not manual(ask="Look").spec.changes
    assert manual(ask="Do", changes=True, irreversible="gone").spec.changes


@pytest.mark.parametrize(
    "fields",
    [{"answers": []}, {"answers": ["a", "a"]}, {"undo": "x"}, {"changes": True, "undo": "x", "irreversible": "y"}],
)
def test_contradictions_of_manual_are_flaws(fields: dict[str, Any]) -> None:
    assert list(ManualSpec.model_validate({"ask": "x", **fields}).flaws())
