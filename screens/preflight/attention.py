"""What a person should not miss on the page: a line for each, the first thing that is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from screens.preflight.hosts import by_mount, clock_off, clock_told, missing, tight
from screens.view import View
from screens.words import many, plain
from wizard.run.connecting import HOST
from wizard.run.window import Window

if TYPE_CHECKING:
    from wizard.run.planned import Planned


def attention_told(view: View, plan: Sequence[Planned], window: Window | None, now: datetime) -> Content:
    """Everything that is not as one would wish; a calm word where there is nothing."""
    told = [*_of_hosts(view), *_of_looks(view), *_of_facts(view), *_of_changes(plan)]
    if window and not window.open_now(now):
        told.append(f"{window.closed(now)}: no changing step starts outside it without your word.")
    if not told:
        return Content.assemble(("✔ ", "$success"), "Nothing stands out so far.")
    return Content("\n").join(Content.assemble(("! ", "bold $warning"), plain(line)) for line in told)


def _of_hosts(view: View) -> Iterator[str]:
    for scope, trouble in view.troubles.items():
        if scope.startswith(HOST):
            yield f"{scope.removeprefix(HOST)} cannot be reached: {trouble.what}"
    for name, connected in view.state.hosts.items():
        if connected.identity.get("accepted"):
            yield f"The key of {name} was on no record before; it was accepted now, by its fingerprint."
        if connected.identity.get("outlives") is False:
            yield f"{name} ends what a login leaves running: a step ends with the connection."
    for name, role in view.state.roles.items():
        if role.now and role.now != role.pinned:
            yield f"{name} is {role.now} now, and was {role.pinned} when the run learnt it."


def _of_looks(view: View) -> Iterator[str]:
    for name, seen in view.examined.items():
        if seen.why:
            yield f"{name} could not be looked at: {seen.why}"
        if missing(seen):
            yield f"{name} lacks {', '.join(missing(seen))}, which steps or checks may call."
        if clock_off(seen):
            yield f"The clock of {name} is {clock_told(seen)}."
        yield from (f"Little room on {name}: {mount}" for mount, disks in by_mount(seen).items() if tight(disks[0]))


def _of_facts(view: View) -> Iterator[str]:
    wrong = [fact.fact for fact in view.evidence.values() if fact.outcome == "fail"]
    unseen = [fact.fact for fact in view.evidence.values() if fact.outcome == "unknown"]
    if wrong:
        yield f"{many(len(wrong), 'fact')} not as expected, or told differently by its sources: {'; '.join(wrong)}"
    if unseen:
        yield f"{many(len(unseen), 'fact')} not to be read from every source: {'; '.join(unseen)}"


def _of_changes(plan: Sequence[Planned]) -> Iterator[str]:
    final = [one for one in plan if one.wanted is not False and one.final]
    if final:
        yield f"{many(len(final), 'step')} cannot be undone; each is asked for by itself."
