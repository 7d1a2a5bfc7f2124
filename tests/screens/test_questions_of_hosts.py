"""A host that another run holds, or that is not what it was, at the screen: three answers by their effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from screens.canned import checklist_of
from screens.modals.choosing import Choosing
from screens.modals.hosttrouble import host_held, out_of_role
from screens.view import View
from tests.screens import stories
from tests.screens.canned_driver import drive_run
from tests.screens.hostile_text import HOSTILE_TEXT
from tests.screens.stories import followed, live, upto
from wizard.run import events as ev
from wizard.run.intents import AGAIN, GO_ON, PAUSE, TAKE_OVER, Answer
from wizard.text import hidden

HELD = ev.QuestionAsked(
    "host:stock",
    "host_held",
    "ops@192.0.2.10 is held by kim on desk.example since 2026-03-14T02:30:00Z, run 20260314-023000-77ff",
    [AGAIN, TAKE_OVER, PAUSE],
)
CHANGED = ev.QuestionAsked(
    "host:stock",
    "role",
    "ops@192.0.2.10 was master when the run learnt it, and is replica now",
    [AGAIN, GO_ON, PAUSE],
    needs_note=True,
)
Modal = Callable[[View, ev.QuestionAsked], Choosing]


def view() -> View:
    checklist = checklist_of(stories.records("clean"))
    assert checklist
    return View(checklist)


def test_it_says_who_holds_it_and_what_each_answer_does() -> None:
    modal = host_held(view(), HELD)
    assert "kim on desk.example since 2026-03-14T02:30:00Z, run 20260314-023000-77ff" in modal._body.plain
    assert [one.answer for one in modal._choices] == [AGAIN, PAUSE, TAKE_OVER]
    assert [one.answer for one in modal._choices if one.grave] == [TAKE_OVER]


def test_a_changed_role_is_told_and_to_go_on_is_the_grave_answer() -> None:
    modal = out_of_role(view(), CHANGED)
    assert "was master when the run learnt it, and is replica now" in modal._body.plain
    assert [one.answer for one in modal._choices if one.grave] == [GO_ON]


async def test_the_step_that_is_kept_from_its_change_waits_and_a_second_look_is_told_from_the_first() -> None:
    whole = followed(upto("clean", ev.StepStarted), CHANGED)
    source = live(whole)
    async with drive_run(source) as driver:
        assert "■ waiting for you" in driver.shown().splitlines()[1]
        (first,) = [line for line in driver.shown().splitlines() if "looked" in line]
        await driver.press("1", "enter")
        assert source.submitted == [Answer("host:stock", AGAIN)]
        again = followed(whole, ev.QuestionAnswered("host:stock", AGAIN), CHANGED)[-2:]
        source.tell([replace(record, at="2026-03-14T02:59:59.000Z") for record in again])
        await driver.settle()
        (second,) = [line for line in driver.shown().splitlines() if "looked" in line]
        assert second != first


async def test_a_changed_role_is_taken_only_with_a_reason() -> None:
    source = live(followed(upto("clean", ev.StepStarted), CHANGED))
    async with drive_run(source) as driver:
        assert "The host is not what it was · the host stock" in driver.shown()
        await driver.press("enter", "3", "enter", "enter")
        assert source.submitted == []
        await driver.press(*"the other is gone", "enter")
        assert source.submitted == [Answer("host:stock", GO_ON, "the other is gone")]


async def test_it_opens_and_a_slip_of_the_hand_takes_nothing_over() -> None:
    source = live(followed(upto("clean", ev.StepStarted), HELD))
    async with drive_run(source) as driver:
        assert "kim on desk.example" in driver.shown()
        await driver.press("enter")
        assert source.submitted == []
        await driver.press("3", "enter", *"spoke with kim", "enter")
        assert source.submitted == [Answer("host:stock", TAKE_OVER, "spoke with kim")]


@given(HOSTILE_TEXT, st.sampled_from([host_held, out_of_role]))
def test_what_a_host_says_is_not_believed_to_be_plain(text: str, modal: Modal) -> None:
    body = modal(view(), ev.QuestionAsked("host:stock", "host_held", text, [AGAIN, TAKE_OVER, PAUSE]))._body
    assert hidden(body.plain) is None
    assert not any(span.style and "click" in str(span.style) for span in body.spans)
