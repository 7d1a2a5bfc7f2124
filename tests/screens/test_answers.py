"""What a person answers, by keys alone: each answer by its effect, and nothing by a slip of the hand."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from textual.content import Content

from screens.canned import CannedRun
from screens.modals.approve import ALL_OF_PHASE
from screens.modals.choosing import Choosing
from screens.modals.question import COULD_NOT
from screens.widgets.choices import Choice, Choices
from tests.screens import stories
from tests.screens.canned_driver import RunDriver, digit_key, drive_run
from tests.screens.stories import followed, gate_events, live, over, upto
from wizard.errors import HostUnreachable
from wizard.run import events as ev
from wizard.run import intents
from wizard.run.engine import FAILED, Outcome
from wizard.run.intents import GATE_ANSWERS, AddNote, Answer, CancelStep, Stop
from wizard.run.recorder import Output

UNDOES = {intents.UNDO_STEP, intents.UNDO_PHASE, intents.UNDO_EVERYTHING}


AT_ONCE = [one for one in GATE_ANSWERS if one not in {intents.EDIT, intents.HAND_OVER}]
"""Those that open nothing further; test_gate_answers.py has the others."""


@pytest.mark.parametrize("place", [GATE_ANSWERS.index(one) for one in AT_ONCE], ids=AT_ONCE)
async def test_every_gate_answer_reaches_the_engine_by_its_effect(place: int) -> None:
    source, answer = stories.at_gate(), GATE_ANSWERS[place]
    async with drive_run(source) as driver:
        await driver.press(digit_key(place), "enter")
        if answer == intents.UNDO_EVERYTHING:
            await driver.press(*"stock", "enter")
        if answer in intents.NEEDS_REASON | UNDOES:
            assert source.submitted == []
            await driver.press(*"why", "enter")
            assert source.submitted == [Answer("start", answer, "why")]
        else:
            assert source.submitted == [Answer("start", answer)]
        assert not driver.asking


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_gate_shows_what_was_expected_beside_what_was_seen(size: tuple[int, int]) -> None:
    async with drive_run(stories.at_gate(), size) as driver:
        shown = driver.shown()
    for wanted in [
        "✘ fail",
        "ActiveState=active",
        "failed (exit-code)",
        "? unknown",
        "no server answers",
        stories.ADVICE,
    ]:
        assert wanted in shown
    assert all(answer in shown for answer in GATE_ANSWERS)


async def test_enter_alone_answers_nothing() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await driver.press("enter", "enter", "space")
        assert source.submitted == []
        assert driver.asking


async def test_enter_before_a_pick_says_what_to_do() -> None:
    async with drive_run(stories.at_gate()) as driver:
        await driver.press("enter")
        assert "Nothing is picked yet" in driver.shown()
        await driver.press("1")
        assert "Nothing is picked yet" not in driver.shown()


@pytest.mark.parametrize("key", ["question_mark", "q"])
async def test_what_the_footer_below_a_question_tells_is_not_silent(key: str) -> None:
    async with drive_run(stories.at_gate(), (120, 40)) as driver:
        await driver.press(key)
        assert driver.asking
        assert "Escape closes this question" in next(iter(driver.app._notifications)).message


async def test_answers_out_of_sight_are_told_of() -> None:
    choices = [Choice(str(place), f"answer {place}", "does") for place in range(40)]
    async with drive_run(stories.working()) as driver:
        driver.app.push_screen(Choosing("Many", Content("body"), choices))
        await driver.settle()
        assert "more answers: ↓" in driver.shown()
        await driver.press("end")
        assert "answer 39" in driver.shown()
        assert "more answers" not in driver.shown()


async def test_a_step_that_failed_says_why_ahead_of_its_checks() -> None:
    start = upto("failed_and_rolled_back", ev.GateBlocked)[:-1]
    source = live(start)
    async with drive_run(source) as driver:
        source.output(Output("start", "stock", b"no ticket number\n"))
        source.tell(followed(start, gate_events())[-1:])
        await driver.settle()
        shown = driver.shown()
    assert "no ticket number" in shown
    assert shown.index("no ticket number") < shown.index("✘ fail")


async def test_the_first_letters_of_a_note_count() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.pilot.press("n", *"seen", "enter")
        await driver.settle()
    assert [one.text for one in source.submitted if isinstance(one, AddNote)] == ["seen"]


async def test_no_single_key_answers_an_approval() -> None:
    source = stories.at_approval()
    async with drive_run(source) as driver:
        await driver.press("enter", "space", *string.ascii_lowercase, *string.digits, "tab", "delete")
        assert source.submitted == []
        assert driver.asking


async def test_keys_pressed_as_a_modal_opens_do_nothing() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await driver.pilot.press("1", "enter", "escape")
        await driver.settle()
        assert driver.asking
        assert driver.app.screen.query_one(Choices).highlighted is None
        driver.held.later(0.4)
        await driver.pilot.press("1", "enter")
        assert source.submitted == []
        driver.held.later(0.2)
        await driver.pilot.press("1", "enter")
        await driver.settle()
        assert source.submitted == [Answer("start", intents.AGAIN)]


async def test_one_may_look_around_before_answering() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await driver.press("escape")
        assert not driver.asking
        assert "WAITING FOR YOU" in driver.shown()
        await driver.press("a")
        assert driver.asking
        await driver.press("1", "enter")
        assert source.submitted == [Answer("start", intents.AGAIN)]


async def test_an_answer_that_needs_a_reason_is_not_taken_without() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await driver.press("3", "enter", "enter")
        assert source.submitted == []
        assert "say why" in driver.shown()
        await driver.press("escape", "1", "enter")
        assert source.submitted == [Answer("start", intents.AGAIN)]


async def test_the_first_click_picks_and_the_second_answers() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        for _ in range(2):
            assert source.submitted == []
            driver.held.later()
            await driver.pilot.click(Choices, offset=(5, 0))
            await driver.settle()
        assert source.submitted == [Answer("start", intents.AGAIN)]


async def test_the_same_gate_shut_again_asks_again() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await driver.press("1", "enter")
        answered = ev.GateAnswered("start", intents.AGAIN)
        source.tell(followed(stories.records("clean")[:90], answered, gate_events())[-2:])
        await driver.settle()
        assert driver.asking


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_approval_shows_host_account_command_and_undo(size: tuple[int, int]) -> None:
    command = "install -m 0600 -- /srv/stock/dump.rdb \\\n  /var/backups/stock/" + "deep/" * 20 + "end"
    async with drive_run(stories.at_approval(command=command), size) as driver:
        shown = driver.shown()
    assert "stock = ops@192.0.2.10 · sudo" in shown
    assert "production" in shown
    assert "owner and mode of /srv/stock, path by path, as captured" in shown
    assert "install -m 0600" in shown
    assert "end" in shown


async def test_an_approved_step_is_run() -> None:
    source = stories.at_approval()
    async with drive_run(source) as driver:
        await driver.press("1", "enter")
    assert source.submitted == [Answer("chown", "run")]


def asked(step: str, command: str = "x") -> list[ev.Event]:
    started = ev.StepStarted(step, "mend", step, "stock", "ops@192.0.2.10 · sudo", "why")
    question = ev.QuestionAsked(step, "approve", command, ["run", intents.PAUSE, intents.ABORT])
    return [
        ev.QuestionAnswered("chown", "run"),
        started,
        ev.StepRendered(step, command, "undo", changes=True),
        question,
    ]


async def agreed_to_the_phase(driver: RunDriver) -> None:
    await driver.press("2")
    assert ALL_OF_PHASE in driver.shown()
    await driver.press("enter")


async def test_a_phase_agreed_to_is_not_asked_for_step_by_step_and_the_record_says_so() -> None:
    source = stories.at_approval()
    async with drive_run(source) as driver:
        await agreed_to_the_phase(driver)
        source.tell(followed(stories.records("clean")[:60], *asked("start"))[60:])
        await driver.settle()
        assert not driver.asking
    first, second = source.submitted
    assert first == Answer("chown", "run", "and the changing steps of the phase that follow")
    assert second == Answer("start", "run", "agreed to for the whole phase")


@pytest.mark.parametrize(
    "turn",
    [gate_events("start"), ev.PhaseEnded("mend"), ev.RollbackStarted(["chown"]), ev.RunPaused("by a person")],
    ids=lambda event: event.kind,
)
async def test_what_was_agreed_to_ends_when_something_does_not_go_as_it_should(turn: ev.Event) -> None:
    source = stories.at_approval()
    async with drive_run(source) as driver:
        await agreed_to_the_phase(driver)
        answered = ev.GateAnswered("start", intents.AGAIN)
        source.tell(
            followed(
                stories.records("clean")[:60], ev.QuestionAnswered("chown", "run"), turn, answered, *asked("start")
            )[60:]
        )
        await driver.settle()
        assert driver.asking
    assert len(source.submitted) == 1


async def test_a_step_that_cannot_be_undone_is_always_asked_for() -> None:
    told = upto("clean", ev.StepRendered, 5)
    started = told[0].event
    assert isinstance(started, ev.RunStarted)
    source_text = started.source.replace(
        'ownership: {path: "{{ data_dir }}", owner: stock, group: stock, recursive: true}',
        "run: {command: x, irreversible: it stays}",
    )
    assert source_text != started.source
    told[0] = replace(told[0], event=replace(started, source=source_text))
    source = live(followed(told, ev.QuestionAsked("chown", "approve", "x", ["run", intents.PAUSE, intents.ABORT])))
    async with drive_run(source) as driver:
        shown = driver.shown()
    assert "cannot be undone" in shown
    assert "it stays" in shown
    assert ALL_OF_PHASE not in shown


async def test_the_same_command_run_again_at_its_gate_is_not_asked_for_twice() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        command = driver.run.view.state.steps["start"].command
        await driver.press("1", "enter")
        answered = ev.GateAnswered("start", intents.AGAIN)
        question = ev.QuestionAsked("start", "approve", command, ["run", intents.PAUSE, intents.ABORT])
        source.tell(followed(stories.records("clean")[:60], answered, question)[60:])
        await driver.settle()
        assert not driver.asking
        assert source.submitted[-1] == Answer("start", "run", "run again, as chosen at its gate")


async def test_another_command_at_the_same_gate_is_asked_for() -> None:
    source = stories.at_gate()
    async with drive_run(source) as driver:
        await driver.press("1", "enter")
        question = ev.QuestionAsked("start", "approve", "rm -rf /", ["run", intents.PAUSE, intents.ABORT])
        source.tell(followed(stories.records("clean")[:60], ev.GateAnswered("start", intents.AGAIN), question)[60:])
        await driver.settle()
        assert driver.asking


async def test_a_manual_step_is_answered_with_words_or_not_done() -> None:
    source = stories.at_manual()
    async with drive_run(source) as driver:
        await driver.press("2", "enter", *"no", "enter")
        assert source.submitted == [Answer("backups", "no", "no")]
    source = stories.at_manual()
    async with drive_run(source) as driver:
        assert COULD_NOT in driver.shown()
        await driver.press("3", "enter", "x", "enter")
        assert source.submitted == [Answer("backups", COULD_NOT, "x")]


async def test_what_a_manual_step_shows_is_read_beside_its_question() -> None:
    async with drive_run(stories.at_shown_manual()) as driver:
        assert "│ -LimitNOFILE=10032" in driver.shown()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["covered", "in sight"])
async def test_at_a_question_a_link_that_is_lost_is_told_until_it_is_back(size: tuple[int, int]) -> None:
    start = followed(upto("failed_and_rolled_back", ev.GateBlocked)[:-1], gate_events())
    source = live(start)
    async with drive_run(source, size) as driver:
        assert "RECONNECTING" not in driver.shown()
        cut, back = (ev.LinkChanged("stock", state, "the cable") for state in ("detached", "attached"))
        source.tell(followed(start, cut)[-1:])
        await driver.settle()
        assert "RECONNECTING" in driver.shown()
        assert ("WAITING FOR YOU" in driver.shown()) == (size == (120, 40))
        source.tell(followed(start, cut, back)[-1:])
        await driver.settle()
        assert "RECONNECTING" not in driver.shown()


@pytest.mark.parametrize(("key", "answer"), [("1", intents.GO_ON), ("2", intents.STOP_HERE), ("3", intents.PAUSE)])
async def test_a_safe_stop_goes_on_or_stops(key: str, answer: str) -> None:
    source = stories.at_safe_stop()
    async with drive_run(source) as driver:
        await driver.press(key, "enter")
    assert source.submitted == [Answer("save", answer)]


@pytest.mark.parametrize(("key", "intent"), [("c", CancelStep()), ("p", Stop("paused by the operator"))])
async def test_a_running_step_is_cancelled_or_the_run_paused_after_a_word(key: str, intent: intents.Intent) -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press(key)
        assert source.submitted == []
        await driver.press("1", "enter")
        assert source.submitted == []
        await driver.press(key, "2", "enter")
        assert source.submitted == [intent]


async def test_leaving_a_run_at_work_is_asked_for_first() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("q", "1", "enter")
        assert driver.app.is_running
        assert driver.app.return_value is None
        await driver.press("ctrl+c")
        assert isinstance(driver.app.screen, Choosing)
        driver.held.later()
        await driver.pilot.press("2", "enter")
        await driver.pilot.pause()
        assert not driver.app.is_running


async def test_a_note_is_put_on_record_about_the_step_looked_at() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("n", *"02:10", "space", *"#decision", "space", "g", "o", "enter")
    (note,) = source.submitted
    assert isinstance(note, AddNote)
    assert (note.text, note.tag, note.about) == ("go", "decision", "chown")
    assert note.when


async def test_a_note_that_says_nothing_is_not_taken() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("n", "enter")
        assert "says nothing" in driver.shown()
        assert driver.asking
    assert source.submitted == []


async def test_a_gate_that_shuts_while_a_note_is_written_waits_for_its_end() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("n", "1")
        source.tell(followed(stories.records("clean")[:60], gate_events("chown"))[60:])
        await driver.settle()
        await driver.press("enter")
        assert source.submitted == [AddNote("1", "observation", "chown", "")]
        await driver.settle()
        assert "Gate shut" in driver.shown()


async def test_rolling_back_from_an_approval_stops_there_first() -> None:
    source = stories.at_approval()
    async with drive_run(source) as driver:
        await driver.press("escape", "b")
        assert "undo everything" in driver.shown()
        await driver.press("up", "up", "enter")
        assert source.submitted == []
        await driver.press(*"stock", "enter", "enter")
    assert source.submitted == [Stop("to be rolled back")]


async def test_rolling_back_at_a_gate_is_the_gates_to_answer() -> None:
    async with drive_run(stories.at_gate()) as driver:
        await driver.press("escape", "b")
        assert "Gate shut" in driver.shown()
        assert "Undoing is an answer of this gate" in next(iter(driver.app._notifications)).message


async def test_rolling_back_while_a_step_runs_says_what_to_do_first() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        await driver.press("b")
        assert not driver.asking
        assert "cancel it" in next(iter(driver.app._notifications)).message
    assert source.submitted == []


async def test_a_rollback_from_the_command_line_begins_on_a_persons_word() -> None:
    told = CannedRun(stories.records("mitigated"), outputs=stories.outputs())
    begun: list[bool] = []
    told.begin = lambda: begun.append(True)  # type: ignore[method-assign]
    async with drive_run(told, plan="") as driver:
        assert not begun
        assert "1.3 Save, proven" in driver.shown()
        await driver.press("1", "enter")
        assert begun == []
        await driver.press(*"stock", "enter")
        assert begun == [True]


async def test_a_rollback_that_is_not_wanted_begins_nothing() -> None:
    told = CannedRun(stories.records("mitigated"), outputs=stories.outputs())
    begun: list[bool] = []
    told.begin = lambda: begun.append(True)  # type: ignore[method-assign]
    async with drive_run(told, plan="") as driver:
        driver.held.later()
        await driver.pilot.press("2", "enter")
        await driver.pilot.pause()
    assert not begun


async def test_a_failed_run_says_what_where_and_what_to_do() -> None:
    error = HostUnreachable("no route to host", where="ops@192.0.2.10", mend="Check the network, then go on")
    async with drive_run(over("unknown_outcome", Outcome(FAILED, 3, error))) as driver:
        shown = driver.shown()
    for wanted in ["no route to host", "ops@192.0.2.10", "Check the network", "go on", "roll back"]:
        assert wanted in shown


async def test_a_reconnecting_host_is_told_and_its_output_goes_on() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        source.tell(followed(stories.records("clean")[:60], ev.LinkChanged("stock", "detached", "cut"))[60:])
        await driver.settle()
        assert "RECONNECTING" in driver.shown()
        source.output(Output("chown", "stock", b"still here\n"))
        await driver.settle()
        assert "still here" in driver.shown()


async def test_an_end_just_as_a_question_opens_is_no_crash() -> None:
    source = stories.working()
    async with drive_run(source) as driver:
        source.tell(followed(stories.records("clean")[:60], gate_events("chown"))[60:])
        driver.run.take_in()
        driver.app.exit(return_code=143)
        await driver.pilot.pause()
    assert driver.app.crashed is None
    assert driver.app.return_code == 143
