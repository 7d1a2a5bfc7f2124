"""The timeline: everything notable in the order of its time, notes at the time they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wizard.report.log import Log
from wizard.report.model import Moment, Note
from wizard.report.times import duration, meant
from wizard.run import events as ev
from wizard.run.events import Event, Record
from wizard.run.items import open_items

Told = tuple[str, str]
Teller = Callable[[Log, Any], Told | None]
_TELLERS: dict[type[Event], Teller] = {}


def timeline(log: Log) -> tuple[Moment, ...]:
    """Every notable event; equal times stay in the order of the journal."""
    return tuple(sorted(_moments(log), key=lambda moment: moment.at))


def notes(log: Log) -> tuple[Note, ...]:
    """Every note, in the order of being written."""
    return tuple(
        Note(meant(event.when, record.at), record.at, event.when, record.who, event.tag, event.about, event.text)
        for record, event in log.of(ev.NoteAdded)
    )


def _moments(log: Log) -> Iterator[Moment]:
    for record in log.records:
        if isinstance(record.event, ev.NoteAdded):
            yield _note(log, record, record.event)
            continue
        tell = _TELLERS.get(type(record.event))
        told = tell(log, record.event) if tell else None
        if told:
            yield Moment(record.at, "", record.who, *told)


def _note(log: Log, record: Record, event: ev.NoteAdded) -> Moment:
    at = meant(event.when, record.at)
    about = f" on {log.place(event.about)}" if event.about else ""
    unread = f" (for {event.when})" if event.when and at == record.at else ""
    return Moment(
        at, record.at if at != record.at else "", record.who, f"Note ({event.tag}){about}{unread}", event.text
    )


def _tells(kind: type[Event]) -> Callable[[Teller], Teller]:
    def register(tell: Teller) -> Teller:
        _TELLERS[kind] = tell
        return tell

    return register


@_tells(ev.RunStarted)
def _run_started(_log: Log, event: ev.RunStarted) -> Told:
    what = "Check without changes began" if event.mode == "check" else "Run began"
    return what, f"{event.operator} on {event.machine}"


@_tells(ev.RunPaused)
def _run_paused(log: Log, event: ev.RunPaused) -> Told:
    if event.detached:
        return "Run detached, state kept", event.reason
    return "Run paused, state kept", f"{log.place(event.scope)}: {event.reason}" if event.scope else event.reason


@_tells(ev.RunResumed)
def _run_resumed(_log: Log, event: ev.RunResumed) -> Told:
    what = "Run went on without a terminal" if event.detached else "Run resumed"
    torn = f"a last line of {event.torn} bytes had been cut off by a crash and was set aside" if event.torn else ""
    return what, torn


@_tells(ev.RunEnded)
def _run_ended(_log: Log, event: ev.RunEnded) -> Told:
    return f"Run ended: {event.outcome}", ""


@_tells(ev.TroubleMet)
def _trouble(log: Log, event: ev.TroubleMet) -> Told:
    return f"Trouble at {log.place(event.scope)}" if event.scope else "Trouble", event.what


@_tells(ev.HostKeyShown)
def _key_shown(_log: Log, event: ev.HostKeyShown) -> Told:
    return f"Host {event.host} showed a key that nobody had accepted", f"{event.where} {event.fingerprint}"


@_tells(ev.HostHeld)
def _held(_log: Log, event: ev.HostHeld) -> Told:
    return (f"Host {event.host} taken over", f"from {event.over}") if event.over else (f"Host {event.host} held", "")


@_tells(ev.RoleSeen)
def _role(_log: Log, event: ev.RoleSeen) -> Told:
    if not event.role:
        return f"Host {event.host}: its role cannot be told", event.why
    return f"Host {event.host} is {event.role}{'' if event.pinned else ' now'}", ""


@_tells(ev.SpoolSwept)
def _swept(_log: Log, event: ev.SpoolSwept) -> Told:
    """It is there for who asks where an older run's output on the host has gone."""
    told = f"{event.attempts} old attempts, {event.leavings} leavings, {event.freed:,} bytes; {event.left:,} bytes stay"
    return f"Host {event.host}: swept{', and too full for anything new' if event.full else ''}", told


@_tells(ev.HostConnected)
def _connected(_log: Log, event: ev.HostConnected) -> Told:
    return f"Host {event.host} reached", event.label


@_tells(ev.LinkChanged)
def _link(_log: Log, event: ev.LinkChanged) -> Told:
    words = {"detached": "lost; what runs there goes on", "attached": "back"}
    return f"Connection to {event.host} {words.get(event.state, event.state)}", event.reason


@_tells(ev.EvidenceObserved)
def _evidence(_log: Log, event: ev.EvidenceObserved) -> Told | None:
    words = {"fail": "not as expected", "unknown": "not to be read in full"}
    if event.outcome not in words:
        return None
    return f"Evidence ({event.moment}): {words[event.outcome]}", event.fact


