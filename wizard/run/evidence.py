"""Evidence: one fact read from several sources, compared with each other and with what should be."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.checklist.model import Evidence, Source
from wizard.checklist.templating import render, render_text
from wizard.checks.base import Outcome
from wizard.errors import WizardError
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run.context import Context
from wizard.run.sources import value_of

BEFORE, RESUMED, AFTER = "before", "resumed", "after"


async def observe(context: Context, evidence: Evidence, moment: str) -> ev.EvidenceObserved:
    """Read a fact from each of its sources and put it on record."""
    expect = render_text(evidence.expect, context.scope()) if evidence.expect is not None else ""
    sources = {label: await _read(context, source, expect) for label, source in evidence.sources.items()}
    event = ev.EvidenceObserved(
        fact=evidence.fact,
        moment=moment,
        outcome=_overall(sources, compared=not evidence.may_differ).value,
        sources=sources,
        expect=expect,
        decisive=evidence.decisive or "",
    )
    context.recorder.record(event)
    return event


async def _read(context: Context, source: Source, expect: str) -> dict[str, str]:
    try:
        value = await value_of(context.hosts[source.on or LOCAL], render(source, context.scope()))
    except WizardError as problem:
        return {"value": "", "outcome": Outcome.UNKNOWN.value, "why": str(problem)}
    outcome = Outcome.PASS if not expect or value == expect else Outcome.FAIL
    return {"value": value, "outcome": outcome.value, "why": ""}


def _overall(sources: Mapping[str, Mapping[str, str]], *, compared: bool) -> Outcome:
    outcomes = {source["outcome"] for source in sources.values()}
    seen = {source["value"] for source in sources.values() if source["outcome"] != Outcome.UNKNOWN.value}
    if Outcome.FAIL.value in outcomes or (compared and len(seen) > 1):
        return Outcome.FAIL
    return Outcome.UNKNOWN if Outcome.UNKNOWN.value in outcomes else Outcome.PASS
