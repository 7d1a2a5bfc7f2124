"""Parts of a run's state: a step as far as it has come, the last look at a check, a script that was to run."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.frozen import frozen_without_slots
from wizard.run import events as ev


@frozen_without_slots
class StepState:
    """One step: what it is, how far it is, what was seen."""

    id: str
    phase: str
    title: str
    host: str
    kind: str
    changes: bool
    status: str
    reason: str = ""
    attempts: int = 0
    undos: int = 0
    command: str = ""
    undo: str = ""
    before: str = ""
    before_sha256: str = ""
    action: ev.ActionEnded | None = None
    samples: Sequence[ev.SampleTaken] = ()
    edits: Sequence[ev.StepEdited] = ()
    offered: ev.EditOffered | None = None
    started: str = ""
    ended: str = ""

    @property
    def edited(self) -> ev.StepEdited | None:
        """The person's text that runs in place of the checklist's; None where the checklist's runs."""
        return self.edits[-1] if self.edits and self.edits[-1].diff else None


@frozen_without_slots
class CheckState:
    """The last look at one check. ``undone`` once the step was undone after it, so that it tells of what was."""

    title: str
    outcome: str
    expected: str
    observed: str
    evidence: Sequence[str]
    at: str
    final: bool
    undone: bool = False


@frozen_without_slots
class RoleState:
    """What a host is to others. ``pinned`` is what changes go by; ``now`` what was seen last, or ``why`` it was not."""

    pinned: str = ""
    now: str = ""
    why: str = ""


@frozen_without_slots
class AttemptState:
    """One script that was to run on a host. ``end`` is None while its outcome is not on record."""

    key: str
    step: str
    number: int
    role: str
    host: str
    sha256: str
    boot_id: str = ""
    claimed: bool = False
    end: ev.AttemptEnded | None = None
