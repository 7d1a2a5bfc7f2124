"""Without a person: what a file decided is answered, and the rest as that engine's manner is."""

from __future__ import annotations

import pytest

from tests.screens.stories import upto
from wizard.detached import _was_undone
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.intents import GO_ON, PAUSE, STOP_HERE, Answer
from wizard.run.unattended import Unattended


def answered(unattended: Unattended, event: ev.Event) -> list[Answer]:
    """What it answers to an event."""
    given: list[Answer] = []
    unattended.submit = given.append
    unattended(Record(1, "2026-01-01T00:00:00.000Z", "dana", event))
    return given


SAFE_STOP = ev.QuestionAsked("save", "safe_stop", "it is safe here", [GO_ON, STOP_HERE])
APPROVE = ev.QuestionAsked("chown", "approve", "chown …", ["run", PAUSE])


def test_a_headless_run_goes_on_past_a_safe_place_to_stop() -> None:
    assert answered(Unattended({}), SAFE_STOP) == [Answer("save", GO_ON)]


def test_an_engine_that_was_left_alone_stops_there_as_a_person_might_have() -> None:
    assert answered(Unattended({}, at_safe_stop=PAUSE), SAFE_STOP) == [Answer("save", PAUSE)]


def test_neither_approves_anything() -> None:
    assert answered(Unattended({}), APPROVE) == [Answer("chown", PAUSE)]
    assert answered(Unattended({}, at_safe_stop=PAUSE), APPROVE) == [Answer("chown", PAUSE)]


@pytest.mark.parametrize(
    ("name", "last", "undone"),
    [
        ("failed_and_rolled_back", ev.RollbackEnded, True),
        ("failed_and_rolled_back", ev.UndoStarted, False),
        ("clean", ev.StepEnded, False),
        ("clean", ev.RunStarted, False),
    ],
)
def test_what_was_just_undone_is_known(name: str, last: type[ev.Event], *, undone: bool) -> None:
    records = [*upto(name, last), Record(99, "", "dana", ev.RunPaused("detached", detached=True))]
    assert _was_undone(records) is undone
