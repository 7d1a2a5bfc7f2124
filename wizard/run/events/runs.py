"""A run, its hosts and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from wizard.run.events.base import Event, kind


@kind("run_started")
class RunStarted(Event):
    """The first event. ``source`` is the checklist's own text, so that the journal alone tells the whole run.

    ``outline`` lists phases as ``{id, title, steps: [{id, title, host, kind, changes}]}``; ``inputs`` holds no secret.
    ``practice`` says that its hosts are a drill's, whatever environment the checklist names.
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
    practice: bool = False


@kind("run_paused")
class RunPaused(Event):
    """The run stopped where it can go on from. ``scope`` is the gate or step it stopped at.

    ``detached`` says that an engine without a terminal is to take it up at once.
    """

    reason: str
    scope: str = ""
    detached: bool = False


@kind("run_resumed")
class RunResumed(Event):
    """The run goes on after a pause, a crash or a safe stop; ``torn`` bytes of a line had been cut off.

    ``detached`` says that it goes on without a terminal, up to what needs a person.
    """

    torn: int = 0
    mode: str = "run"
    detached: bool = False


@kind("run_ended")
class RunEnded(Event):
    """The run is over; notes and anchors of its journal may follow.

    ``outcome`` is one of the run outcomes; ``remaining`` lists step ids not done.
    """

    outcome: str
    deviations: Sequence[str] = ()
    remaining: Sequence[str] = ()
    seconds: float = 0.0


@kind("note_added")
class NoteAdded(Event):
    """A person's words. ``about`` is a step id or empty; ``when`` back-dates it."""

    text: str
    tag: str = "observation"
    about: str = ""
    when: str = ""


@kind("trouble_met")
class TroubleMet(Event):
    """An error in the words a person was shown; the run goes on or stops as the next event says."""

    what: str
    scope: str = ""


@kind("host_connected", awaited=False)
class HostConnected(Event):
    """A host was reached, proven and asked who it is."""

    host: str
    label: str
    identity: Mapping[str, Any]
    environment: str = ""


@kind("host_key_shown")
class HostKeyShown(Event):
    """A host, or a host on the way to it, showed a key that is on no record; a person is asked about it next.

    ``where`` is the host as a known_hosts file names it.
    """

    host: str
    where: str
    fingerprint: str
    what: str = ""


@kind("host_examined", awaited=False)
class HostExamined(Event):
    """What a host was found to have, asked once after connecting; nothing hangs on it, it is for people to read.

    ``tools`` maps what the checklist needs to where it is, empty where it is missing; ``disks`` lists
    ``{path, mount, free, size}`` in bytes. ``skew`` is how far its clock is ahead of this machine's, known to
    ``within`` seconds, None where it is not known. ``why`` says why nothing was learnt.
    """

    host: str
    os: str = ""
    kernel: str = ""
    sudo: str = ""
    skew: float | None = None
    within: float = 0.0
    tools: Mapping[str, str] = field(default_factory=dict)
    disks: Sequence[Mapping[str, Any]] = ()
    why: str = ""


@kind("host_held")
class HostHeld(Event):
    """The run holds a host, so that no other one changes it meanwhile.

    ``number`` counts the holds of that host, ``place`` is where it keeps them. ``over`` names who held it until it was
    taken over; empty where nobody did.
    """

    host: str
    number: int
    place: str
    over: str = ""


@kind("role_seen")
class RoleSeen(Event):
    """What a host was found to be to others, as master or replica; recorded where it is not what it was last.

    ``pinned`` says that changes go by it from here on: it was learnt first, or a person took it. ``why`` says why it
    cannot be told, and ``role`` is empty then.
    """

    host: str
    role: str
    pinned: bool = False
    why: str = ""


@kind("chain_anchored", awaited=False)
class ChainAnchored(Event):
    """The head of this journal was left in a host's syslog, as it was when the journal had ``number`` events.

    ``head`` is the SHA-256 of the last of these. ``why`` says why the host has it not; empty where it took it.
    """

    host: str
    number: int
    head: str
    why: str = ""


@kind("spool_swept", awaited=False)
class SpoolSwept(Event):
    """What was taken away from where a host keeps attempts: those that are acknowledged and old, and what is nobody's.

    ``freed`` and ``left`` are bytes. ``full`` says that it is beyond its budget, so that nothing new starts there.
    """

    host: str
    attempts: int
    leavings: int
    freed: int
    left: int
    full: bool = False


@kind("link_changed")
class LinkChanged(Event):
    """A connection was lost (``detached``: what runs there goes on) or came back (``attached``)."""

    host: str
    state: str
    reason: str = ""


@kind("mark_taken", awaited=False)
class MarkTaken(Event):
    """A moment on a host by its own clock (seconds since the epoch) and journal cursor."""

    name: str
    host: str
    clock: float
    cursor: str = ""


@kind("evidence_observed", awaited=False)
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
