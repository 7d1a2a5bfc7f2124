"""What can happen in a run. One dataclass a kind; the journal writes them, the fold and every reader read them.

An event is a fact, never a wish. Names are in the past tense; a new field has a default, so that a journal
written by an older wizard is read by a newer one.
"""

from wizard.run.events.base import VERSION, Event, Record, Unread, body_of, event_of
from wizard.run.events.people import GateAnswered, GateBlocked, GateOpened, QuestionAnswered, QuestionAsked
from wizard.run.events.runs import (
    EvidenceObserved,
    HostConnected,
    HostExamined,
    HostKeyShown,
    LinkChanged,
    MarkTaken,
    NoteAdded,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TroubleMet,
)
from wizard.run.events.steps import (
    ActionEnded,
    AttemptClaimed,
    AttemptEnded,
    AttemptIntended,
    BeforeCaptured,
    CheckObserved,
    PhaseEnded,
    PhaseStarted,
    SampleTaken,
    StepEnded,
    StepRendered,
    StepStarted,
    UndoRegistered,
    ValueCaptured,
)
from wizard.run.events.undo import RollbackEnded, RollbackStarted, UndoEnded, UndoStarted

__all__ = [
    "VERSION",
    "ActionEnded",
    "AttemptClaimed",
    "AttemptEnded",
    "AttemptIntended",
    "BeforeCaptured",
    "CheckObserved",
    "Event",
    "EvidenceObserved",
    "GateAnswered",
    "GateBlocked",
    "GateOpened",
    "HostConnected",
    "HostExamined",
    "HostKeyShown",
    "LinkChanged",
    "MarkTaken",
    "NoteAdded",
    "PhaseEnded",
    "PhaseStarted",
    "QuestionAnswered",
    "QuestionAsked",
    "Record",
    "RollbackEnded",
    "RollbackStarted",
    "RunEnded",
    "RunPaused",
    "RunResumed",
    "RunStarted",
    "SampleTaken",
    "StepEnded",
    "StepRendered",
    "StepStarted",
    "TroubleMet",
    "UndoEnded",
    "UndoRegistered",
    "UndoStarted",
    "Unread",
    "ValueCaptured",
    "body_of",
    "event_of",
]