@_tells(ev.PhaseStarted)
def _phase_started(log: Log, event: ev.PhaseStarted) -> Told:
    return f"Phase {log.places.get(event.phase, event.phase)} began", event.title


@_tells(ev.PhaseEnded)
def _phase_ended(log: Log, event: ev.PhaseEnded) -> Told:
    return f"Phase {log.places.get(event.phase, event.phase)} ended", ""


@_tells(ev.StepStarted)
def _step_started(log: Log, event: ev.StepStarted) -> Told:
    return f"{log.place(event.step)}: began", f"on {event.label}"


@_tells(ev.LeftoverEnded)
def _leftover(log: Log, event: ev.LeftoverEnded) -> Told:
    return f"{log.place(event.step)}: what attempt {event.attempt} had left running was ended", f"on {event.host}"


@_tells(ev.StepEdited)
def _step_edited(log: Log, event: ev.StepEdited) -> Told:
    lines = event.diff.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
    gone = sum(line.startswith("-") and not line.startswith("---") for line in lines)
    how = f"{added} lines added, {gone} taken away" if event.diff else "back to the checklist's text"
    return f"{log.place(event.step)}: edited, to run again", f"{how}: {event.reason}" if event.reason else how


@_tells(ev.HandedOver)
def _handed_over(_log: Log, event: ev.HandedOver) -> Told:
    to = f" to {event.to}" if event.to else ""
    machine = f" (from {event.machine})" if event.machine else ""
    return f"Handed over{to}", f"{event.words}{machine}"


@_tells(ev.HandoverAcknowledged)
def _acknowledged(_log: Log, event: ev.HandoverAcknowledged) -> Told:
    return f"Taken over by {event.operator}", f"on {event.machine}"


@_tells(ev.StepEnded)
def _step_ended(log: Log, event: ev.StepEnded) -> Told:
    return f"{log.place(event.step)}: {event.outcome}", event.reason


@_tells(ev.ActionEnded)
def _action_ended(log: Log, event: ev.ActionEnded) -> Told | None:
    if event.ok and event.known:
        return None
    return f"{log.place(event.step)}: {'did not succeed' if event.known else 'outcome not known'}", event.what


@_tells(ev.CheckObserved)
def _check(log: Log, event: ev.CheckObserved) -> Told | None:
    if not event.final or event.outcome not in {"fail", "unknown"}:
        return None
    return f"{log.place(event.scope)}: check {event.outcome}", f"{event.title}: {event.observed}"


@_tells(ev.SampleTaken)
def _sample(log: Log, event: ev.SampleTaken) -> Told | None:
    if event.verdict == "ok":
        return None
    seen = ", ".join(f"{name}: {value}" for name, value in event.seen.items())
    return f"{log.place(event.step)}: look {event.number} {event.verdict}", seen


@_tells(ev.GateBlocked)
def _blocked(log: Log, event: ev.GateBlocked) -> Told:
    return f"{log.place(event.scope)}: gate shut", "; ".join(event.blocked_by)


@_tells(ev.GateAnswered)
def _gate_answered(log: Log, event: ev.GateAnswered) -> Told:
    return f"{log.place(event.scope)}: decided to {event.answer}", event.reason


@_tells(ev.QuestionAnswered)
def _answered(log: Log, event: ev.QuestionAnswered) -> Told:
    return f"{log.place(event.scope)}: answered {event.answer}", event.note


@_tells(ev.NoteSettled)
def _settled(log: Log, event: ev.NoteSettled) -> Told | None:
    item = open_items(log.records).find(event.note)
    if item is None:
        return None
    return f"{item.tag.capitalize()} {event.outcome}", f"{item.text}: {event.reason}" if event.reason else item.text


@_tells(ev.RollbackStarted)
def _rollback_started(_log: Log, event: ev.RollbackStarted) -> Told:
    return f"Rollback of {event.scope} began", event.reason


@_tells(ev.UndoStarted)
def _undo_started(log: Log, event: ev.UndoStarted) -> Told:
    return f"Undo of {log.place(event.step)} began", ""


@_tells(ev.UndoEnded)
def _undo_ended(log: Log, event: ev.UndoEnded) -> Told:
    detail = event.reason or event.what
    return f"Undo of {log.place(event.step)}: {event.outcome}", f"{detail} ({duration(event.seconds)})"


@_tells(ev.RollbackEnded)
def _rollback_ended(_log: Log, event: ev.RollbackEnded) -> Told:
    return f"Rollback ended: {event.outcome}", ""


@_tells(ev.Unread)
def _unread(_log: Log, event: ev.Unread) -> Told:
    return f"An event of a newer wizard: {event.name}", "this version cannot read it"
