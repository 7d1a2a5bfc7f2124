"""Phases and steps: taken up, attempted, looked at, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from wizard.run.events.base import Event, kind


@kind("phase_started", awaited=False)
class PhaseStarted(Event):
    """Work on a phase began."""

    phase: str
    title: str


@kind("phase_ended", awaited=False)
class PhaseEnded(Event):
    """Every step of the phase is over and its gate is open."""

    phase: str


@kind("step_started", awaited=False)
class StepStarted(Event):
    """A step was taken up."""

    step: str
    phase: str
    title: str
    host: str
    label: str
    why: str = ""


@kind("step_rendered", awaited=False)
class StepRendered(Event):
    """The step as it will run: what was approved is what runs."""

    step: str
    command: str
    undo: str
    changes: bool


@kind("edit_offered", awaited=False)
class EditOffered(Event):
    """What a person may edit at the step's gate: as it would run, and as the checklist has it.

    An undo that is no text of its own is empty.
    """

    step: str
    text: str
    undo: str
    written: str
    undo_written: str


@kind("step_edited")
class StepEdited(Event):
    """A person changed the step's text at its gate: from here on this runs, and this is its undo.

    ``diff`` is to the checklist's text; empty where that is what is to run again. ``undo`` is empty where the undo is
    no text of its own.
    """

    step: str
    text: str
    undo: str
    diff: str
    reason: str = ""


@kind("before_captured", awaited=False)
class BeforeCaptured(Event):
    """What the step is about to change was read; it is kept in ``before/`` of the run directory."""

    step: str
    file: str
    sha256: str


@kind("undo_registered", awaited=False)
class UndoRegistered(Event):
    """From here on a rollback would undo this step. ``irreversible`` says why it could not, where it cannot."""

    step: str
    summary: str
    irreversible: str = ""


@kind("attempt_intended")
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


@kind("attempt_claimed", awaited=False)
class AttemptClaimed(Event):
    """The host holds the claim; from here the attempt must be there to be found."""

    key: str
    launcher: str = ""


@kind("leftover_ended")
class LeftoverEnded(Event):
    """What a killed runner had left running of an attempt was ended, ahead of what is done anew or undone."""

    key: str
    step: str
    attempt: int
    host: str


@kind("attempt_ended", awaited=False)
class AttemptEnded(Event):
    """How the attempt ended. ``sha256`` is of the output's unmasked bytes, ``output`` the masked file's name.

    ``kept_sha256`` is that file's own; earlier wizards wrote none.
    """

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
    kept_sha256: str = ""


@kind("action_ended", awaited=False)
class ActionEnded(Event):
    """What the action made of it. ``known`` is False where the outcome could not be learnt."""

    step: str
    attempt: int
    ok: bool
    known: bool
    what: str
    values: Mapping[str, str] = field(default_factory=dict)


@kind("check_observed", awaited=False)
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


@kind("value_captured", awaited=False)
class ValueCaptured(Event):
    """A value was kept for later steps and checks."""

    step: str
    name: str
    value: str


@kind("sample_taken", awaited=False)
class SampleTaken(Event):
    """One look of a watch: ok, bad or no data.

    ``numbers`` are followed from look to look; one that could not be read is missing. ``every``, ``left`` and
    ``next_save`` are seconds: between two looks, to the watch's end by the host's clock, and to the next scheduled
    save, where one is due with what is unsaved now. ``attempt`` is the step's; ``clock`` and ``cursor`` are up to where
    the host was seen, by its own clock and journal, and ``saves`` how many were due, seen and missed so far.
    """

    step: str
    number: int
    verdict: str
    seen: Mapping[str, str]
    lines: Sequence[str] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    every: float = 0.0
    left: float | None = None
    next_save: float | None = None
    attempt: int = 0
    clock: float | None = None
    cursor: str = ""
    saves: Sequence[int] = ()


@kind("step_ended", awaited=False)
class StepEnded(Event):
    """A step is over: verified, failed, unknown, skipped, accepted, not needed or undone."""

    step: str
    outcome: str
    reason: str = ""
    seconds: float = 0.0
