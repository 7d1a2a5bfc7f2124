"""The rollback record: what was planned, what was undone in order, what was not and why, and what could be now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wizard.report.log import Log
from wizard.report.standing import RESOLVED, standing
from wizard.report.times import between
from wizard.report.walked import Difference, Rollback, Undo, Undoable, Undoing
from wizard.run import events as ev
from wizard.run.events import Record


def undoing(log: Log) -> Undoing:
    """Everything about going back."""
    done = tuple(_rollbacks(log))
    plan = (log.checklist.rollback or "") if log.checklist else ""
    return Undoing(plan, _verdict(log, done), done, tuple(_stack(log)))


def _verdict(log: Log, done: Sequence[Rollback]) -> str:
    if done:
        return ""
    if standing(log).word == RESOLVED:
        return "No rollback was needed."
    if not any(True for _ in log.of(ev.UndoRegistered)):
        return "No rollback was done. Nothing was on record that one could have undone."
    return "No rollback was done."


_DOWN_TO = "to "


@dataclass(slots=True)
class _Open:
    """A rollback while it is put together."""

    record: Record
    event: ev.RollbackStarted
    undone: list[Undo] = field(default_factory=list)
    started: tuple[str, str] | None = None

    def closed(self, log: Log, ended: str = "", outcome: str = "") -> Rollback:
        """The rollback as far as it is known."""
        if self.started:
            self.undone.append(_unended(log, *self.started))
        reached = {undo.step for undo in self.undone}
        return Rollback(
            scope=_scope(log, self.event.scope),
            reason=self.event.reason,
            who=self.record.who,
            began=self.record.at,
            ended=ended,
            outcome=outcome,
            plan=tuple(log.place(step) for step in self.event.plan),
            undone=tuple(self.undone),
            missing=tuple(log.place(step) for step in self.event.plan if step not in reached),
        )


def _scope(log: Log, scope: str) -> str:
    step = scope.removeprefix(_DOWN_TO)
    return f"down to {log.place(step)}" if step != scope and log.step(step) else scope


def _rollbacks(log: Log) -> Iterator[Rollback]:
    now: _Open | None = None
    for record in log.records:
        event = record.event
        if isinstance(event, ev.RollbackStarted):
            if now:
                yield now.closed(log)
            now = _Open(record, event)
        elif now and isinstance(event, ev.RollbackEnded):
            yield now.closed(log, record.at, event.outcome)
            now = None
        elif now:
            _take(log, now, record)
    if now:
        yield now.closed(log)


def _take(log: Log, now: _Open, record: Record) -> None:
    event = record.event
    if isinstance(event, ev.UndoStarted):
        # An undo taken up again after a crash is one undo: its first beginning counts.
        began = now.started[1] if now.started and now.started[0] == event.step else record.at
        now.started = (event.step, began)
    elif isinstance(event, ev.UndoEnded):
        began = now.started[1] if now.started and now.started[0] == event.step else ""
        now.undone.append(_undo(log, event, began, record.at))
        now.started = None


def _host(log: Log, step: str) -> str:
    state = log.step(step)
    return state.host if state else ""


def _undo(log: Log, event: ev.UndoEnded, began: str, ended: str) -> Undo:
    return Undo(
        step=event.step,
        place=log.place(event.step),
        host=_host(log, event.step),
        began=began,
        ended=ended,
        seconds=event.seconds or between(began, ended),
        outcome=event.outcome,
        what=event.what,
        reason=event.reason,
        changed=_differences(event.changed),
        differences=_differences(event.differences),
    )


def _unended(log: Log, step: str, began: str) -> Undo:
    reason = "the journal has its beginning but not its end"
    return Undo(step, log.place(step), _host(log, step), began, "", None, "", "", reason, (), ())


def _differences(told: Sequence[Mapping[str, str]]) -> tuple[Difference, ...]:
    return tuple(
        Difference(str(one.get("where", "")), str(one.get("before", "")), str(one.get("now", ""))) for one in told
    )


def _stack(log: Log) -> Iterator[Undoable]:
    registered = {event.step: event for _, event in log.of(ev.UndoRegistered)}
    for step in log.state.undo_stack:
        yield Undoable(log.place(step), registered[step].summary, registered[step].irreversible)
