"""Rollbacks, and the undo of each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wizard.run.events.base import Event, kind


@kind("rollback_started")
class RollbackStarted(Event):
    """A rollback began; ``plan`` lists step ids in the order of undoing; ``scope`` is everything, a phase or a step."""

    plan: Sequence[str]
    reason: str = ""
    scope: str = "everything"


@kind("undo_started")
class UndoStarted(Event):
    """The undo of one step began."""

    step: str


@kind("undo_ended")
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


@kind("rollback_ended")
class RollbackEnded(Event):
    """The rollback is over: rolled back, or rollback incomplete."""

    outcome: str
