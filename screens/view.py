"""What the interface knows of a run: the one fold of its records, what is said beside it, and the hosts' output.

Holds no widget, so that a canned journal shows any screen and a test can ask what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from screens.bridge import Message, Passed, batches
from screens.interleaved import Interleaved
from screens.logblocks import Place, Read
from screens.logbuffer import LogBuffer
from screens.printed import Printed
from screens.series import Look
from screens.words import moment, plain
from wizard.checklist.model import Checklist, Notice, Step
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.connecting import HOST
from wizard.run.estimate import Stopwatch, Timing
from wizard.run.events import Record
from wizard.run.recorder import Output
from wizard.run.session import PREFLIGHT, RESOLVED, STALE
from wizard.run.state import RunState, apply

EVIDENCE, END = "evidence", "end"
GATE = "gate"
"""Scopes that are no step's and no phase's."""

SCOPES = {
    END: "exit criteria",
    EVIDENCE: "evidence",
    STALE: "checks that must go on holding",
    PREFLIGHT: "the first step",
}
"""Such scopes in words."""

PAUSED = "paused"
"""How a step stands that was under way when the run stopped."""

WAITS = "waiting for a word"
"""How a step stands that asks somebody something and does nothing until it is answered."""

PHASE = "phase:"
"""What the scope of a phase's gate begins with."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, and where it is in the journal: the same question asked again is another one."""

    seq: int
    event: ev.GateBlocked | ev.QuestionAsked

    @property
    def scope(self) -> str:
        """Step id, ``phase:ID``, ``evidence``, ``stale`` or ``end``."""
        return self.event.scope


@dataclass(slots=True)
class Undoing:
    """A rollback as far as it has come."""

    scope: str
    plan: Sequence[str]
    now: str = ""
    outcome: str = ""
    ended: dict[str, ev.UndoEnded] = field(default_factory=dict)


