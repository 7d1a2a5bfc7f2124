"""Checklists and runs in a line each, in more words, and by the words that find them."""

from __future__ import annotations

from functools import lru_cache

from textual.content import Content

from screens.shelf import SHIPPED, Offered
from screens.words import ENDS, SEVERITIES, many, plain
from wizard.run.listing import BROKEN, CRASHED, EMPTY, LIVE, RunSummary

HELD = 4096
"""Lines that are kept made: a list of runs is filled again with each letter that is typed."""

WRONG = frozenset({BROKEN, CRASHED, EMPTY})

ELSEWHERE, DETACHED = "live elsewhere", "live, detached"
"""How a run stands that somebody works on, and one that an engine without a terminal does."""


def has_words(text: str, wanted: str) -> bool:
    """Every word that is wanted stands in the text, wherever; upper and lower case are alike."""
    found = text.casefold()
    return all(word in found for word in wanted.casefold().split())


def checklist_text(one: Offered) -> str:
    """What a checklist is found by."""
    about = (one.checklist.checklist, one.checklist.title, one.checklist.severity) if one.checklist else (one.wrong,)
    return " ".join((one.name, one.source, *about))


@lru_cache(HELD)
def run_text(one: RunSummary) -> str:
    """What a run is found by."""
    return " ".join(
        (one.id, _state(one), one.detail, one.checklist, one.title, one.severity, one.began.replace("T", " "))
    )


def checklist_line(one: Offered) -> Content:
    """A checklist in a line."""
    if one.checklist is None:
        return Content.assemble(("✘ ", "$error"), plain(one.name), ("  cannot be read", "$error"), _source(one))
    severity = (f"{one.checklist.severity.upper():8}  ", SEVERITIES.get(one.checklist.severity, ""))
    title = f"  {plain(one.checklist.title)}"
    return Content.assemble(severity, (plain(one.checklist.checklist), "bold"), title, _source(one))


def _source(one: Offered) -> tuple[str, str]:
    return f"  · {one.source if one.source == SHIPPED else 'run before'}", "dim"


@lru_cache(HELD)
def run_line(one: RunSummary) -> Content:
    """A run in a line."""
    glyph, style = _sign(one.state)
    began = plain(f"{one.began[:16].replace('T', ' ')}Z" if one.began else "")
    steps = f"{one.done}/{one.total}"
    return Content.assemble(
        (f"{glyph} {plain(_state(one)):19}  ", style),
        (f"{began:17}  ", "dim"),
        f"{steps:>7}  ",
        (plain(one.checklist), "bold"),
        f"  {plain(one.title)}",
    )


def _state(one: RunSummary) -> str:
    if one.state != LIVE:
        return one.state
    return DETACHED if one.detached else ELSEWHERE


def _sign(state: str) -> tuple[str, str]:
    if state == LIVE:
        return "●", "bold $success"
    return ENDS.get(state, ("✘", "$error") if state in WRONG else ("‖", "$warning"))


def about_checklist(one: Offered) -> Content:
    """A checklist in a few lines."""
    if one.checklist is None:
        return Content.assemble((plain(one.wrong), "$error"), "\n", (plain(one.source), "dim"))
    phases = one.checklist.phases
    steps = sum(len(phase.steps) for phase in phases)
    criteria = many(len(one.checklist.exit_criteria), "exit criterion", "exit criteria")
    size = f"{many(len(phases), 'phase')}, {many(steps, 'step')}, {criteria}"
    source = "" if one.source == SHIPPED else f" · {plain(one.source)}"
    return Content.assemble(plain(one.checklist.about or one.checklist.title), "\n", (f"{size}{source}", "dim"))


def about_run(one: RunSummary) -> Content:
    """A run in a few lines."""
    detail = f"{one.state}: {one.detail}" if one.detail else one.state
    return Content.assemble(plain(detail), "\n", (plain(str(one.directory)), "dim"))
