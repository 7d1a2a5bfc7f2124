"""The step that is looked at: why it is there, where it works, what it runs, and how it would be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content

from screens.clocks import clocks
from screens.estimating import left_in_full
from screens.view import END, EVIDENCE, PAUSED, PHASE, WAITS, View
from screens.widgets.pane import Pane
from screens.widgets.watching import brief, left
from screens.words import CHECKS, ENVIRONMENTS, STEPS, elapsed, lines, many, plain
from wizard.facts.guarded import readable
from wizard.hosts.world import LOCAL
from wizard.run import state as st

ROOM = 24
"""Cells of the frame that a step's title must leave for how it stands; a longer title is told once more in full."""


FRAMED = 5
"""Cells of the pane's frame, its padding and its scroll bar."""


class Detail(Pane):
    """What is looked at, in words."""

    def __init__(self) -> None:
        super().__init__("detail")

    def show(self, view: View, scope: str) -> None:
        """Tell of a step, a phase, the evidence or the exit criteria."""
        step = view.state.steps.get(scope)
        if step:
            self.frame.say(Content.assemble((view.named(scope), "bold")), _standing(view, step, clocks(self).now()))
            title = Content(view.named(scope))
            cut = title.cell_length > self.size.width - len(view.status(step)) - ROOM
            told = step_told(view, step, self.outer_size.width - FRAMED)
            self.tell(Content("\n").join([title.stylize("bold"), told]) if cut else told)
        else:
            self.frame.say(Content.assemble((view.named(scope) if scope else "Step", "bold")))
            self.tell(_scope_told(view, scope, clocks(self).now()))


def standing_told(view: View, step: st.StepState) -> Content:
    """How a step stands, in which attempt, and how long it took."""
    status = view.status(step)
    glyph, style = STEPS.get(status, ("·", ""))
    ended = view.ended.get(step.id)
    took = f" · {elapsed(ended.seconds)}" if ended and ended.seconds >= 1 else ""
    attempt = f" · attempt {step.attempts}" if step.attempts > 1 else ""
    word = f"waiting for {view.waits_for.lower()}" if status == WAITS else plain(status)
    return Content.assemble((f"{glyph} {word}", style), (f"{attempt}{took}", "dim"))


def _standing(view: View, step: st.StepState, now: datetime) -> Content:
    looks = view.looks.get(step.id)
    time = left(looks[-1], now) if looks and step.status == st.RUNNING and view.status(step) != PAUSED else ""
    return Content.assemble(standing_told(view, step), (f" · {time}" if time else "", ""))


def where(view: View, host: str) -> Content:
    """A host by name and address, in the colour of its environment, which is named too."""
    environment = view.environment(host)
    style = ENVIRONMENTS["practice" if view.practice else environment] if environment in ENVIRONMENTS else ""
    shown = environment_told(view, host)
    return Content.assemble((view.host(host), f"bold {style}".strip()), (f" · {shown}" if shown else "", style))


def environment_told(view: View, host: str) -> str:
    """A host's environment; of a drill's host first of all that it is one. Empty for this machine."""
    environment = plain(view.environment(host)) if host != LOCAL else ""
    if not (view.practice and environment) or environment == "practice":
        return environment
    return f"practice host, as {environment}"


def step_told(view: View, step: st.StepState, width: int = 80) -> Content:
    """A step: why, host, command, undo, and what came of it."""
    documented = view.documented(step.id)
    started = view.taken_up.get(step.id)
    why = started.why if started else documented.why if documented else ""
    told = [
        Content.assemble(("why    ", "dim"), plain(why)),
        Content.assemble(("host   ", "dim"), where(view, step.host), ("" if step.changes else "   only looks", "dim")),
        *_command(step),
        *_undo(step),
        *_outcome(step),
        *_trouble(view, step),
        *brief(view.looks.get(step.id, []), width),
    ]
    return Content("\n").join(told)


def _command(step: st.StepState) -> Iterator[Content]:
    if not step.command:
        yield Content.styled(f"{plain(step.kind)}: rendered when its turn comes", "dim")
        return
    lead, style = ("ask    ", "dim") if step.kind == "manual" else ("$ ", "bold $accent")
    for number, line in enumerate(lines(readable(step.command))):
        yield Content.assemble((lead if number == 0 else " " * len(lead), style), line)


def _undo(step: st.StepState) -> Iterator[Content]:
    if step.changes and step.undo:
        for number, line in enumerate(lines(step.undo)):
            yield Content.assemble(("undo   " if number == 0 else "       ", "dim"), line)


def _outcome(step: st.StepState) -> Iterator[Content]:
    if step.action:
        outcome = "pass" if step.action.ok else "fail" if step.action.known else "unknown"
        glyph, style = CHECKS[outcome]
        yield Content.assemble(("did    ", "dim"), (f"{glyph} ", style), plain(step.action.what))
    if step.reason:
        yield Content.assemble(("reason ", "dim"), plain(step.reason))


def _trouble(view: View, step: st.StepState) -> Iterator[Content]:
    met = view.troubles.get(step.id)
    if met:
        yield Content.assemble(("!      ", "bold $warning"), plain(met.what))


def _scope_told(view: View, scope: str, now: datetime) -> Content:
    state = view.state
    if not state.started:
        return Content("")
    if scope == END:
        told = "Checks that must hold before the run may be called resolved."
    elif scope == EVIDENCE:
        told = "What was read before the first step, from every source that says something of it."
    elif scope.startswith(PHASE):
        steps = [step for step in state.steps.values() if step.phase == scope.removeprefix(PHASE)]
        changing = sum(step.changes for step in steps)
        change = "changes" if changing == 1 else "change"
        told = f"{many(len(steps), 'step')}, {changing} of them {change} something. Enter folds or opens it."
    else:
        told = plain(state.started.title)
    left = left_in_full(view, now)
    return Content("\n").join([Content.styled(told, "dim"), *([Content(left)] if left else [])])
