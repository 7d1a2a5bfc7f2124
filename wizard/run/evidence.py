"""Evidence: one fact read from several sources, compared with each other and with what should be."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.checklist.model import Evidence, Source
from wizard.checklist.templating import render, render_text
from wizard.checks.base import Outcome
from wizard.errors import WizardError
from wizard.facts.privacy import kept_out
from wizard.hosts.world import LOCAL
from wizard.run import events as ev
from wizard.run.context import Context
from wizard.run.sources import value_of

BEFORE, RESUMED, AFTER = "before", "resumed", "after"


async def observe(context: Context, evidence: Evidence, moment: str) -> ev.EvidenceObserved:
    """Read a fact from each of its sources and put it on record."""
    expect = render_text(evidence.expect, context.scope()) if evidence.expect is not None else ""
    read = {label: await _read(context, source, expect) for label, source in evidence.sources.items()}
    outcome = _overall({label: seen for label, (seen, _) in read.items()}, compared=not evidence.may_differ)
    event = ev.EvidenceObserved(
        fact=evidence.fact,
        moment=moment,
        outcome=outcome.value,
        sources={label: _hidden(seen, expect) if private else seen for label, (seen, private) in read.items()},
        expect=expect,
        decisive=evidence.decisive or "",
    )
    context.recorder.record(event)
    return event


def _hidden(seen: dict[str, str], expect: str) -> dict[str, str]:
    """Without a value that the checklist does not say itself."""
    return seen if seen["value"] in {"", expect} else {**seen, "value": kept_out(seen["value"])}


async def _read(context: Context, source: Source, expect: str) -> tuple[dict[str, str], bool]:
    try:
        place, rendered = source.on or LOCAL, render(source, context.scope())
        value = await value_of(context.hosts[place], rendered)
    except WizardError as problem:
        return {"value": "", "outcome": Outcome.UNKNOWN.value, "why": str(problem)}, False
    hidden = rendered.secret is None and str(rendered.yaml) in context.secret_paths(place)
    outcome = Outcome.PASS if not expect or value.text == expect else Outcome.FAIL
    return {"value": value.text, "outcome": outcome.value, "why": ""}, value.private or hidden


def _overall(sources: Mapping[str, Mapping[str, str]], *, compared: bool) -> Outcome:
    outcomes = {source["outcome"] for source in sources.values()}
    seen = {source["value"] for source in sources.values() if source["outcome"] != Outcome.UNKNOWN.value}
    if Outcome.FAIL.value in outcomes or (compared and len(seen) > 1):
        return Outcome.FAIL
    return Outcome.UNKNOWN if Outcome.UNKNOWN.value in outcomes else Outcome.PASS
