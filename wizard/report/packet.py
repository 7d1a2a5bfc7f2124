"""What a successor needs of a run, as data: how it stands, what could be undone, what is open, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wizard.report.log import Log, open_log
from wizard.report.standing import standing, told
from wizard.report.times import duration
from wizard.run import events as ev
from wizard.run.events import Record
from wizard.run.intents import HAND_OVER, PAUSE
from wizard.run.items import Item, open_items
from wizard.run.seen import CheckState
from wizard.run.state import StepState
from wizard.run.worst import Worst, worst_case, worst_of

_CLOSES = (ev.GateOpened, ev.StepEnded, ev.RollbackStarted, ev.RunResumed, ev.RunEnded)
"""After these, a gate is not what a run stands at."""

LEAVES = frozenset({PAUSE, HAND_OVER})
"""Answers that leave a gate as it is."""

SHUT = frozenset({"fail", "unknown"})


@dataclass(frozen=True, slots=True)
class Handover:
    """Who gave the run to whom, when, and what they said is next. All empty where nobody did."""

    by: str = ""
    at: str = ""
    to: str = ""
    words: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class OpenGate:
    """The gate that waits: what keeps it shut, each check that did not pass, and the author's advice."""

    place: str
    blocked_by: Sequence[str]
    checks: Sequence[tuple[str, str, str, str]]
    advice: Sequence[str]


@dataclass(frozen=True, slots=True)
class ToUndo:
    """A step on the undo stack: where, how, at worst how long, or why it stays."""

    place: str
    host: str
    undo: str
    worst: str
    irreversible: str


@dataclass(frozen=True, slots=True)
class Packet:
    """The whole of it. Texts are as in the journal."""

    run: str
    checklist: str
    title: str
    severity: str
    handover: Handover
    taken_over: str
    standing: str
    reason: str
    progress: str
    last: str
    current: str
    question: str
    gate: OpenGate | None
    running: Sequence[str]
    undo: Sequence[ToUndo]
    worst: str
    hypotheses: Sequence[Item]
    confirmed: Sequence[Item]
    eliminated: Sequence[Item]
    todos: Sequence[Item]
    deviations: Sequence[str]
    hosts: Sequence[tuple[str, str, str]]
    remaining: Sequence[str]
    secrets: Sequence[str]
    checklist_path: str
    directory: str


def packet(records: Sequence[Record], directory: str = "") -> Packet:
    """The packet of these records, which may end anywhere."""
    log = open_log(records)
    state, started, items = log.state, log.started, open_items(log.records)
    now = standing(log)
    stack = [step for step in map(log.written, state.undo_stack) if step]
    done = len(state.steps) - len(state.remaining)
    return Packet(
        run=started.run if started else "",
        checklist=started.checklist if started else "",
        title=started.title if started else "",
        severity=started.severity if started else "",
        handover=_handover(log),
        taken_over=_taken_over(log),
        standing=told(log),
        reason=now.reason,
        progress=f"{done} of {len(state.steps)} steps",
        last=state.last_at,
        current=log.place(state.current) if state.current else "",
        question=state.question.text if state.question else "",
        gate=_gate(log),
        running=tuple(_running(log)),
        undo=tuple(_undo(log)),
        worst=worst_told(worst_of(stack)) if stack else "",
        hypotheses=items.hypotheses_open,
        confirmed=items.hypotheses_confirmed,
        eliminated=items.hypotheses_eliminated,
        todos=items.todos_open,
        deviations=tuple(state.deviations),
        hosts=tuple((one.host, one.label, one.environment) for one in state.hosts.values()),
        remaining=tuple(log.place(step) for step in state.remaining),
        secrets=tuple(started.secrets) if started else (),
        checklist_path=started.path if started else "",
        directory=directory,
    )


def _handover(log: Log) -> Handover:
    """The last one."""
    found = list(log.of(ev.HandedOver))
    if not found:
        return Handover()
    record, event = found[-1]
    return Handover(record.who, record.at, event.to, event.words, event.machine)


def _taken_over(log: Log) -> str:
    """By whom the last handover was acknowledged; empty where it was not."""
    last = ""
    for record in log.records:
        if isinstance(record.event, ev.HandedOver):
            last = ""
        elif isinstance(record.event, ev.HandoverAcknowledged):
            last = f"{record.event.operator} on {record.event.machine}"
    return last


def _open(log: Log) -> ev.GateBlocked | None:
    """The gate at which the run stands; one that was left by pausing or handing over is still shut."""
    blocked: ev.GateBlocked | None = None
    for record in log.records:
        event = record.event
        if isinstance(event, ev.GateBlocked):
            blocked = event
        elif isinstance(event, _CLOSES) or (isinstance(event, ev.GateAnswered) and event.answer not in LEAVES):
            blocked = None
    return blocked


def _gate(log: Log) -> OpenGate | None:
    blocked = _open(log)
    if blocked is None:
        return None
    seen = log.state.checks.get(blocked.scope, {})
    shut = [_check(seen[place]) for place in sorted(seen) if seen[place].outcome in SHUT and not seen[place].undone]
    return OpenGate(log.place(blocked.scope), tuple(blocked.blocked_by), tuple(shut), tuple(blocked.advice))


def _check(one: CheckState) -> tuple[str, str, str, str]:
    return one.title, one.outcome, one.expected, one.observed


def _running(log: Log) -> Iterator[str]:
    """Monitors, and scripts whose end is not on record: they go on, or went on, without a wizard."""
    state = log.state
    current = state.steps.get(state.current)
    if current and current.kind == "watch" and current.action is None:
        yield f"Monitor {log.place(current.id)}: {_looks(current)}; it is taken up again by going on"
    for one in state.attempts.values():
        if one.end is None:
            what = "undo" if one.role == "undo" else "attempt"
            yield f"{log.place(one.step)}: {what} {one.number} was started on {one.host}; its end is not on record"


def _looks(step: StepState) -> str:
    bad = sum(sample.verdict != "ok" for sample in step.samples)
    return f"{len(step.samples)} looks so far, {bad} of them not ok"


def _undo(log: Log) -> Iterator[ToUndo]:
    for step in log.state.undo_stack:
        state, written = log.state.steps[step], log.written(step)
        irreversible = written.action.irreversible_reason if written else ""
        worst = worst_told(worst_case(written)) if written else "not known"
        yield ToUndo(log.place(step), state.host, state.undo, worst, irreversible)


def worst_told(worst: Worst) -> str:
    """A worst case in words."""
    if not worst.seconds:
        return worst.why or ("as long as a person takes" if worst.open else "no time")
    more = f" {worst.why}" if worst.why else ", and more where a person or many things are to be put back"
    return f"at most {duration(worst.seconds).removesuffix(' 0 s')}{more if worst.open else ''}"
