"""What is at stake, what may go wrong, and when changes may be made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content

from screens.preflight.facts import readings
from screens.view import View
from screens.words import plain
from wizard.checklist.model import Checklist, Measure, Risk
from wizard.checklist.templating import render_text
from wizard.errors import WizardError
from wizard.run.window import Window


def stakes_told(view: View, checklist: Checklist) -> Content:
    """Facts that put something at stake, and the figures of the damage as far as they are known."""
    told = [line for fact in checklist.evidence if fact.stake for line in _stake(view, fact.fact, fact.stake)]
    told += [_measure(view, one) for one in checklist.impact]
    return Content("\n").join(told or [Content.styled("The checklist names nothing that is at stake.", "dim")])


def _stake(view: View, fact: str, stake: str) -> Iterator[Content]:
    seen = view.evidence.get(fact)
    if seen is None:
        yield Content.assemble(("○ ", "$accent"), (plain(fact), "bold"), ("  not read yet", "dim"))
    else:
        values = Content(", ").join(
            Content.styled(one.text, "$warning bold" if one.mark != "?" else "$warning")
            for one in readings(seen).values()
        )
        yield Content.assemble(("! ", "bold $warning"), (plain(fact), "bold"), ": ", values)
    yield Content.styled(f"  {plain(stake)}", "dim")


def _measure(view: View, measure: Measure) -> Content:
    """A figure that a step reads; before that nobody knows it."""
    try:
        value = render_text(measure.value, {"captured": dict(view.state.captured)})
    except WizardError:
        return Content.assemble(("○ ", "dim"), plain(measure.what), ("  read by a step of the run", "dim"))
    return Content.assemble(("· ", "dim"), plain(measure.what), ": ", (plain(value), "bold"))


def risks_told(checklist: Checklist) -> Content:
    """Each risk with what is done against it."""
    told = [line for risk in checklist.risks for line in _risk(risk)]
    return Content("\n").join(told or [Content.styled("The checklist names no risk.", "dim")])


def _risk(risk: Risk) -> Iterator[Content]:
    grave = "$warning" if {"high"} & {risk.probability.split(" ")[0], risk.impact.split(" ")[0]} else ""
    how = f"  probability {plain(risk.probability)}, impact {plain(risk.impact)}"
    yield Content.assemble(("! ", f"bold {grave}".strip()), (plain(risk.risk), "bold"), (how, "dim"))
    yield Content.assemble(("  against it: ", "dim"), plain(risk.mitigation))


def window_told(window: Window | None, now: datetime) -> Content:
    """When changing steps may start."""
    if window is None:
        return Content("No window was given: a changing step may start at any time, once you agree to it.")
    if window.open_now(now):
        left = int((window.end - now).total_seconds() // 60)
        until = f"until {window.end:%Y-%m-%d %H:%M %Z}, {left} minutes from now"
        return Content.assemble(("✔ open ", "$success"), until)
    return Content.assemble(("■ shut: ", "bold $warning"), plain(window.closed(now)))
