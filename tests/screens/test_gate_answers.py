"""What a gate answers by way of something further: editing, handing over, telling people, and typing a name."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from screens.audience import to_tell
from screens.canned import CannedRun
from screens.modals import edit as editing
from screens.modals.edit import EditStep, edited_outside
from screens.modals.handover import HandOver as HandOverTo
from screens.rollback import RollbackPage
from screens.view import View
from tests.screens import stories
from tests.screens.canned_driver import RunDriver, digit_key, drive_run
from tests.screens.stories import (
    OFFERED,
    at_editable_gate,
    at_handover,
    at_irreversible_approval,
    at_noticed_gate,
    followed,
    gate_events,
    live,
    over,
    upto,
    with_notices,
)
from wizard.run import events as ev
from wizard.run import intents
from wizard.run.engine import PAUSED, Outcome
from wizard.run.intents import GATE_ANSWERS, SCOPE_ANSWERS, AddNote, Answer, Edit, HandOver
from wizard.run.recorder import Output

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["small", "wide"])


def in_environment(source: CannedRun, environment: str) -> CannedRun:
    """The same run on hosts of another kind."""
    told = [
        replace(one, event=replace(one.event, environment=environment))
        if isinstance(one.event, ev.HostConnected)
        else one
        for one in source._records
    ]
    return live(told)


async def choose(driver: RunDriver, answer: str, answers: tuple[str, ...] = GATE_ANSWERS) -> None:
    await driver.press(digit_key(answers.index(answer)), "enter")


# Editing


async def test_a_step_is_edited_with_a_word_why() -> None:
    source = at_editable_gate()
    async with drive_run(source, (120, 40)) as driver:
        await choose(driver, intents.EDIT)
        assert source.submitted == []
        assert isinstance(driver.app.screen, EditStep)
        await driver.press("ctrl+s")
        assert "Nothing is changed yet" in driver.shown()
        await driver.press("end", *" -v", "ctrl+s")
        assert source.submitted == []
        assert "say why" in driver.shown()
        await driver.press(*"say more", "enter")
    edit = Edit("systemctl start -- stock -v", "systemctl stop -- stock")
    assert source.submitted == [Answer("start", intents.EDIT, "say more", edit)]


async def test_the_undo_is_edited_too_and_cannot_be_left_empty() -> None:
    source = at_editable_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.EDIT)
        area = driver.app.screen.query_one("#undo-text", TextArea)
        area.load_text(" ")
        await driver.press("ctrl+s")
        assert "takes it back" in driver.shown()
        area.load_text("true")
        driver.app.screen.query_one("#words", Input).value = "why"
        await driver.press("ctrl+s")
    assert source.submitted == [Answer("start", intents.EDIT, "why", Edit(OFFERED.text, "true"))]


async def test_an_edit_that_is_not_made_leads_back_to_the_gate() -> None:
    source = at_editable_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.EDIT)
        await driver.press("x", "escape")
        assert "Gate shut" in driver.shown()
    assert source.submitted == []


async def test_nothing_that_cannot_be_seen_is_taken() -> None:
    source = at_editable_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.EDIT)
        driver.app.screen.query_one("#text", TextArea).load_text("echo \u202e")
        await driver.press("ctrl+s")
        assert "cannot be seen" in driver.shown()
    assert source.submitted == []


async def test_an_editor_that_does_not_work_is_told_of() -> None:
    async with drive_run(at_editable_gate()) as driver:
        await choose(driver, intents.EDIT)
        await driver.press("ctrl+e")
        assert "editor did not work" in driver.shown()


def test_an_editor_of_ones_own_gets_a_file_that_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "ed"
    script.write_text(f'#!/bin/sh\nstat -c %a "$(dirname "$1")" > {tmp_path}/mode\nprintf more >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    assert edited_outside("text\n") == "text\nmore"
    assert (tmp_path / "mode").read_text() == "700\n"
    monkeypatch.setenv("VISUAL", str(tmp_path / "none"))
    with pytest.raises(OSError, match="none"):
        edited_outside("text")
    assert editing.LONGEST > 0
    assert os.environ["VISUAL"]


@SIZES
async def test_an_approval_of_an_edited_step_shows_the_difference(size: tuple[int, int]) -> None:
    diff = "--- in the checklist\n+++ as edited\n@@ -1 +1 @@\n-systemctl start stock\n+systemctl start -v stock\n"
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    edited = ev.StepEdited("start", "systemctl start -v stock", "", diff, "to see more [/x]")
    rendered = ev.StepRendered("start", "systemctl start -v stock", "u", changes=True)
    asked = ev.QuestionAsked("start", "approve", "systemctl start -v stock", ["run", intents.PAUSE, intents.ABORT])
    source = live(followed(start, OFFERED, gate_events(), edited, rendered, asked))
    async with drive_run(source, size) as driver:
        shown = driver.shown()
        for wanted in [
            "-systemctl start stock",
            "+systemctl start -v stock",
            "to see more [/x]",
            "$ systemctl start -v",
        ]:
            assert wanted in shown
        await driver.press("1", "enter")
    assert source.submitted == [Answer("start", "run")]


async def test_an_edited_command_is_asked_for_although_its_step_was_run_again() -> None:
    source = at_editable_gate()
    async with drive_run(source) as driver:
        command = driver.run.view.state.steps["start"].command
        await choose(driver, intents.AGAIN)
        edited = ev.StepEdited("start", "other", "", "+other", "why")
        question = ev.QuestionAsked("start", "approve", f"{command} ", ["run", intents.PAUSE, intents.ABORT])
        source.tell(followed(stories.records("clean")[:60], edited, question)[60:])
        await driver.settle()
        assert driver.asking


# What the step printed


@SIZES
async def test_a_gate_shows_the_last_lines_of_the_step_harmless_and_more_below(size: tuple[int, int]) -> None:
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    source = live(start)
    async with drive_run(source, size) as driver:
        noise = "".join(f"line {number}\n" for number in range(40))
        source.output(Output("start", "stock", f"{noise}\x1b[31m[/red]bad \x07unit\n".encode()))
        source.tell(followed(start, gate_events())[-1:])
        await driver.settle()
        while "[/red]bad" not in driver.shown():
            await driver.press("pagedown")
        shown = driver.shown()
        assert "[/red]bad ␇unit" in shown
        assert "\x1b" not in shown
        for _ in range(8):
            await driver.press("pagedown")
        assert "line 31" in driver.shown()


async def test_only_the_last_attempt_speaks() -> None:
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    source = live(start)
    async with drive_run(source, (120, 40)) as driver:
        source.output(Output("start", "stock", b"of the first\n"))
        again = ev.AttemptIntended("k", "start", 2, "do", "stock", "x", "0", 1.0, "b")
        source.tell(followed(start, again)[-1:])
        await driver.settle()
        source.output(Output("start", "stock", b"of the second\n"))
        await driver.settle()
        assert driver.run.view.printed.lines("start") == ["of the second"]


# Typed names


@pytest.mark.parametrize("typed", ["stoc", "Stock", "stock ", " stock", "ops@192.0.2.10", ""])
async def test_nothing_but_the_hosts_own_name_undoes_everything(typed: str) -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.UNDO_EVERYTHING)
        assert "type stock" in driver.shown()
        await driver.press(*["space" if letter == " " else letter for letter in typed], "enter")
        assert source.submitted == []
        assert "That is not it" in driver.shown()
        await driver.press("escape", digit_key(GATE_ANSWERS.index(intents.ABORT)), "enter")
    assert source.submitted == [Answer("start", intents.ABORT)]


async def test_a_name_typed_again_takes_the_place_of_the_wrong_one() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.UNDO_EVERYTHING)
        await driver.press(*"vm", "enter", *"stock", "enter", "enter")
    assert source.submitted == [Answer("start", intents.UNDO_EVERYTHING)]


@pytest.mark.parametrize(("environment", "asks"), [("practice", False), ("staging", False), ("", True)])
async def test_where_nobody_is_harmed_no_name_is_typed(environment: str, *, asks: bool) -> None:
    source = in_environment(stories.at_gate(), environment)
    async with drive_run(source) as driver:
        await choose(driver, intents.UNDO_EVERYTHING)
        assert ("type stock" in driver.shown()) == asks


@pytest.mark.parametrize(("environment", "asks"), [("production", True), ("practice", True), ("test", False)])
async def test_what_nobody_can_take_back_needs_the_hosts_name(environment: str, *, asks: bool) -> None:
    source = in_environment(at_irreversible_approval(), environment)
    async with drive_run(source) as driver:
        await driver.press("1", "enter")
        assert (source.submitted == []) == asks
        if asks:
            await driver.press(*"stock", "enter")
    assert source.submitted == [Answer("chown", "run")]


# Handing over


async def test_a_gate_is_handed_over_with_a_name_and_words() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.HAND_OVER)
        assert isinstance(driver.app.screen, HandOverTo)
        await driver.press(*"Robin", "enter", "enter")
        assert source.submitted == []
        assert "what they should do next" in driver.shown()
        await driver.press(*"look", "enter")
    assert source.submitted == [Answer("start", intents.HAND_OVER, "look", to="Robin")]


async def test_the_gate_of_the_evidence_is_handed_over_too() -> None:
    source = stories.at_evidence_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.HAND_OVER, SCOPE_ANSWERS)
        await driver.press("enter", *"look", "enter")
    assert source.submitted == [Answer("evidence", intents.HAND_OVER, "look")]


async def test_a_run_at_work_is_handed_over_at_any_moment() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("h", *"Kim", "enter", *"wait", "enter")
    assert source.submitted == [HandOver("Kim", "wait", "chown")]


async def test_a_hand_over_that_is_not_wanted_changes_nothing() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("h", *"Kim", "escape")
        assert not driver.asking
    assert source.submitted == []


@SIZES
async def test_a_successor_reads_the_packet_and_says_so_before_anything_begins(size: tuple[int, int]) -> None:
    source, begun = at_handover(), []
    source.begin = lambda: begun.append(True)  # type: ignore[method-assign]
    async with drive_run(source, size) as driver:
        assert begun == []
        shown = driver.shown()
        assert "look at the disk first" in shown
        assert "I take over" in shown
        await driver.press("1", "enter")
        assert begun == [True]
    assert source.acknowledged


async def test_who_does_not_take_over_may_look_around_and_is_asked_again() -> None:
    source, begun = at_handover(), []
    source.begin = lambda: begun.append(True)  # type: ignore[method-assign]
    async with drive_run(source) as driver:
        await driver.press("2", "enter")
        assert not driver.asking
        await driver.press("g")
        assert "I take over" in driver.shown()
    assert begun == []
    assert not source.acknowledged


async def test_the_end_of_a_handed_over_run_says_where_its_packet_is() -> None:
    source = at_handover()
    source.outcome = Outcome(PAUSED, 4)
    async with drive_run(source) as driver:
        await driver.press("escape")
        await driver.settle()
        assert "handover.md" in driver.shown()


# Telling people


@SIZES
async def test_a_gate_says_who_is_told_what_and_puts_it_on_record(size: tuple[int, int]) -> None:
    source = at_noticed_gate()
    async with drive_run(source, size) as driver:
        if "floor manager" not in driver.shown():
            await driver.press("pagedown")
        shown = driver.shown()
        assert "the shop's floor manager" in shown
        assert "/srv/stock is broken; 10001 keys" in shown
        assert "support" not in shown
        await driver.press("y")
        assert "is broken" in driver.app.clipboard
        await driver.press("t", "1", "enter")
        assert "Gate shut" in driver.shown()
    (note,) = source.submitted
    assert isinstance(note, AddNote)
    assert note.tag == "comms"
    assert note.text.startswith("told the shop's floor manager: ")


def test_a_value_that_is_not_there_yet_keeps_nobody_from_being_told() -> None:
    told = with_notices(upto("clean", ev.RunStarted))
    view = View(CannedRun(told).checklist)
    view.take(told)
    (one,) = to_tell(view, "gate", "look")
    assert one.text == "/srv/stock is broken; … keys"


async def test_letters_of_a_reason_are_no_keys() -> None:
    source = at_noticed_gate()
    async with drive_run(source) as driver:
        await choose(driver, intents.SKIP)
        await driver.press(*"yt", "enter")
    assert source.submitted == [Answer("start", intents.SKIP, "yt")]


async def test_at_the_end_of_a_phase_the_person_is_asked_whom_they_told() -> None:
    start = with_notices(upto("clean", ev.StepRendered, 5))
    source = live(start)
    async with drive_run(source, (120, 40)) as driver:
        source.tell(followed(start, ev.PhaseEnded("mend"))[-1:])
        await driver.settle()
        assert "Who should be told: the phase Mend is over" in driver.shown()
        await driver.press("y")
        assert "is broken" in driver.app.clipboard
        await driver.press("1", "enter")
        assert not driver.asking
    assert [type(one) for one in source.submitted] == [AddNote]


@pytest.mark.parametrize(("outcome", "told"), [("resolved", ["boss", "support"]), ("rolled back", ["support"])])
async def test_what_is_true_of_a_resolved_run_is_offered_at_no_other_end(outcome: str, told: list[str]) -> None:
    start = upto("clean", ev.StepRendered, 5)
    started = start[0].event
    assert isinstance(started, ev.RunStarted)
    notify = "\nnotify:\n  - {who: boss, at: [resolved], text: it is mended}\n  - {who: support, at: [end]}\n"
    start[0] = replace(start[0], event=replace(started, source=started.source + notify))
    source = live(start)
    async with drive_run(source, (120, 40)) as driver:
        source.tell(followed(start, ev.RunEnded(outcome))[-1:])
        await driver.settle()
        shown = driver.shown()
        assert [one for one in ("boss", "support") if f"told: {one}" in shown] == told
        assert f"The run has ended: {outcome.split(maxsplit=1)[0]}" in shown


async def test_what_was_over_before_asks_nobody_again() -> None:
    whole = with_notices(stories.records("clean"))
    source = CannedRun(whole, outputs=stories.outputs())
    async with drive_run(source) as driver:
        assert not driver.asking


async def test_who_is_told_can_be_asked_for_and_has_a_text_where_the_checklist_has_none() -> None:
    source = live(with_notices(upto("clean", ev.AttemptClaimed, 4)))
    async with drive_run(source, (120, 40)) as driver:
        await driver.press("l")
        shown = driver.shown()
        assert "support" in shown
        assert "CRITICAL: The stock server cannot save." in shown


# The page of a rollback


@SIZES
async def test_the_plan_of_a_rollback_has_worst_cases_and_what_stays(size: tuple[int, int]) -> None:
    async with drive_run(over("mitigated", Outcome("mitigated", 1)), size) as driver:
        await driver.press("escape", "u")
        assert isinstance(driver.app.screen, RollbackPage)
        shown = driver.shown()
        for wanted in ["What a rollback would do", "at most 10 min", "1.3 Save, proven", "stays"]:
            assert wanted in shown
        await driver.press("escape")
        assert driver.app.screen is driver.run


async def test_a_rollback_is_followed_and_each_state_compared() -> None:
    source = stories.undoing()
    async with drive_run(source, (120, 40)) as driver:
        await driver.press("u")
        shown = driver.shown()
        assert "captured shop" in shown
        assert "✔ again shop" in shown
        assert "● undoing" in shown
        left = {"where": "/srv/stock", "before": "shop", "now": "stock"}
        ended = ev.UndoEnded("open-access", "failed", "x", 1.0, [left], [left], "1 differences remain")
        source.tell(followed(stories.records("clean")[:90], ended)[-1:])
        await driver.settle()
        await driver.pilot.pause(0.2)
        assert "✘ still stock" in driver.shown()
        assert "✘ failed" in driver.shown()


async def test_once_the_run_went_on_the_plan_is_that_of_now_and_the_last_undo_stays_compared() -> None:
    start = upto("failed_and_rolled_back", ev.GateBlocked)
    found = {"where": "/srv/stock", "before": "shop", "now": "stock"}
    undone = ev.UndoEnded("start", "restored, proven", "x", 1.0, [found])
    rolled = [ev.RollbackStarted(["start"], "", "step start"), ev.UndoStarted("start"), undone]
    source = live(followed(start, *rolled, ev.RollbackEnded("rolled back"), gate_events()))
    async with drive_run(source, (120, 40)) as driver:
        await driver.press("escape", "u")
        shown = driver.shown()
        assert "What a rollback would do" in shown
        assert "4 steps" in shown
        assert "✔ again shop" in shown


async def test_the_plan_is_read_from_the_roll_back_modal_which_then_asks_again() -> None:
    source = over("mitigated", Outcome("mitigated", 1))
    async with drive_run(source) as driver:
        await driver.press("escape", "b", "u")
        assert isinstance(driver.app.screen, RollbackPage)
        await driver.press("escape")
        assert "undo everything" in driver.shown()
