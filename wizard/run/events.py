"""What can happen in a run. One dataclass a kind; the journal writes them, the fold and every reader read them.

An event is a fact, never a wish. Names are in the past tense; a new field has a default, so that a journal
written by an older wizard is read by a newer one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

VERSION = 1

_KINDS: dict[str, type[Event]] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events.

    ``kind`` is the word in the journal. ``awaited`` says that something is done on the strength of it, so that it must
    be on disk first; what was only seen reaches the disk with the next one that is.
    """

    kind: ClassVar[str] = ""
    awaited: ClassVar[bool] = True


E = TypeVar("E", bound="Event")


@dataclass_transform(frozen_default=True)
def _kind(name: str, *, awaited: bool = True) -> Callable[[type[E]], type[E]]:
    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, slots=True)(cls)
        made.kind, made.awaited = name, awaited
        _KINDS[name] = made
        return made

    return register


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place in the journal. ``at`` is UTC, ISO 8601 with milliseconds and a Z."""

    seq: int
    at: str
    who: str
    event: Event


@dataclass(frozen=True, slots=True)
class Unread(Event):
    """An event of a kind that this version does not know: kept, shown by name, folded into nothing."""

    name: str
    body: Mapping[str, Any]


def body_of(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values."""
    return dataclasses.asdict(event)


def event_of(kind: str, body: Mapping[str, Any]) -> Event:
    """The event that a journal line told; fields of a newer version are left aside."""
    cls = _KINDS.get(kind)
    if cls is None:
        return Unread(name=kind, body=body)
    known = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: value for name, value in body.items() if name in known})


# --- the run ---------------------------------------------------------------------------------------------------


@_kind("run_started")
class RunStarted(Event):
    """The first event. ``source`` is the checklist's own text, so that the journal alone tells the whole run.

    ``outline`` lists phases as ``{id, title, steps: [{id, title, host, kind, changes}]}``; ``inputs`` holds no secret.
    """

    run: str
    checklist: str
    title: str
    severity: str
    path: str
    sha256: str
    source: str
    operator: str
    machine: str
    wizard: str
    inputs: Mapping[str, Any]
    secrets: Sequence[str]
    outline: Sequence[Mapping[str, Any]]
    exit_criteria: Sequence[str]
    mode: str = "run"


@_kind("run_paused")
class RunPaused(Event):
    """The run stopped where it can go on from. ``scope`` is the gate or step it stopped at."""

    reason: str
    scope: str = ""


@_kind("run_resumed")
class RunResumed(Event):
    """The run goes on after a pause, a crash or a safe stop; ``torn`` bytes of a line had been cut off."""

    torn: int = 0
    mode: str = "run"


@_kind("run_ended")
class RunEnded(Event):
    """The last event. ``outcome`` is one of the run outcomes; ``remaining`` lists step ids not done."""

    outcome: str
    deviations: Sequence[str] = ()
    remaining: Sequence[str] = ()
    seconds: float = 0.0


@_kind("note_added")
class NoteAdded(Event):
    """A person's words. ``about`` is a step id or empty; ``when`` back-dates it."""

    text: str
    tag: str = "observation"
    about: str = ""
    when: str = ""


@_kind("trouble_met")
class TroubleMet(Event):
    """An error in the words a person was shown; the run goes on or stops as the next event says."""

    what: str
    scope: str = ""


# --- hosts -----------------------------------------------------------------------------------------------------


@_kind("host_connected", awaited=False)
class HostConnected(Event):
    """A host was reached, proven and asked who it is."""

    host: str
    label: str
    identity: Mapping[str, Any]
    environment: str = ""


@_kind("link_changed")
class LinkChanged(Event):
    """A connection was lost (``detached``: what runs there goes on) or came back (``attached``)."""

    host: str
    state: str
    reason: str = ""


@_kind("mark_taken", awaited=False)
class MarkTaken(Event):
    """A moment on a host by its own clock (seconds since the epoch) and journal cursor."""

    name: str
    host: str
    clock: float
    cursor: str = ""


# --- evidence --------------------------------------------------------------------------------------------------


@_kind("evidence_observed", awaited=False)
class EvidenceObserved(Event):
    """A fact read from its sources; ``moment`` is before or after.

    ``sources`` maps label to ``{value, outcome, why}``.
    """

    fact: str
    moment: str
    outcome: str
    sources: Mapping[str, Mapping[str, str]]
    expect: str = ""
    decisive: str = ""


# --- phases and steps ------------------------------------------------------------------------------------------


@_kind("phase_started", awaited=False)
class PhaseStarted(Event):
    """Work on a phase began."""

    phase: str
    title: str


@_kind("phase_ended", awaited=False)
class PhaseEnded(Event):
    """Every step of the phase is over and its gate is open."""

    phase: str


@_kind("step_started", awaited=False)
class StepStarted(Event):
    """A step was taken up."""

    step: str
    phase: str
    title: str
    host: str
    label: str
    why: str = ""


