"""What a kind of action or check may reach: the hosts, the run it belongs to, and the marks in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from wizard.checklist.spec import Spec
from wizard.errors import UsageError
from wizard.frozen import frozen
from wizard.hosts.base import Host

LOCAL = "local"
"""The name under which every checklist can reach the operator's own machine."""


@frozen
class Mark:
    """A moment on one host, by the host's own clock and journal: a client's clock is never compared with it.

    ``clock`` is in seconds since the epoch; ``cursor`` is systemd-journald's, empty where the journal cannot be read.
    """

    clock: float
    cursor: str = ""


@frozen
class World:
    """The surroundings of one step or check.

    ``marks`` maps ``run_start`` and ``step_start`` to a mark a host; ``files`` is the run directory; ``written`` is the
    part of the checklist that this kind was made from, as it stands there, where somebody may be shown it; ``secret``
    holds the paths on this host whose content the checklist calls secret.
    """

    host: Host
    hosts: Mapping[str, Host]
    run_id: str
    files: Path
    marks: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    written: Spec | None = None
    secret: frozenset[str] = frozenset()

    def mark(self, name: str) -> Mark:
        """The mark of this name on this step's host.

        Raises:
            UsageError: The engine did not take it, so nothing can be said to be later than it.
        """
        try:
            return self.marks[name][self.host.name]
        except KeyError:
            raise UsageError(f"no {name} mark was taken on {self.host.name}", mend="Start the step again") from None
