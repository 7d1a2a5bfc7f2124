"""A host that another run holds, at the screen: who holds it, and three answers by their effect."""

from __future__ import annotations

from hypothesis import given

from screens.canned import checklist_of
from screens.modals.hosthold import host_held
from screens.view import View
from tests.screens import stories
from tests.screens.stories import followed, live, upto
from tests.screens.test_answers import at
from tests.screens.test_hostile_text import NASTY
from wizard.run import events as ev
from wizard.run.intents import AGAIN, PAUSE, TAKE_OVER, Answer
from wizard.text import hidden

HELD = ev.QuestionAsked(
    "host:stock",
    "host_held",
    "ops@192.0.2.10 is held by kim on desk.example since 2026-03-14T02:30:00Z, run 20260314-023000-77ff",
    [AGAIN, TAKE_OVER, PAUSE],
)


def view() -> View:
    checklist = checklist_of(stories.records("clean"))
    assert checklist
    return View(checklist)


def test_it_says_who_holds_it_and_what_each_answer_does() -> None:
    modal = host_held(view(), HELD)
    assert "kim on desk.example since 2026-03-14T02:30:00Z, run 20260314-023000-77ff" in modal._body.plain
    assert [one.answer for one in modal._choices] == [AGAIN, PAUSE, TAKE_OVER]
    assert [one.answer for one in modal._choices if one.grave] == [TAKE_OVER]


async def test_it_opens_and_a_slip_of_the_hand_takes_nothing_over() -> None:
    source = live(followed(upto("clean", ev.StepStarted), HELD))
    async with at(source) as hands:
        assert "kim on desk.example" in hands.shown()
        await hands.press("enter")
        assert source.submitted == []
        await hands.press("3", "enter", *"spoke with kim", "enter")
        assert source.submitted == [Answer("host:stock", TAKE_OVER, "spoke with kim")]


@given(NASTY)
def test_who_holds_it_is_not_believed_to_be_plain(text: str) -> None:
    body = host_held(view(), ev.QuestionAsked("host:stock", "host_held", text, [AGAIN, TAKE_OVER, PAUSE]))._body
    assert hidden(body.plain) is None
    assert not any(span.style and "click" in str(span.style) for span in body.spans)
