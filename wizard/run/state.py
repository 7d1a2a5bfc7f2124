"""The one fold: a run's state is what its events add up to, and nothing else.

``apply`` is pure. The engine, the console, the interface and the report all read states made here, so a state
replayed from the journal is the state the run had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from wizard.frozen import frozen_without_slots
from wizard.run import events as ev
from wizard.run.changed import changed
from wizard.run.events import Event, Record
from wizard.run.intents import ACCEPT, AGAIN, OVERRIDE
from wizard.run.seen import AttemptState, CheckState, RoleState
from wizard.run.seen import StepState as StepState  # noqa: PLC0414 - read beside the words for how it stands

WAITING, RUNNING, CHECKING, BLOCKED = "waiting", "running", "checking", "blocked"
VERIFIED, FAILED, UNKNOWN, SKIPPED = "verified", "failed", "unknown", "skipped"
ACCEPTED, NOT_NEEDED, UNDONE = "accepted", "not needed", "undone"

DONE = frozenset({VERIFIED, SKIPPED, ACCEPTED, NOT_NEEDED})
"""Step outcomes after which the run goes on; a step that was undone is to be done again."""

DEVIATIONS = frozenset({SKIPPED, ACCEPTED})
"""Step outcomes that the end must own up to."""

STANDS = frozenset({VERIFIED, SKIPPED, ACCEPTED})
"""Step outcomes after which what was done stays, so that an edited text is owned up to as well."""


@frozen_without_slots
class RunState:
    """A run as far as its journal tells it.

    ``failed_undos`` are the steps that the rollback under way could not undo, in whichever life of the wizard that was;
    ``rolled_back`` is the scope and the outcome of the last one, until what came of it is on record too.
    """

    started: ev.RunStarted | None = None
    began_at: str = ""
    last_at: str = ""
    seq: int = 0
    steps: Mapping[str, StepState] = field(default_factory=dict)
    phases: Mapping[str, str] = field(default_factory=dict)
    attempts: Mapping[str, AttemptState] = field(default_factory=dict)
    checks: Mapping[str, Mapping[int, CheckState]] = field(default_factory=dict)
    captured: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, ev.HostConnected] = field(default_factory=dict)
    roles: Mapping[str, RoleState] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mapping[str, ev.MarkTaken]] = field(default_factory=dict)
    undo_stack: Sequence[str] = ()
    blocked: ev.GateBlocked | None = None
    question: ev.QuestionAsked | None = None
    deviations: Sequence[str] = ()
    rolling: ev.RollbackStarted | None = None
    failed_undos: Sequence[str] = ()
    rolled_back: Sequence[str] = ()
    current: str = ""
    paused: ev.RunPaused | None = None
    detached: bool = False
    ended: ev.RunEnded | None = None
    handed_over: ev.HandedOver | None = None

    @property
    def remaining(self) -> tuple[str, ...]:
        """Steps not done yet, in order."""
        return tuple(step.id for step in self.steps.values() if step.status not in DONE)


def apply(state: RunState, record: Record) -> RunState:
    """The state after one more event."""
    fold = _FOLDS.get(type(record.event))
    moved = changed(state, seq=record.seq, last_at=record.at)
    return fold(moved, record.event, record.at) if fold else moved


def replay(records: Iterable[Record]) -> RunState:
    """The state that these events add up to."""
    state = RunState()
    for record in records:
        state = apply(state, record)
    return state


Fold = Callable[[RunState, Any, str], RunState]
_FOLDS: dict[type[Event], Fold] = {}


def _folds(event: type[Event]) -> Callable[[Fold], Fold]:
    def register(fold: Fold) -> Fold:
        _FOLDS[event] = fold
        return fold

    return register


def _step(state: RunState, step: str, **changes: Any) -> RunState:
    if step not in state.steps:
        return state
    return changed(state, steps={**state.steps, step: changed(state.steps[step], **changes)})


@_folds(ev.RunStarted)
def _run_started(state: RunState, event: ev.RunStarted, at: str) -> RunState:
    steps = {
        step["id"]: StepState(
            id=step["id"],
            phase=phase["id"],
            title=step["title"],
            host=step["host"],
            kind=step["kind"],
            changes=step["changes"],
            status=WAITING,
        )
        for phase in event.outline
        for step in phase["steps"]
    }
    phases = {phase["id"]: WAITING for phase in event.outline}
    return changed(state, started=event, began_at=at, steps=steps, phases=phases)


@_folds(ev.RunPaused)
def _run_paused(state: RunState, event: ev.RunPaused, _at: str) -> RunState:
    return changed(state, paused=event, rolled_back=())


@_folds(ev.RunResumed)
def _run_resumed(state: RunState, event: ev.RunResumed, _at: str) -> RunState:
    return changed(state, detached=event.detached, paused=None, ended=None, question=None, blocked=None)


@_folds(ev.RunEnded)
def _run_ended(state: RunState, event: ev.RunEnded, _at: str) -> RunState:
    return changed(state, ended=event, current="", blocked=None, question=None, rolled_back=())


@_folds(ev.HostConnected)
def _host_connected(state: RunState, event: ev.HostConnected, _at: str) -> RunState:
    links = {**state.links, event.host: "attached"}
    return changed(state, hosts={**state.hosts, event.host: event}, links=links)


@_folds(ev.RoleSeen)
def _role_seen(state: RunState, event: ev.RoleSeen, _at: str) -> RunState:
    pinned = event.role if event.pinned else state.roles.get(event.host, RoleState()).pinned
    return changed(state, roles={**state.roles, event.host: RoleState(pinned, event.role, event.why)})


@_folds(ev.LinkChanged)
def _link_changed(state: RunState, event: ev.LinkChanged, _at: str) -> RunState:
    return changed(state, links={**state.links, event.host: event.state})


@_folds(ev.MarkTaken)
def _mark_taken(state: RunState, event: ev.MarkTaken, _at: str) -> RunState:
    named = {**state.marks.get(event.name, {}), event.host: event}
    return changed(state, marks={**state.marks, event.name: named})


@_folds(ev.PhaseStarted)
def _phase_started(state: RunState, event: ev.PhaseStarted, _at: str) -> RunState:
    return changed(state, phases={**state.phases, event.phase: RUNNING}, paused=None)


@_folds(ev.PhaseEnded)
def _phase_ended(state: RunState, event: ev.PhaseEnded, _at: str) -> RunState:
    return changed(state, phases={**state.phases, event.phase: "done"})


@_folds(ev.StepStarted)
def _step_started(state: RunState, event: ev.StepStarted, at: str) -> RunState:
    moved = changed(state, current=event.step, paused=None)
    return _step(moved, event.step, status=RUNNING, started=at, reason="")


@_folds(ev.StepRendered)
def _step_rendered(state: RunState, event: ev.StepRendered, _at: str) -> RunState:
    return _step(state, event.step, command=event.command, undo=event.undo)


@_folds(ev.EditOffered)
def _edit_offered(state: RunState, event: ev.EditOffered, _at: str) -> RunState:
    return _step(state, event.step, offered=event)


@_folds(ev.StepEdited)
def _step_edited(state: RunState, event: ev.StepEdited, _at: str) -> RunState:
    step = state.steps.get(event.step)
    # Only now is it to be run again: a crash between the answer and this leaves the gate shut.
    return _step(state, event.step, edits=(*step.edits, event), status=RUNNING) if step else state


@_folds(ev.HandedOver)
def _handed_over(state: RunState, event: ev.HandedOver, _at: str) -> RunState:
    return changed(state, handed_over=event)


@_folds(ev.HandoverAcknowledged)
def _acknowledged(state: RunState, _event: ev.HandoverAcknowledged, _at: str) -> RunState:
    return changed(state, handed_over=None)


@_folds(ev.BeforeCaptured)
def _before_captured(state: RunState, event: ev.BeforeCaptured, _at: str) -> RunState:
    return _step(state, event.step, before=event.file, before_sha256=event.sha256)


@_folds(ev.UndoRegistered)
def _undo_registered(state: RunState, event: ev.UndoRegistered, _at: str) -> RunState:
    rest = tuple(step for step in state.undo_stack if step != event.step)
    return changed(state, undo_stack=(event.step, *rest))


@_folds(ev.AttemptIntended)
def _attempt_intended(state: RunState, event: ev.AttemptIntended, _at: str) -> RunState:
    attempt = AttemptState(event.key, event.step, event.attempt, event.role, event.host, event.sha256, event.boot_id)
    moved = changed(state, attempts={**state.attempts, event.key: attempt})
    return _step(moved, event.step, attempts=event.attempt) if event.role == "do" else moved


@_folds(ev.AttemptClaimed)
def _attempt_claimed(state: RunState, event: ev.AttemptClaimed, _at: str) -> RunState:
    return _attempt(state, event.key, claimed=True)


@_folds(ev.AttemptEnded)
def _attempt_ended(state: RunState, event: ev.AttemptEnded, _at: str) -> RunState:
    return _attempt(state, event.key, end=event)


def _attempt(state: RunState, key: str, **changes: Any) -> RunState:
    if key not in state.attempts:
        return state
    return changed(state, attempts={**state.attempts, key: changed(state.attempts[key], **changes)})


@_folds(ev.ActionEnded)
def _action_ended(state: RunState, event: ev.ActionEnded, _at: str) -> RunState:
    return _step(state, event.step, status=CHECKING, action=event, attempts=event.attempt)


@_folds(ev.CheckObserved)
def _check_observed(state: RunState, event: ev.CheckObserved, at: str) -> RunState:
    seen = CheckState(
        title=event.title,
        outcome=event.outcome,
        expected=event.expected,
        observed=event.observed,
        evidence=tuple(event.evidence),
        at=at,
        final=event.final,
    )
    scope = {**state.checks.get(event.scope, {}), event.index: seen}
    return changed(state, checks={**state.checks, event.scope: scope})


@_folds(ev.ValueCaptured)
def _value_captured(state: RunState, event: ev.ValueCaptured, _at: str) -> RunState:
    return changed(state, captured={**state.captured, event.name: event.value})


@_folds(ev.SampleTaken)
def _sample_taken(state: RunState, event: ev.SampleTaken, _at: str) -> RunState:
    step = state.steps.get(event.step)
    return _step(state, event.step, samples=(*step.samples, event)) if step else state


@_folds(ev.StepEnded)
def _step_ended(state: RunState, event: ev.StepEnded, at: str) -> RunState:
    deviations = tuple(state.deviations)
    step = state.steps.get(event.step)
    if step and step.edited and event.outcome in STANDS:
        deviations = (*deviations, f"{event.step} edited: {step.edited.reason}")
    if event.outcome in DEVIATIONS:
        deviations = (*deviations, f"{event.step} {event.outcome}: {event.reason}")
    moved = changed(state, deviations=deviations, current="", blocked=None, question=None)
    return _step(moved, event.step, status=event.outcome, reason=event.reason, ended=at)


@_folds(ev.GateOpened)
def _gate_opened(state: RunState, _event: ev.GateOpened, _at: str) -> RunState:
    return changed(state, blocked=None)


@_folds(ev.GateBlocked)
def _gate_blocked(state: RunState, event: ev.GateBlocked, _at: str) -> RunState:
    return _step(changed(state, blocked=event, rolled_back=()), event.scope, status=BLOCKED)


@_folds(ev.GateAnswered)
def _gate_answered(state: RunState, event: ev.GateAnswered, _at: str) -> RunState:
    deviations = tuple(state.deviations)
    if event.answer == ACCEPT and event.scope not in state.steps:
        deviations = (*deviations, f"{event.scope} accepted: {event.reason}")
    if event.answer == OVERRIDE:
        deviations = (*deviations, f"{event.scope} {OVERRIDE}: {event.reason}")
    moved = changed(state, blocked=None, deviations=deviations)
    return _step(moved, event.scope, status=RUNNING) if event.answer == AGAIN else moved


@_folds(ev.QuestionAsked)
def _question_asked(state: RunState, event: ev.QuestionAsked, _at: str) -> RunState:
    return changed(state, question=event)


@_folds(ev.QuestionAnswered)
def _question_answered(state: RunState, _event: ev.QuestionAnswered, _at: str) -> RunState:
    return changed(state, question=None)


@_folds(ev.RollbackStarted)
def _rollback_started(state: RunState, event: ev.RollbackStarted, _at: str) -> RunState:
    return changed(state, rolling=event, rolled_back=())


@_folds(ev.RollbackEnded)
def _rollback_ended(state: RunState, event: ev.RollbackEnded, _at: str) -> RunState:
    came_to = (state.rolling.scope, event.outcome) if state.rolling else ()
    return changed(state, rolling=None, failed_undos=(), rolled_back=came_to)


@_folds(ev.UndoEnded)
def _undo_ended(state: RunState, event: ev.UndoEnded, _at: str) -> RunState:
    state = _seen_before(state, event.step)
    undos = state.steps[event.step].undos + 1 if event.step in state.steps else 0
    failed = tuple(step for step in state.failed_undos if step != event.step)
    if event.outcome == "failed":
        return _step(changed(state, failed_undos=(*failed, event.step)), event.step, undos=undos)
    rest = tuple(step for step in state.undo_stack if step != event.step)
    moved = changed(state, undo_stack=rest, failed_undos=failed)
    return _step(moved, event.step, status=UNDONE, before="", before_sha256="", undos=undos, edits=())


def _seen_before(state: RunState, step: str) -> RunState:
    """The undo came after these looks, whatever came of it: none of them tells how things stand now."""
    looks = state.checks.get(step)
    if not looks:
        return state
    before = {index: changed(look, undone=True) for index, look in looks.items()}
    return changed(state, checks={**state.checks, step: before})
