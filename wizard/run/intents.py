"""What a person may want of a running engine. Intents go in, events come out; nothing else crosses the thread."""

from __future__ import annotations

from wizard.frozen import frozen
from wizard.run.events import NoteSettled, SectionWritten

AGAIN = "run it again"
EDIT = "edit and run again"
SKIP = "skip"
ACCEPT = "accept as it is"
UNDO_STEP = "undo this step"
UNDO_PHASE = "undo this phase"
UNDO_EVERYTHING = "undo everything"
HAND_OVER = "hand over"
PAUSE = "pause and keep state"
ABORT = "abort"

GO_ON = "go on"
STOP_HERE = "stop here, mitigated"

BEGIN = "begin"
"""Starts the first step, once a person has seen how things stand."""

ACCEPT_KEY = "accept this key"
"""Trusts the key that a host shows, by its fingerprint, from now on."""

TAKE_OVER = "take the host over"
"""Changes a host that another run holds, which then may not change it any more."""

OVERRIDE = "run outside the window"
"""Lets changing steps start although the maintenance window is closed."""

GATE_ANSWERS = (AGAIN, EDIT, SKIP, ACCEPT, UNDO_STEP, UNDO_PHASE, UNDO_EVERYTHING, HAND_OVER, PAUSE, ABORT)
"""What may be answered at a blocked gate of a step."""

SCOPE_ANSWERS = (AGAIN, ACCEPT, UNDO_EVERYTHING, HAND_OVER, PAUSE, ABORT)
"""What may be answered at the gate of a phase or of the end, which has no step to skip."""

NEEDS_REASON = frozenset({SKIP, ACCEPT, OVERRIDE, EDIT})
"""Answers that somebody has to stand for, so that they want a reason."""


@frozen
class Intent:
    """Base of all intents."""


@frozen
class Edit:
    """A step's text as a person wants it; ``undo`` is empty where the step's undo is no text of its own."""

    text: str
    undo: str = ""


@frozen
class Answer(Intent):
    """An answer to the open question or gate of this scope.

    Args:
        edit: With ``edit and run again``, the text to run.
        to: With ``hand over``, who takes over; ``note`` is then what they should do next.
    """

    scope: str
    answer: str
    note: str = ""
    edit: Edit | None = None
    to: str = ""


@frozen
class AddNote(Intent):
    """A person's words for the record."""

    text: str
    tag: str = "observation"
    about: str = ""
    when: str = ""


@frozen
class PutOnRecord(Intent):
    """What a person said of an earlier note, or wrote for the report."""

    words: NoteSettled | SectionWritten


@frozen
class HandOver(Intent):
    """Stop now with the state kept, for somebody else to go on; ``words`` say what to do next."""

    to: str
    words: str
    scope: str = ""


@frozen
class CancelStep(Intent):
    """End what the current step is running, with its children; its gate then decides. A reason goes on record."""

    reason: str = ""


@frozen
class Stop(Intent):
    """Leave now with the state kept. What runs on a host goes on and can be re-attached.

    ``detached`` says that an engine without a terminal takes the run up at once.
    """

    reason: str = "stopped by the operator"
    detached: bool = False
