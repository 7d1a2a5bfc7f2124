"""With which hosts the head of the journal was left, for whoever checks later whether all of it is still there."""

from __future__ import annotations

from wizard.frozen import frozen
from wizard.report.log import Log
from wizard.run import events as ev


@frozen
class Anchored:
    """One host: how many heads it took, the last of them, and why it has not what was sent after that, if so."""

    host: str
    count: int
    number: int
    head: str
    why: str


def anchored(log: Log) -> tuple[Anchored, ...]:
    """Every host that a head was sent to, in the order in which they came."""
    sent: dict[str, list[ev.ChainAnchored]] = {}
    for _, event in log.of(ev.ChainAnchored):
        sent.setdefault(event.host, []).append(event)
    return tuple(_anchored(host, events) for host, events in sent.items())


def _anchored(host: str, events: list[ev.ChainAnchored]) -> Anchored:
    taken = [event for event in events if not event.why]
    number, head = (taken[-1].number, taken[-1].head) if taken else (0, "")
    return Anchored(host, len(taken), number, head, events[-1].why)
