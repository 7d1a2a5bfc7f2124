"""What will be changed where, with its undo; and the whole plan, a step after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from screens.view import View
from screens.widgets.detail import where
from screens.words import lines, many, needless, plain
from wizard.facts.guarded import readable

if TYPE_CHECKING:
    from wizard.run.planned import Planned


def changes_told(view: View, plan: Sequence[Planned]) -> Content:
    """Steps that change something, by host."""
    changing = [one for one in plan if one.step.action.changes and one.wanted is not False]
    hosts = dict.fromkeys(one.step.on for one in changing)
    told = [Content("\n").join(_host(view, host, [one for one in changing if one.step.on == host])) for host in hosts]
    return Content("\n\n").join([*(told or [Content.styled("No step changes anything.", "dim")]), *_anchors(view)])


def _anchors(view: View) -> Iterator[Content]:
    """What the wizard itself leaves on hosts for good, so that nobody finds it unannounced."""
    started = view.state.started
    remote = [name for name, connected in view.state.hosts.items() if connected.identity.get("key")]
    if remote and started and started.mode != "check":
        where_left = ", ".join(remote)
        told = f"In the syslog of {where_left}: one line as each phase ends, with a checksum of the record. It stays."
        yield Content.styled(plain(told), "dim")


def _host(view: View, host: str, plan: Sequence[Planned]) -> Iterator[Content]:
    yield Content.assemble(where(view, host), (f"  {many(len(plan), 'changing step')}", "dim"))
    for one in plan:
        perhaps = "  perhaps not needed" if one.wanted is None else ""
        yield Content.assemble((f"{view.place(one.step.id):>5} ", "dim"), plain(one.step.title), (perhaps, "dim"))
        yield _undo(one)


def _undo(one: Planned) -> Content:
    reason = one.final
    if reason:
        cannot = "undo: " if needless(reason) else "cannot be undone: "
        return Content.assemble((f"      {cannot}", "dim" if needless(reason) else "$warning"), plain(reason))
    told = [line for line in lines(one.undo) if line.strip()] or ["told when its turn comes"]
    more = f"  … {many(len(told) - 1, 'line')} more" if len(told) > 1 else ""
    return Content.assemble(("      undo: ", "dim"), (told[0], "dim"), (more, "dim"))


def plan_told(view: View, plan: Sequence[Planned]) -> Content:
    """Every step with its command, as far as it can be said now."""
    told: list[Content] = []
    phase = ""
    for one in plan:
        if one.phase != phase:
            phase = one.phase
            told += [Content(""), Content.styled(f"── {plain(phase)} ──", "bold $primary")]
        told += [Content(""), *_step(view, one)]
    return Content("\n").join(told[1:] or [Content.styled("There is no step.", "dim")])


def _step(view: View, one: Planned) -> Iterator[Content]:
    looks = "" if one.step.action.changes else "  only looks"
    yield Content.assemble((f"{view.place(one.step.id)} {plain(one.step.title)}", "bold"), (looks, "dim"))
    if one.wanted is False:
        yield Content.assemble(("not needed, as this does not hold: ", "dim"), plain(one.step.when or ""))
        return
    if one.wanted is None:
        yield Content.assemble(("only if  ", "dim"), plain(one.step.when or ""))
    yield Content.assemble(("on       ", "dim"), where(view, one.step.on))
    yield Content.assemble(("why      ", "dim"), plain(one.step.why))
    if one.unknown:
        yield Content.assemble(("needs    ", "dim"), plain(", ".join(one.unknown)), ("  not known yet", "dim"))
    yield from _command(one)
    yield from _whole_undo(one)
    for check in one.checks:
        yield Content.assemble(("then     ", "dim"), plain(check))


def _command(one: Planned) -> Iterator[Content]:
    lead = "ask " if one.step.kind == "manual" else "$ "
    for number, line in enumerate(lines(readable(one.command))):
        yield Content.assemble((lead if number == 0 else " " * len(lead), "bold $accent"), line)


def _whole_undo(one: Planned) -> Iterator[Content]:
    reason = one.final
    if reason:
        cannot = "" if needless(reason) else "cannot be undone: "
        yield Content.assemble(("undo     ", "dim"), (cannot, "$warning"), plain(reason))
        return
    for number, line in enumerate(lines(one.undo) if one.undo else ()):
        yield Content.assemble(("undo     " if number == 0 else "         ", "dim"), line)
