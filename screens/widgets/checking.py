"""Checks as they turn: glyph and word, what was looked for, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from textual.content import Content

from screens.view import EVIDENCE, View
from screens.widgets.pane import Pane
from screens.words import CHECKS, STEPS, many, plain
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.seen import CheckState

COLUMNS = 88
"""Cells from which on expected and observed stand in columns."""

NOT_SINCE = "not looked at since the undo"
"""What is said of checks whose step was undone after the last look."""

PROOF = 3
"""Lines of evidence shown of a check that did not pass."""


class Checks(Pane):
    """The gate of whatever is looked at."""

    def __init__(self) -> None:
        super().__init__("checks")

    def show(self, view: View, scope: str) -> None:
        """Tell the checks of a scope."""
        self.frame.say(*_frame(view, scope))
        self.tell(evidence_told(view) if scope == EVIDENCE else checks_told(view, scope))


def _frame(view: View, scope: str) -> tuple[Content | str, Content | str]:
    if scope == EVIDENCE:
        return "Evidence", next((one.moment for one in view.evidence.values()), "")
    seen = list(view.state.checks.get(scope, {}).values())
    passed = sum(one.outcome == "pass" and not one.undone for one in seen)
    blocked = view.state.blocked
    told = NOT_SINCE if seen and all(one.undone for one in seen) else f"{passed} of {len(seen)} pass"
    if blocked and blocked.scope == scope:
        return Content.assemble("Gate · ", ("■ shut", "bold $error")), told
    return "Gate", told if seen else ""


def checks_told(view: View, scope: str, *, only_shut: bool = False, width: int = 0) -> Content:
    """The checks of a scope, each on a line, those that did not pass with what proves it.

    Args:
        view: The run.
        scope: Whose checks.
        only_shut: Leave out those that passed.
        width: Cells there are, where expected and observed are to stand beside each other.
    """
    seen = view.state.checks.get(scope, {})
    wanted = [seen[index] for index in sorted(seen) if not only_shut or seen[index].outcome in {"fail", "unknown"}]
    if not wanted:
        return Content.styled("" if only_shut else _none_yet(view, scope), "dim")
    return Content("\n").join(line for check in wanted for line in _check(check, width))


def _none_yet(view: View, scope: str) -> str:
    step = view.documented(scope)
    count = len(step.requires) + len(step.checks) if step else 0
    return f"{many(count, 'check')} to come" if count else "no checks yet"


def _check(check: CheckState, width: int) -> Iterator[Content]:
    return _before(check) if check.undone else _now(check, width)


def _before(check: CheckState) -> Iterator[Content]:
    """What was seen before the step was undone: no verdict of now, so without the sign and the colour of one."""
    told = f"{plain(check.outcome)} before the undo"
    yield Content.styled(
        f"{STEPS[st.UNDONE][0]} {'earlier':8}{plain(check.title)}  {told}: {plain(check.observed)}", "dim"
    )


def _now(check: CheckState, width: int) -> Iterator[Content]:
    glyph, style = CHECKS.get(check.outcome, ("·", ""))
    waiting = not check.final
    word = "waiting" if waiting and check.outcome != "pass" else "holding" if waiting else plain(check.outcome)
    observed = plain(check.observed)
    shut = check.outcome in {"fail", "unknown"}
    told = "" if shut and check.final else observed
    yield Content.assemble(
        (f"{glyph} {word:8}", style),
        (plain(check.title), "bold" if shut else ""),
        ("  " if told else "", ""),
        (told, "dim"),
    )
    if shut and check.final:
        yield from beside(plain(check.expected), (observed, style), width)
        yield from (Content.assemble(("  │ ", "dim"), (plain(line), "dim")) for line in list(check.evidence)[:PROOF])


def beside(expected: str, observed: tuple[str, str], width: int) -> Iterator[Content]:
    """What was expected beside what was seen: on one line, in columns, or one above the other where it is narrow."""
    line = Content.assemble(("  expected ", "dim"), expected, ("   observed ", "dim"), observed)
    if line.cell_length <= width:
        yield line
    elif width >= COLUMNS:
        room = (width - 5) // 2
        yield from columns(Content.styled("expected", "dim"), Content.styled("observed", "dim"), room)
        yield from columns(Content(expected), Content.styled(*observed), room)
    else:
        yield Content.assemble(("  expected ", "dim"), expected)
        yield Content.assemble(("  observed ", "dim"), observed)


def columns(left: Content, right: Content, room: int) -> Iterator[Content]:
    """Two texts beside each other, each in so many cells."""
    for one, other in zip_longest(left.wrap(room), right.wrap(room), fillvalue=Content("")):
        gap = " " * max(0, room - one.cell_length)
        yield Content.assemble("  ", one, gap, (" │ ", "dim"), other)


def evidence_told(view: View) -> Content:
    """The facts, each with what every source says of it."""
    return Content("\n").join(line for fact in view.evidence.values() for line in _fact(fact))


def _fact(fact: ev.EvidenceObserved) -> Iterator[Content]:
    glyph, style = CHECKS.get(fact.outcome, ("·", ""))
    expected = f"  expected {plain(fact.expect)}" if fact.expect else ""
    yield Content.assemble((f"{glyph} {plain(fact.outcome):8}", style), (plain(fact.fact), "bold"), (expected, "dim"))
    for label, source in fact.sources.items():
        value = plain(source.get("value") or source.get("why") or "")
        differs = bool(fact.expect) and source.get("value") != fact.expect
        yield Content.assemble(
            (f"  {plain(label)}: ", "dim"), (value, style if differs and fact.outcome != "pass" else "")
        )
