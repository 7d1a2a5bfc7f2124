"""What a host's word comes to: the heads of a run that were found with it, beside the chain as it is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wizard.hosts.syslog import JOURNALD, Kept
from wizard.run.journal import Head

WHOLE, AGAINST, UNKNOWN, NOTHING = "whole", "against", "unknown", "nothing"
"""What a host's word comes to; ``NOTHING`` where it has no head, and none was ever left with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was read on a host, or why it could not be asked."""

    host: str
    kept: Sequence[Kept] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """What a host's word comes to, and the lines that tell it."""

    verdict: str
    lines: Sequence[str]
    reached: bool = True


def compare(asked: Asked, chain: Sequence[str], sent: set[Head]) -> Witness:
    """A host's heads beside the chain.

    Args:
        asked: What the host has.
        chain: The SHA-256 of each line of the journal.
        sent: The heads that the host took, by the journal.
    """
    if asked.why:
        return Witness(UNKNOWN, [f"host {asked.host} could not be asked: {asked.why}"], reached=False)
    kept = _evidence(asked.kept, chain)
    against = sorted((head for head in kept if not _holds(head, chain)), key=lambda head: head.number)
    if against:
        return Witness(AGAINST, [_told_against(asked.host, against[0], kept[against[0]], len(chain))])
    missing = sent - set(kept)
    if kept and not missing:
        return Witness(WHOLE, [_told_of(asked.host, kept, len(chain))])
    lines = [_told_of(asked.host, kept, len(chain)), *_told_missing(asked.host, missing, sent)]
    return Witness(UNKNOWN if sent or kept else NOTHING, lines)


def _evidence(kept: Sequence[Kept], chain: Sequence[str]) -> Mapping[Head, str]:
    """The heads that count, and where each was found. Where journald has the run's, a file adds only what it lost."""
    found = {Head(one.number, one.head): one.where for one in kept if one.where == JOURNALD}
    vouched = bool(found)
    for one in kept:
        head = Head(one.number, one.head)
        if not vouched or _holds(head, chain):
            found.setdefault(head, one.where)
    return found


def _holds(head: Head, chain: Sequence[str]) -> bool:
    return 0 < head.number <= len(chain) and chain[head.number - 1] == head.digest


def _told_against(host: str, head: Head, where: str, events: int) -> str:
    cut = head.number > events
    how = f", which has {events} events: it was cut off, or is another one" if cut else ": it was rewritten"
    return f"host {host}: its anchor at event {head.number} is not in this journal{how}{_doubt([where])}"


def _told_of(host: str, kept: Mapping[Head, str], events: int) -> str:
    if not kept:
        return f"host {host} holds no anchor of this run"
    last = max(head.number for head in kept)
    all_are = "all are" if len(kept) > 1 else "it is"
    number = f"{len(kept)} anchors" if len(kept) > 1 else "1 anchor"
    told = f"host {host} holds {number} of this run; {all_are} in the chain, the last at event {last} of {events}"
    return told + _doubt(list(kept.values()))


def _doubt(places: Sequence[str]) -> str:
    files = sorted({place for place in places if place != JOURNALD})
    return f" (from {', '.join(files)}, where anybody on the host may have written it)" if files else ""


def _told_missing(host: str, missing: set[Head], sent: set[Head]) -> Iterator[str]:
    if missing:
        yield (
            f"host {host}: {len(missing)} of {len(sent)} anchors that were left there are not found: rotated away, "
            "removed, or not to be read by this login"
        )
    elif not sent:
        yield f"host {host}: the journal says of none that it was left there"


def verdict(found: Sequence[Witness]) -> str:
    """What the words of all of them come to."""
    said = {one.verdict for one in found}
    return next((word for word in (AGAINST, UNKNOWN, WHOLE) if word in said), UNKNOWN)
