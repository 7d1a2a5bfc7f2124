"""Gates and the people who decide at them."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.run.events.base import Event, kind


@kind("gate_opened", awaited=False)
class GateOpened(Event):
    """Every check of the scope passed."""

    scope: str


@kind("gate_blocked")
class GateBlocked(Event):
    """At least one check did not pass; a person decides. ``answers`` are named by effect."""

    scope: str
    blocked_by: Sequence[str]
    answers: Sequence[str]
    advice: Sequence[str] = ()


@kind("gate_answered")
class GateAnswered(Event):
    """What was decided, by whom and why."""

    scope: str
    answer: str
    reason: str = ""


@kind("question_asked")
class QuestionAsked(Event):
    """A person is asked. ``purpose`` is approve, manual, safe_stop, host_key, host_held, role or begin."""

    scope: str
    purpose: str
    text: str
    answers: Sequence[str]
    needs_note: bool = False


@kind("question_answered")
class QuestionAnswered(Event):
    """What the person said."""

    scope: str
    answer: str
    note: str = ""


@kind("note_settled")
class NoteSettled(Event):
    """What became of an earlier note: a todo is done, a hypothesis eliminated or confirmed, either is open again.

    ``note`` is the sequence number of the note's own event.
    """

    note: int
    outcome: str
    reason: str = ""


@kind("section_written")
class SectionWritten(Event):
    """A person's words for a section of the report, all of them; the last ones count, and empty ones take them back."""

    section: str
    text: str


@kind("handed_over")
class HandedOver(Event):
    """Whoever worked the run hands it ``to`` somebody, with words on what to do next. The run then stops."""

    to: str
    words: str
    scope: str = ""
    machine: str = ""


@kind("handover_acknowledged")
class HandoverAcknowledged(Event):
    """Somebody read the packet and took the run over."""

    operator: str
    machine: str
