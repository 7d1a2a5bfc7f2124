"""What can be done with a run that was."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from screens.modals.choosing import Choosing
from screens.widgets.choices import Choice
from screens.words import many, plain
from wizard.run.listing import BROKEN, CRASHED, EMPTY, LIVE, PAUSED, RunSummary
from wizard.run.session import MITIGATED

GO_ON, LOOK, REPORT, ROLL_BACK, NOTHING = "go on", "look", "report", "roll back", ""

UNREADABLE = frozenset({BROKEN, EMPTY})


def past(one: RunSummary) -> Choosing:
    """The modal of a past run."""
    told = [
        Content.assemble(("state    ", "dim"), (plain(one.state), "bold"), f"  {plain(one.detail)}"),
        Content.assemble(("began    ", "dim"), plain(one.began)),
        Content.assemble(("steps    ", "dim"), f"{one.done} of {one.total}"),
        Content.assemble(("kept in  ", "dim"), plain(str(one.directory))),
    ]
    title = Content.assemble((plain(one.checklist or one.id), "bold"), f" · {plain(one.title)}")
    return Choosing(title, Content("\n").join(told), list(_choices(one)))


def _choices(one: RunSummary) -> Iterator[Choice]:
    if one.state in {PAUSED, CRASHED, MITIGATED}:
        yield Choice(GO_ON, "go on with it", f"Takes it up where it stopped; {many(one.remaining, 'step')} remain.")
    if one.state != EMPTY:
        yield Choice(LOOK, "look at it", "Shows every step, check and log as they are on record; touches no host.")
        yield Choice(REPORT, "read its report", "Renders the incident report from the record.")
    if one.state not in {LIVE, *UNREADABLE}:
        yield Choice(ROLL_BACK, "roll it back", "Shows first what would be undone.", grave=True)
    yield Choice(NOTHING, "nothing", "Back to the list.")
