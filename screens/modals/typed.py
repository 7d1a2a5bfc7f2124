"""Whose name has to be typed before something is changed for the worse."""

from __future__ import annotations

from collections.abc import Iterable

from screens.view import View
from wizard.hosts.world import LOCAL

SPARED = frozenset({"practice", "test", "staging"})
"""Environments where undoing everything needs no name; what is not known to be one of them is taken for production."""

SPARED_FOR_GOOD = frozenset({"test", "staging"})
"""The same for what nobody can take back: on a practice host one practises that, too."""


def to_type(view: View, steps: Iterable[str], spared: frozenset[str] = SPARED) -> str:
    """The names of the hosts that these steps change, in their order; empty where none has to be typed.

    This machine is left out: nobody takes it for another.
    """
    states = (view.state.steps[step] for step in steps if step in view.state.steps)
    hosts = dict.fromkeys(state.host for state in states if state.changes and state.host != LOCAL)
    return " ".join(host for host in hosts if view.environment(host) not in spared)


def typed_for(view: View) -> str:
    """What the name that is typed stands for in a drill; empty where it is what it says."""
    return "a practice host" if view.practice else ""
