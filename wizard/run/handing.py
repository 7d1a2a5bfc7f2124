"""A run from one person to another: given with words on what comes next, and taken with a word that it was."""

from __future__ import annotations

import platform

from wizard.account import operator
from wizard.errors import HandoverPending
from wizard.run import events as ev
from wizard.run.state import RunState


def handed_over(to: str, words: str, scope: str = "") -> ev.HandedOver:
    """The event that gives a run away, from this machine."""
    return ev.HandedOver(to, words, scope, platform.node())


def told(to: str) -> str:
    """Why the run stops, in words."""
    return f"handed over to {to}" if to else "handed over"


def acknowledged() -> ev.HandoverAcknowledged:
    """The event that takes a run over, by whoever works this machine."""
    return ev.HandoverAcknowledged(operator(), platform.node())


def need_acknowledgement(state: RunState, directory: str) -> None:
    """Refuse to go on with a run that was handed over and that nobody has taken over.

    Raises:
        HandoverPending: Nobody has.
    """
    if state.handed_over:
        to = f" to {state.handed_over.to}" if state.handed_over.to else ""
        raise HandoverPending(
            f"the run was handed over{to}, and nobody has taken it over yet",
            where=directory,
            mend="Read handover.md there, then go on with --acknowledge",
        )
