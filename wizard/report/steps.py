"""Phases and steps: what each was to do, what it did, when, on what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.frozen import frozen
from wizard.report.attempts import attempts
from wizard.report.log import E, Log
from wizard.report.times import between
from wizard.report.walked import Attempt, Check, Edited, Phase, Step, Work
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.events import Record
from wizard.run.state import StepState

NOT_BEGUN = "not started"
NO_END = "started, its outcome is not known"
NOT_COMPLETED = "not completed"

_OPEN = {
    st.WAITING: NOT_BEGUN,
    st.RUNNING: "started, not ended",
    st.CHECKING: "done, not yet verified",
    st.BLOCKED: "stopped at its gate",
    st.UNDONE: NOT_COMPLETED,
}

RESTORED, UNDO_NOT_NEEDED = "restored, proven", "not needed"


@frozen
class _Life:
    """One step's records, all of them and those since its last undo."""

    state: StepState
    records: Sequence[Record]
    attempts: Sequence[Attempt]

    def events(self, kind: type[E]) -> list[tuple[Record, E]]:
        """Every event of a kind, with its record."""
        return [(record, record.event) for record in self.records if isinstance(record.event, kind)]

    @property
    def touched(self) -> bool:
        """It may have changed something, at some time."""
        return any(_changes(self.state, record) for record in self.records)

    @property
    def undo(self) -> ev.UndoEnded | None:
        """Its last undo, unless it was taken up again after that."""
        for record in reversed(self.records):
            if isinstance(record.event, ev.StepStarted):
                return None
            if isinstance(record.event, ev.UndoEnded):
                return record.event
        return None

    @property
    def in_force(self) -> bool:
        """What it changed is not proven to be taken back."""
        force = False
        for record in self.records:
            event = record.event
            if isinstance(event, ev.UndoEnded):
                force = force and event.outcome not in {RESTORED, UNDO_NOT_NEEDED}
            else:
                force = force or _changes(self.state, record)
        return force


def _changes(state: StepState, record: Record) -> bool:
    event = record.event
    return state.changes and isinstance(event, ev.AttemptIntended | ev.ActionEnded) and _role(event) == "do"


def _role(event: ev.AttemptIntended | ev.ActionEnded) -> str:
    return event.role if isinstance(event, ev.AttemptIntended) else "do"


def phases(log: Log, seen: Sequence[Check]) -> tuple[Phase, ...]:
    """Every phase of the checklist with all of its steps, also those that were not reached."""
    every = tuple(attempts(log))
    found = []
    for outline in log.started.outline if log.started else ():
        lives = [_life(log, step["id"], every) for step in outline["steps"]]
        found.append(_phase(log, outline["id"], outline["title"], [_step(log, life, seen) for life in lives]))
    return tuple(found)


def _life(log: Log, step: str, every: Sequence[Attempt]) -> _Life:
    mine = tuple(attempt for attempt in every if attempt.step == step)
    return _Life(log.state.steps[step], tuple(log.about(step)), mine)


def _phase(log: Log, phase: str, title: str, steps: Sequence[Step]) -> Phase:
    began = next((record.at for record, event in log.of(ev.PhaseStarted) if event.phase == phase), "")
    ended = [record.at for record, event in log.of(ev.PhaseEnded) if event.phase == phase]
    written = next((one for one in (log.checklist.phases if log.checklist else ()) if one.id == phase), None)
    why = (written.why or "") if written else ""
    return Phase(phase, log.places.get(phase, ""), title, why, began, ended[-1] if ended else "", tuple(steps))


def _step(log: Log, life: _Life, seen: Sequence[Check]) -> Step:
    state, started, ended = life.state, life.events(ev.StepStarted), life.events(ev.StepEnded)
    written, looked = log.written(state.id), [check for check in seen if check.scope == state.id]
    began, done = started[0][0].at if started else "", ended[-1][0].at if ended else ""
    return Step(
        id=state.id,
        number=log.places.get(state.id, ""),
        title=state.title,
        host=state.host,
        label=started[-1][1].label if started else "",
        why=started[-1][1].why if started else "",
        item=(written.item or "") if written else "",
        changes=state.changes,
        touched=life.touched,
        in_force=life.in_force,
        who=started[-1][0].who if started else "",
        began=began,
        ended=done,
        seconds=between(began, done),
        outcome=_outcome(life),
        undone=life.undo.outcome if life.undo else "",
        reason=ended[-1][1].reason if ended else "",
        work=_work(life),
        checks=sum(check.outcome != "skip" for check in looked),
        checks_passed=sum(check.outcome == "pass" and check.final for check in looked),
    )


def _work(life: _Life) -> Work:
    rendered = life.events(ev.StepRendered)
    return Work(
        command=rendered[-1][1].command if rendered else "",
        undo=rendered[-1][1].undo if rendered else "",
        attempts=life.attempts,
        results=tuple(_results(life)),
        captured=tuple((event.name, event.value) for _, event in life.events(ev.ValueCaptured)),
        edits=tuple(Edited(one.at, one.who, event.reason, event.diff) for one, event in life.events(ev.StepEdited)),
    )


def _outcome(life: _Life) -> str:
    """What came of doing it, whatever came of undoing it later."""
    status, ended = life.state.status, life.events(ev.StepEnded)
    if ended and (status not in _OPEN or status == st.UNDONE):
        return ended[-1][1].outcome
    if status == st.RUNNING and any(not one.state and one.role == "do" for one in life.attempts):
        return NO_END
    return _OPEN.get(status, status)


def _results(life: _Life) -> Iterator[str]:
    found = life.events(ev.ActionEnded)
    for _, event in found:
        number = f"try {event.attempt}: " if len(found) > 1 else ""
        yield f"{number}{'' if event.known else 'outcome not known: '}{event.what}"