@_kind("step_rendered", awaited=False)
class StepRendered(Event):
    """The step as it will run: what was approved is what runs."""

    step: str
    command: str
    undo: str
    changes: bool


@_kind("before_captured", awaited=False)
class BeforeCaptured(Event):
    """What the step is about to change was read; it is kept in ``before/`` of the run directory."""

    step: str
    file: str
    sha256: str


@_kind("undo_registered", awaited=False)
class UndoRegistered(Event):
    """From here on a rollback would undo this step. ``irreversible`` says why it could not, where it cannot."""

    step: str
    summary: str
    irreversible: str = ""


@_kind("attempt_intended")
class AttemptIntended(Event):
    """On disk before the first byte of it is sent. ``role`` is do or undo."""

    key: str
    step: str
    attempt: int
    role: str
    host: str
    script: str
    sha256: str
    limit: float
    boot_id: str


@_kind("attempt_claimed", awaited=False)
class AttemptClaimed(Event):
    """The host holds the claim; from here the attempt must be there to be found."""

    key: str
    launcher: str = ""


@_kind("attempt_ended", awaited=False)
class AttemptEnded(Event):
    """How the attempt ended. ``sha256`` is of the output's unmasked bytes, ``output`` the masked file's name."""

    key: str
    state: str
    exit_status: int | None
    total: int
    dropped: int
    sha256: str
    output: str
    seconds: float
    timed_out: bool = False
    killed: bool = False


@_kind("action_ended", awaited=False)
class ActionEnded(Event):
    """What the action made of it. ``known`` is False where the outcome could not be learnt."""

    step: str
    attempt: int
    ok: bool
    known: bool
    what: str
    values: Mapping[str, str] = field(default_factory=dict)


@_kind("check_observed", awaited=False)
class CheckObserved(Event):
    """A check was looked at. ``scope`` is a step id, ``phase:ID`` or ``end``; ``index`` its place in that list.

    ``final`` is False while it is still being tried (``within``) or held (``hold``).
    """

    scope: str
    index: int
    title: str
    host: str
    outcome: str
    expected: str
    observed: str
    evidence: Sequence[str]
    tries: int
    seconds: float
    final: bool = True


@_kind("value_captured", awaited=False)
class ValueCaptured(Event):
    """A value was kept for later steps and checks."""

    step: str
    name: str
    value: str


@_kind("sample_taken", awaited=False)
class SampleTaken(Event):
    """One look of a watch: ok, bad or no data."""

    step: str
    number: int
    verdict: str
    seen: Mapping[str, str]
    lines: Sequence[str] = ()


@_kind("step_ended", awaited=False)
class StepEnded(Event):
    """A step is over: verified, failed, unknown, skipped, accepted, not needed or undone."""

    step: str
    outcome: str
    reason: str = ""
    seconds: float = 0.0


# --- gates and people ------------------------------------------------------------------------------------------


@_kind("gate_opened", awaited=False)
class GateOpened(Event):
    """Every check of the scope passed."""

    scope: str


@_kind("gate_blocked")
class GateBlocked(Event):
    """At least one check did not pass; a person decides. ``answers`` are named by effect."""

    scope: str
    blocked_by: Sequence[str]
    answers: Sequence[str]
    advice: Sequence[str] = ()


@_kind("gate_answered")
class GateAnswered(Event):
    """What was decided, by whom and why."""

    scope: str
    answer: str
    reason: str = ""


@_kind("question_asked")
class QuestionAsked(Event):
    """A person is asked. ``purpose`` is approve, manual or safe_stop."""

    scope: str
    purpose: str
    text: str
    answers: Sequence[str]
    needs_note: bool = False


@_kind("question_answered")
class QuestionAnswered(Event):
    """What the person said."""

    scope: str
    answer: str
    note: str = ""


# --- rollback --------------------------------------------------------------------------------------------------


@_kind("rollback_started")
class RollbackStarted(Event):
    """A rollback began; ``plan`` lists step ids in the order of undoing; ``scope`` is everything, a phase or a step."""

    plan: Sequence[str]
    reason: str = ""
    scope: str = "everything"


@_kind("undo_started")
class UndoStarted(Event):
    """The undo of one step began."""

    step: str


@_kind("undo_ended")
class UndoEnded(Event):
    """The undo of one step ended: restored, proven; ran, unproven; failed; not needed; not undoable.

    ``changed`` lists ``{where, before, now}`` as found ahead of the undo, ``differences`` what remains of it after.
    ``reason`` says why a step is not undoable, or what failed.
    """

    step: str
    outcome: str
    what: str
    seconds: float
    changed: Sequence[Mapping[str, str]] = ()
    differences: Sequence[Mapping[str, str]] = ()
    reason: str = ""


@_kind("rollback_ended")
class RollbackEnded(Event):
    """The rollback is over: rolled back, or rollback incomplete."""

    outcome: str
