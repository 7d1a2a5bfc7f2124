"""Was the promise kept? Effects are counted on the host; the journal is only believed where the host agrees."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.crash import steps
from tests.crash.sabotage import AFTER_START, BEFORE_DONE, DURING
from tests.crash.trial import Trial
from wizard.run import state as st
from wizard.run.rollback import INCOMPLETE, ROLLED_BACK
from wizard.run.state import AttemptState, RunState
from wizard.run.verification import verify

DARK = {AFTER_START, DURING, BEFORE_DONE}
"""Where a runner dies in between, nobody can know how the script ended."""

OUTCOMES = {
    steps.QUICK: st.VERIFIED,
    steps.FAILING: st.FAILED,
    steps.LONG: st.VERIFIED,
    steps.DAEMON: st.VERIFIED,
    steps.DEAF: st.FAILED,
}
"""What a kind comes to where its outcome is known."""


class Violation(AssertionError):
    """A promise was broken."""


def judge(trial: Trial) -> None:
    """Look at a trial that was carried out.

    Raises:
        Violation: Something was lost, run twice or called done that was not; or there is no outcome.
    """
    try:
        _judge(trial)
    except AssertionError as broken:
        raise Violation(f"{broken}\n{trial.told()}") from broken


def _judge(trial: Trial) -> None:
    plan, outcome, effects = trial.plan, trial.outcome(), counted(trial.place)
    assert outcome, "it has no outcome after three resumes"
    began, ended = effects["began"], effects["ended"]
    assert began <= started(trial), f"{began} executions of {started(trial)} attempts"
    assert began <= 1 or plan.policy == "safe_to_retry", f"it was run {began} times without anybody's word"
    if plan.role == steps.UNDO:
        undone(trial, effects["done"])
    if outcome == st.UNKNOWN:
        assert plan.runner in DARK, "unknown, although its runner was not killed between start and end"
        return
    assert outcome == OUTCOMES[plan.kind], f"{outcome}, where it can only be {OUTCOMES[plan.kind]}"
    assert began >= 1, f"{outcome}, but lost: the host saw nothing of it"
    assert ended == 0 if plan.kind == steps.DEAF else ended >= 1, f"{outcome}, but it did not come to its end"
    sound(trial)


def undone(trial: Trial, done: int) -> None:
    """The run ends with its rollback, and what was undone is not done again."""
    assert done == 1, f"what was to be undone was done {done} times"
    state = trial.state()
    assert state is not None
    assert state.ended is not None
    assert state.ended.outcome in {ROLLED_BACK, INCOMPLETE}, f"the run ended as {state.ended.outcome}"


def counted(place: Path) -> Counter[str]:
    """The effects on the host."""
    path = place / "effects"
    return Counter(path.read_text().split() if path.exists() else [])


def started(trial: Trial) -> int:
    """Attempts in the role that is tried, in all runs of it that began."""
    found = trial.state()
    return sum(one.role == trial.plan.role for one in found.attempts.values()) if found else 0


def sound(trial: Trial) -> None:
    """The record is whole, and what it kept of the output is what the host has."""
    found = verify(trial.runs[-1])
    assert found.ok, found.lines()
    state = trial.state()
    assert state is not None
    for attempt in state.attempts.values():
        if attempt.end and attempt.end.state == "done":
            same_output(trial, attempt, state)


def same_output(trial: Trial, attempt: AttemptState, _state: RunState) -> None:
    """No byte lost, none twice."""
    name = (trial.place / "spool" / f"{attempt.key}.claim").read_text().split("\n", 1)[0]
    there = (trial.place / "spool" / name / "out").read_bytes()
    here = (trial.runs[-1] / "output" / f"{attempt.key}.log").read_bytes()
    assert here == there, f"{len(here)} bytes of output are here, {len(there)} on the host"
