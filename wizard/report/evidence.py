"""Facts before and after, and what was measured of the cause: facts that were wrong, and are right now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wizard.report.log import Log
from wizard.report.model import Fact, Reading
from wizard.run import events as ev

PASS, FAIL = "pass", "fail"
Moments = Mapping[str, ev.EvidenceObserved]


def facts(log: Log) -> tuple[Fact, ...]:
    """Each fact: its first reading before, its last one after."""
    seen: dict[str, dict[str, ev.EvidenceObserved]] = {}
    for _, event in log.of(ev.EvidenceObserved):
        moments = seen.setdefault(event.fact, {})
        if event.moment != "before" or "before" not in moments:
            moments[event.moment] = event
    return tuple(_fact(fact, moments) for fact, moments in seen.items())


def _fact(fact: str, moments: Moments) -> Fact:
    before, after = moments.get("before"), moments.get("after")
    labels = dict.fromkeys(label for event in (before, after) if event for label in event.sources)
    return Fact(
        fact=fact,
        expect=next((event.expect for event in (after, before) if event), ""),
        before=before.outcome if before else "",
        after=after.outcome if after else "",
        readings=tuple(Reading(label, _value(before, label), _value(after, label)) for label in labels),
    )


def _value(event: ev.EvidenceObserved | None, label: str) -> str | None:
    source = event.sources.get(label) if event else None
    if source is None:
        return None
    why = source.get("why", "")
    return f"not observed: {why}" if why else str(source.get("value", ""))


def cause(found: Sequence[Fact]) -> tuple[str, ...]:
    """Sentences on facts that were not as they should be; nothing beyond what was read."""
    return tuple(_sentence(fact) for fact in found if fact.before not in {"", PASS})


def _sentence(fact: Fact) -> str:
    expected = f", where {fact.expect} was expected" if fact.expect else ""
    if fact.before != FAIL:
        return f"{fact.fact}: it could not be read from every source when the run began. {_since(fact)}"
    return f"{fact.fact}: {'; '.join(_said(fact))}{expected}. {_since(fact)}"


def _said(fact: Fact) -> Iterator[str]:
    for reading in fact.readings:
        if reading.before is not None and (reading.before != fact.expect or not fact.expect):
            yield f"{reading.source} said {reading.before or 'nothing'}"


def _since(fact: Fact) -> str:
    if not fact.after:
        return "It was not read again, so the journal does not say how it is now."
    if fact.after == PASS:
        return "At the end every source agreed." if len(fact.readings) > 1 else "At the end it was as expected."
    return "It was still wrong at the end." if fact.after == FAIL else "At the end it could not be read in full."
