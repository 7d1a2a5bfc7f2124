"""Action items: what the run left for people to do, each with what the journal has on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.report.evidence import PASS
from wizard.report.log import Log
from wizard.report.model import Chain, Fact, Note, Section
from wizard.report.standing import ENDED, ROLLED_BACK, standing
from wizard.report.steps import NO_END, NOT_BEGUN, UNDO_NOT_NEEDED
from wizard.report.walked import Deviation, Phase, Step, Undo, Undoing
from wizard.report.words import counted
from wizard.run import state as st
from wizard.run.items import Items

_UNPROVEN = {
    "ran, unproven": "Look at {place} on {host}: its undo ran, but what was there before is not proven to be back.",
    "failed": "Undo {place} on {host} by hand: its undo failed. {reason}",
    "not undoable": "Decide on {place} on {host}: it cannot be undone. {reason}",
    "": "Look at {place} on {host}: its undo began, and how it ended is not known.",
}


def unknown_steps(phases: Sequence[Phase]) -> tuple[Step, ...]:
    """Steps whose outcome the journal does not have."""
    return tuple(step for phase in phases for step in phase.steps if step.outcome in {NO_END, st.UNKNOWN})


def remaining(phases: Sequence[Phase]) -> tuple[Step, ...]:
    """Steps that were not reached or not completed, and were not taken back."""
    every = (step for phase in phases for step in phase.steps)
    return tuple(step for step in every if step.outcome not in st.DONE and not step.undone)


def actions(
    log: Log, phases: Sequence[Phase], facts: Sequence[Fact], deviations: Sequence[Deviation], undoing: Undoing
) -> Iterator[str]:
    """What the run itself left over."""
    for step in unknown_steps(phases):
        yield f"Find out what {_named(step)} did on {step.label or step.host}: its outcome is not known."
    for deviation in deviations:
        yield f"Follow up {deviation.place}, which was {deviation.what}: {deviation.reason or 'no reason was given'}."
    yield from _undos(undoing)
    yield from _left(log, phases)
    for fact in facts:
        if fact.after not in {"", PASS}:
            yield f"Look at the evidence “{fact.fact}”: it was {_told(fact.after)} when it was last read."


def _named(step: Step) -> str:
    return f"{step.number} {step.title}"


def _told(outcome: str) -> str:
    return "not as expected" if outcome == "fail" else "not to be read in full"


def last_undos(undoing: Undoing) -> tuple[Undo, ...]:
    """Each step's last undo: one that a crash cut off is settled by the one that took it up again."""
    return tuple({undo.step: undo for rollback in undoing.rollbacks for undo in rollback.undone}.values())


def _undos(undoing: Undoing) -> Iterator[str]:
    for undo in last_undos(undoing):
        if undo.outcome in _UNPROVEN and not undo.reason.startswith(UNDO_NOT_NEEDED):
            reason = f"Reason: {undo.reason}" if undo.reason else ""
            yield _UNPROVEN[undo.outcome].format(place=undo.place, host=undo.host, reason=reason).strip()


def _left(log: Log, phases: Sequence[Phase]) -> Iterator[str]:
    """Steps not done; where everything was taken back, the whole remains to be done and one line says so."""
    word = standing(log).word
    if word == ROLLED_BACK:
        yield "Decide how to go on: the run was rolled back, so the incident is not mended by it."
        return
    left = [step for step in remaining(phases) if step.outcome != NO_END]
    for step in left if word in ENDED or len(left) <= 1 else []:
        state = "was not reached" if step.outcome == NOT_BEGUN else f"stands at: {step.outcome}"
        yield f"Do {_named(step)} on {step.host}, which {state}."
    if word not in ENDED and len(left) > 1:
        yield f"Go on with the run, or end it: {counted(len(left), 'step')} to do, from {_named(left[0])} on."


def unanswered(notes: Sequence[Note], sections: Sequence[Section]) -> int:
    """Questions under Lessons that nobody answered; a note of a lesson may answer any of them, so then none is."""
    asked = sum(section.key.startswith("lesson.") and not section.text for section in sections)
    return 0 if any(note.tag == "lesson" for note in notes) else asked


def words(items: Items, questions: int, chain: Chain) -> Iterator[str]:
    """What people noted to be done, questions nobody answered, and a journal that needs a look."""
    for todo in items.todos_open:
        yield f"{todo.text} (noted by {todo.who})"
    for hypothesis in items.hypotheses_open:
        yield f"Find out whether it is so: {hypothesis.text} (noted by {hypothesis.who})"
    if questions:
        yield f"Answer the {counted(questions, 'question')} under Lessons."
    if chain.broken_line:
        yield f"Find out who changed the journal: it does not hold together at line {chain.broken_line}."
