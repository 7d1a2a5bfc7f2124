"""A step whose gate was told to try again is at work again, for every reader of the state."""

from __future__ import annotations

from tests.fixtures.journals.make import Story
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.attempting import acted
from wizard.run.intents import AGAIN, PAUSE


def answered(answer: str) -> st.StepState:
    """A step with a result whose gate stayed shut and was answered so."""
    story = Story()
    story.begin()
    story.start("start")
    story.tell(
        ev.AttemptIntended("key", "start", 1, "do", "stock", "script", "0", 60.0, "boot"),
        ev.ActionEnded("start", 1, ok=False, known=True, what="exit status 1", values={}),
        ev.GateBlocked("start", ["it is up"], [AGAIN, PAUSE]),
        ev.GateAnswered("start", answer, ""),
    )
    return st.replay(story.records).steps["start"]


def test_a_step_told_to_run_again_is_running_and_a_resume_runs_it() -> None:
    step = answered(AGAIN)
    assert step.status == st.RUNNING
    assert not acted(step)


def test_a_step_at_a_gate_that_was_left_is_blocked_and_a_resume_only_looks() -> None:
    step = answered(PAUSE)
    assert step.status == st.BLOCKED
    assert acted(step)


def test_what_was_seen_before_an_undo_is_told_apart_until_it_is_seen_again() -> None:
    story = Story()
    story.begin()
    story.start("start")
    seen = ev.CheckObserved("start", 0, "it is up", "stock", "fail", "active", "inactive", [], 1, 1.0)
    story.tell(seen)
    assert not st.replay(story.records).checks["start"][0].undone
    for outcome in ("failed", "restored, proven"):
        story.tell(ev.UndoEnded("start", outcome, "stopped", 1.0))
        assert st.replay(story.records).checks["start"][0].undone
        story.tell(seen)
        assert not st.replay(story.records).checks["start"][0].undone
