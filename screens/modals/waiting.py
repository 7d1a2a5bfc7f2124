"""What waits for a person, as the modal that asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from screens.audience import ToTell
from screens.modals.approve import approve
from screens.modals.base import Modal
from screens.modals.choosing import Choosing
from screens.modals.gate import gate
from screens.modals.hostkey import host_key
from screens.modals.hosttrouble import host_held, out_of_role
from screens.modals.question import question
from screens.view import View, Waiting
from wizard.run import events as ev

OF_A_HOST: Mapping[str, Callable[[View, ev.QuestionAsked], Choosing]] = {
    "host_key": host_key,
    "host_held": host_held,
    "role": out_of_role,
}
"""By purpose, what is asked about a host and about no step."""


def modal_of(view: View, waiting: Waiting, tell: Callable[[ToTell], None]) -> Modal[Any]:
    """The modal of what waits.

    Args:
        view: The run.
        waiting: What waits.
        tell: Told of whom a person told something at a gate.
    """
    event = waiting.event
    if isinstance(event, ev.GateBlocked):
        return gate(view, waiting, tell)
    if event.purpose == "approve" and waiting.scope in view.state.steps:
        return approve(view, waiting)
    if event.purpose in OF_A_HOST:
        return OF_A_HOST[event.purpose](view, event)
    return question(view, waiting)
