"""What can be done with a run that was."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.widgets.choices import Choice
from screens.words import many, plain
from wizard.report.times import shown
from wizard.run.listing import BROKEN, CRASHED, EMPTY, LIVE, PAUSED, RunSummary
from wizard.run.session import MITIGATED

GO_ON, LOOK, REPORT, ROLL_BACK, NOTHING = "go on", "look", "report", "roll back", ""
WATCH, TAKE_OVER, COMPARE = "watch", "take over", "compare"

UNREADABLE = frozenset({BROKEN, EMPTY})


def past(one: RunSummary, *, comparable: bool = False) -> Choosing:
    """The modal of a past run; ``comparable`` says that there is another run of its checklist."""
    told = [
        Content.assemble(("state    ", "dim"), (plain(one.state), "bold"), f"  {plain(one.detail)}"),
        Content.assemble(("began    ", "dim"), plain(shown(one.began))),
        Content.assemble(("steps    ", "dim"), f"{one.done} of {one.total}"),
        Content.assemble(("kept in  ", "dim"), plain(str(one.directory))),
    ]
    title = Content.assemble((plain(one.checklist or one.id), "bold"), f" · {plain(one.title)}")
    return Choosing(title, Content("\n").join(told), list(_choices(one, comparable=comparable)))


def _choices(one: RunSummary, *, comparable: bool) -> Iterator[Choice]:
    if one.state in {PAUSED, CRASHED, MITIGATED}:
        yield Choice(GO_ON, "go on with it", f"Takes it up where it stopped; {many(one.remaining, 'step')} remain.")
    if one.state == LIVE:
        yield Choice(WATCH, "watch it", "Shows what happens in it as it happens; nothing can be answered there.")
    if one.detached:
        effect = "Asks the engine without a terminal to stop, and goes on here with full control."
        yield Choice(TAKE_OVER, "take it over", effect)
    if one.state not in {EMPTY, LIVE}:
        yield Choice(LOOK, "look at it", "Shows every step, check and log as they are on record; touches no host.")
    if one.state != EMPTY:
        yield Choice(REPORT, "read its report", "Renders the incident report from the record.")
    if one.state not in {LIVE, *UNREADABLE}:
        yield Choice(ROLL_BACK, "roll it back", "Shows first what would be undone.", grave=True)
    if comparable:
        yield Choice(COMPARE, "compare it with another run", "Shows two runs of this checklist side by side.")
    yield Choice(NOTHING, "nothing", "Back to the list.")