class View:
    """Everything that can be shown of a run.

    Args:
        checklist: The document, where it is at hand: it tells of steps that have not begun.
        read: Reads an output back.
    """

    def __init__(self, checklist: Checklist | None = None, read: Read | None = None) -> None:
        self._read = read
        self._clock: datetime | None = None
        self.state = RunState()
        self.waiting: Waiting | None = None
        self.undoing: Undoing | None = None
        self.logs: dict[str, LogBuffer] = {}
        self.together = Interleaved(self.logs)
        self.evidence: dict[str, ev.EvidenceObserved] = {}
        self.examined: dict[str, ev.HostExamined] = {}
        self.keys_shown: dict[str, ev.HostKeyShown] = {}
        self.taken_up: dict[str, ev.StepStarted] = {}
        self.ended: dict[str, ev.StepEnded] = {}
        self.troubles: dict[str, ev.TroubleMet] = {}
        self.earlier: Sequence[Timing] | None = None
        self.stopwatch = Stopwatch()
        self.looks: dict[str, list[Look]] = {}
        self.speaking = ""
        self.noted: list[Record] = []
        self.waits_for = "YOU"
        self._documented: Mapping[str, Step] = {}
        self._places: dict[str, str] = {}
        self._notify: Sequence[Notice] = ()
        self.printed = Printed()
        self._tell: dict[type[ev.Event], Callable[[Any], None]] = {
            ev.RunStarted: self._run_started,
            ev.RunResumed: self._run_resumed,
            ev.StepStarted: self._step_started,
            ev.StepEnded: self._step_ended,
            ev.EvidenceObserved: self._evidence_observed,
            ev.SampleTaken: self._sample_taken,
            ev.HostExamined: self._host_examined,
            ev.HostKeyShown: self._host_key_shown,
            ev.TroubleMet: self._trouble_met,
            ev.RollbackStarted: self._rollback_started,
            ev.UndoStarted: self._undo_started,
            ev.UndoEnded: self._undo_ended,
            ev.AttemptIntended: self.printed.begin,
            ev.LeftoverEnded: self._leftover_ended,
            ev.RollbackEnded: self._rollback_ended,
        }
        if checklist:
            self.document(checklist)

    def document(self, checklist: Checklist) -> None:
        """Tell what the checklist says of its steps."""
        self._documented = {step.id: step for phase in checklist.phases for step in phase.steps}
        self._notify = checklist.notify

    def take(self, messages: Iterable[Message], now: datetime | None = None) -> None:
        """Take in what happened, at the latest now."""
        for message in batches(list(messages)):
            self._clock = (moment(message.at) if message.at else now) or self._clock
            match message:
                case Record():
                    self._record(message)
                case Output():
                    self.speaking = message.host
                    self.printed.feed(message.step, message.data)
                    self.log(message.host).feed(message.data, _place(message))
                case Passed():
                    self._passed(self.log(message.host), message)
            if isinstance(message, Output | Passed):
                self.together.heard(message.host)

    @staticmethod
    def _passed(log: LogBuffer, message: Passed) -> None:
        """What is kept nowhere can only be counted."""
        place = _place(message)
        if place:
            log.skip(place, message.count, message.lines, (message.head, message.tail))
        else:
            log.mark(f"{message.count:,} bytes went by unseen")

    def log(self, host: str) -> LogBuffer:
        """What a host printed; what is put there now came now."""
        if host not in self.logs:
            self.logs[host] = LogBuffer(read=self._read) if self._read else LogBuffer()
        log = self.logs[host]
        if self._clock:
            log.at(self._clock.timestamp())
        return log

    def place(self, step: str) -> str:
        """A step's number, as in ``3.4``; empty where there is no such step."""
        return self._places.get(step, "")

    def documented(self, step: str) -> Step | None:
        """What the checklist says of a step."""
        return self._documented.get(step)

    @property
    def dry(self) -> bool:
        """Nothing is changed in this run, so nothing that it says is an end of the incident."""
        return self.state.started is not None and self.state.started.mode == "check"

    @property
    def practice(self) -> bool:
        """It is a drill: its hosts only play what the checklist says of them."""
        return self.state.started is not None and self.state.started.practice

    def at_work(self) -> bool:
        """A step is running something that could be cancelled."""
        return bool(self.state.current) and self.waiting is None and self.state.rolling is None

    def status(self, step: st.StepState) -> str:
        """How a step stands; one of a stopped run is paused, and one that asks waits."""
        if step.status not in {st.RUNNING, st.CHECKING}:
            return step.status
        asks = self.waiting is not None and (self.waiting.scope == step.id or self.waiting.scope.startswith(HOST))
        return PAUSED if self.state.paused else WAITS if asks else step.status

    def host(self, name: str) -> str:
        """A host by name and address; this machine by who works on it."""
        connected = self.state.hosts.get(name)
        if connected and name == LOCAL:
            return plain(connected.label)
        return plain(f"{name} = {connected.label}") if connected else plain(name)

    def environment(self, name: str) -> str:
        """``production``, ``staging``, ``test``, ``practice``, or empty."""
        connected = self.state.hosts.get(name)
        return connected.environment if connected else ""

    def named(self, scope: str) -> str:
        """A scope in words: ``3.4 Copy the snapshot aside``."""
        step = self.state.steps.get(scope)
        if step:
            return f"{self.place(scope)} {plain(step.title)}"
        if scope.startswith(PHASE):
            return f"the phase {plain(self._phase_title(scope.removeprefix(PHASE)))}"
        if scope.startswith(HOST):
            return f"the host {plain(scope.removeprefix(HOST))}"
        return SCOPES.get(scope, plain(scope))

    @property
    def begun(self) -> bool:
        """The first step was taken up."""
        return any(step.started for step in self.state.steps.values())

    def cannot_be_undone(self, step: str) -> str:
        """Why a step cannot be taken back; empty where it can."""
        documented = self.documented(step)
        return documented.action.irreversible_reason if documented and documented.action.changes else ""

    def final(self, step: str) -> bool:
        """Nobody can take it back, and that matters: a save is not taken back either, but leaves nothing worse."""
        documented = self.documented(step)
        return bool(self.cannot_be_undone(step)) and not (documented and documented.action.needless_undo)

    def due(self, moment: str) -> list[Notice]:
        """Who is to be told at ``gate``, ``end``, ``resolved``, which is an end too, or a phase's end; all for none.

        A notice that names no moment is due at gates and at the end.
        """
        meant = {moment, END} if moment == RESOLVED else {moment}
        return [one for one in self._notify if not moment or meant & set(one.at or (GATE, END))]

    def _phase_title(self, phase: str) -> str:
        outline = self.state.started.outline if self.state.started else ()
        return next((str(one["title"]) for one in outline if one["id"] == phase), phase)

    def _record(self, record: Record) -> None:
        self.state = apply(self.state, record)
        if isinstance(record.event, ev.NoteAdded | ev.NoteSettled):
            self.noted.append(record)
        self.stopwatch.hear(record)
        tell = self._tell.get(type(record.event))
        if tell:
            tell(record.event)
        self._wait(record)

    def _wait(self, record: Record) -> None:
        event = record.event
        if isinstance(event, ev.GateBlocked | ev.QuestionAsked):
            self.waiting = Waiting(record.seq, event)
        elif isinstance(event, ev.RunPaused) or not (self.state.blocked or self.state.question):
            self.waiting = None

    def _run_started(self, event: ev.RunStarted) -> None:
        for number, phase in enumerate(event.outline, start=1):
            for place, step in enumerate(phase["steps"], start=1):
                self._places[step["id"]] = f"{number}.{place}"

    def _run_resumed(self, _event: ev.RunResumed) -> None:
        self.troubles.clear()

    def _step_started(self, event: ev.StepStarted) -> None:
        again = "again: " if event.step in self.taken_up else ""
        self.taken_up[event.step] = event
        self._begin(event.host, event.step, again)

    def _begin(self, host: str, step: str, what: str = "") -> None:
        self.speaking = host
        self.log(host).mark(f"{what}{self.named(step)}")
        self.together.heard(host)

    def _leftover_ended(self, event: ev.LeftoverEnded) -> None:
        self.log(event.host).mark(f"what attempt {event.attempt} had left running was ended")
        self.together.heard(event.host)

    def _step_ended(self, event: ev.StepEnded) -> None:
        self.ended[event.step] = event

    def _evidence_observed(self, event: ev.EvidenceObserved) -> None:
        self.evidence[event.fact] = event

    def _sample_taken(self, event: ev.SampleTaken) -> None:
        self.looks.setdefault(event.step, []).append(Look(moment(self.state.last_at), event))

    def _host_key_shown(self, event: ev.HostKeyShown) -> None:
        self.keys_shown[event.host] = event

    def _host_examined(self, event: ev.HostExamined) -> None:
        self.examined[event.host] = event

    def _trouble_met(self, event: ev.TroubleMet) -> None:
        self.troubles[event.scope] = event

    def _rollback_started(self, event: ev.RollbackStarted) -> None:
        self.undoing = Undoing(event.scope, tuple(event.plan))

    def _undo_started(self, event: ev.UndoStarted) -> None:
        step = self.state.steps.get(event.step)
        if self.undoing:
            self.undoing.now = event.step
        if step:
            self._begin(step.host, event.step, "undo ")

    def _undo_ended(self, event: ev.UndoEnded) -> None:
        if self.undoing:
            self.undoing.ended[event.step] = event
            self.undoing.now = ""

    def _rollback_ended(self, event: ev.RollbackEnded) -> None:
        if self.undoing:
            self.undoing.outcome = event.outcome

    def progress(self) -> tuple[int, int]:
        """Steps that are over, of all."""
        total = len(self.state.steps)
        return total - len(self.state.remaining), total

    def phases(self) -> Sequence[Mapping[str, Any]]:
        """The outline: ``{id, title, steps}`` for each phase, in order."""
        return self.state.started.outline if self.state.started else ()


def _place(message: Output | Passed) -> Place | None:
    return Place(message.file, message.offset) if message.file else None
