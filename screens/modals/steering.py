"""What a person may do with a run at any moment: cancel, pause, roll back, leave; and what is offered at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from screens.keys import READ_PLAN, bindings
from screens.modals.choosing import Choosing
from screens.modals.gate import undo_plan
from screens.modals.typed import to_type, typed_for
from screens.view import View
from screens.widgets.choices import Choice, Chosen, Words
from screens.widgets.detail import where
from screens.widgets.undo import rollback_told
from screens.words import ENDS, elapsed, many, moment, plain
from wizard.errors import HostKeyUnknown, WizardError
from wizard.run import state as st
from wizard.run.engine import FAILED, Outcome
from wizard.run.rollback import back_to
from wizard.run.session import MITIGATED

STAY, PAUSE, LEAVE, CANCEL, PLAN = "stay", "pause", "leave", "cancel", "plan"
CHECKED = "looked through; nothing was changed"
"""How a run ends that was only to be checked."""

GOES_ON = "What runs on a host goes on there; `wizard resume` takes it up. `d` leaves the run to itself."
STATE_STAYS = "The state is kept; how to go on is said when you have left."
"""What leaving does to a host and to the run."""

GONE = "The practice host goes when you leave, and what runs on it ends; this run cannot be resumed."
RECORD_STAYS = "Only the run's record stays."
"""The same where both are a drill's."""

EVERYTHING, REPORT, LOOK, GO_ON, ROLL_BACK, ACCEPT_KEY = "", "report", "look", "go on", "roll back", "accept key"


def _at_work(view: View) -> Content:
    """What is going on right now."""
    step = view.state.steps.get(view.state.current)
    if step is None:
        return Content("No step is running.")
    doing = " waits for you, on " if view.waiting else " is running on "
    return Content.assemble((view.named(step.id), "bold"), doing, where(view, step.host), ".")


def cancel(view: View) -> Choosing:
    """Ends what the step is running."""
    step = view.state.steps.get(view.state.current)
    watch = step is not None and step.kind == "watch"
    effect = "Ends the watch now." if watch else "Ends what it is running, with its children, on the host."
    words = Words.NEEDED if watch else Words.NONE
    choices = [
        Choice(STAY, "let it run", "Nothing happens."),
        Choice(CANCEL, "end it", f"{effect} Its gate then asks what now.", words, grave=not watch),
    ]
    return Choosing("End the watch early" if watch else "Cancel the step", _at_work(view), choices, "warning")


def pause(view: View) -> Choosing:
    """Stops the run with its state kept."""
    body = Content("\n").join(
        [_at_work(view), Content("What runs on a host goes on there; going on takes it up again.")]
    )
    choices = [
        Choice(STAY, "go on", "Nothing happens."),
        Choice(PAUSE, "pause and keep state", "Stops here; nothing is undone, nothing is lost."),
    ]
    return Choosing("Pause the run", body, choices, "warning")


def leave(view: View) -> Choosing:
    """Leaves while the run is at work."""
    goes_on, label, kept = (
        (GONE, "end the drill", RECORD_STAYS) if view.practice else (GOES_ON, "pause and leave", STATE_STAYS)
    )
    body = Content("\n").join([_at_work(view), Content(goes_on)])
    choices = [
        Choice(STAY, "stay", "Nothing happens."),
        Choice(LEAVE, label, kept),
    ]
    return Choosing("Leave the wizard", body, choices, "warning")


def roll_back(view: View, looking_at: str) -> Choosing:
    """Undoes from the end of the run back to a step, which is undone too; ``looking_at`` is offered as that step."""
    stack = view.state.undo_stack
    choices = [_back_to(view, step, label) for step, label in _stops(view, looking_at)]
    everything = f"{undo_plan(view, stack)} Each is compared with what was captured."
    types = to_type(view, stack)
    choices.append(
        Choice(
            EVERYTHING,
            "undo everything",
            everything,
            Words.OPTIONAL,
            grave=True,
            types=types,
            stands_for=typed_for(view),
        )
    )
    choices.append(Choice(STAY, "undo nothing", "Nothing happens."))
    return RollingBack("Roll back", _plan(view, stack), choices, "error")


class RollingBack(Choosing):
    """Asks what to undo; ``u`` reads the plan first."""

    BINDINGS = bindings([READ_PLAN])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Letters that are typed are no keys."""
        return self._picked is None if action == READ_PLAN.id else True

    def action_plan(self) -> None:
        """Read it."""
        self.dismiss(Chosen(PLAN))


def planned(view: View, to: str) -> Choosing:
    """A rollback that was asked for on the command line, before it begins."""
    steps = back_to(view.state, to) if to else list(view.state.undo_stack)
    effect = f"{undo_plan(view, steps)} Each is compared with what was captured."
    label = f"undo {'it' if len(steps) == 1 else f'these {len(steps)} steps'}"
    choices = [
        Choice(
            ROLL_BACK,
            label,
            effect,
            grave=True,
            types="" if to else to_type(view, steps),
            stands_for=typed_for(view),
        ),
        Choice(STAY, "undo nothing, and leave", "Nothing happens."),
    ]
    return RollingBack("Roll back", _plan(view, steps), choices, "error")


def _plan(view: View, steps: Sequence[str]) -> Content:
    lead = Content.styled("Newest first; one that fails holds up no other. u reads the whole plan.", "dim")
    return Content("\n").join([lead, *(_stacked(view, one) for one in steps)])


def _stacked(view: View, step: str) -> Content:
    state = view.state.steps[step]
    irreversible = view.cannot_be_undone(step)
    told = ("cannot be undone", "$warning") if irreversible else (plain(state.undo), "dim")
    return Content.assemble((f"{view.named(step)}  ", ""), where(view, state.host), "\n    ", told)


def _stops(view: View, looking_at: str) -> Iterator[tuple[str, str]]:
    """The step looked at, and the oldest step of its phase."""
    stack = list(view.state.undo_stack)
    step = view.state.steps.get(looking_at)
    if step is None or looking_at not in stack:
        return
    if looking_at != stack[-1]:
        yield looking_at, f"undo back to {view.named(looking_at)}"
    phase = [one for one in stack if view.state.steps[one].phase == step.phase]
    if phase[-1] not in {looking_at, stack[-1]}:
        yield phase[-1], f"undo back to the beginning of its phase, {view.place(phase[-1])}"


def _back_to(view: View, step: str, label: str) -> Choice:
    return Choice(step, label, undo_plan(view, back_to(view.state, step)), Words.OPTIONAL, grave=True)


def over(view: View, outcome: Outcome | None) -> Choosing:
    """The engine has ended: how, and what can be done now."""
    error = outcome.error if outcome else None
    if isinstance(error, HostKeyUnknown):
        return _unknown_key(error)
    ended = view.state.ended
    word = ended.outcome if ended else outcome.word if outcome else "stopped"
    word = CHECKED if ended and view.dry else word
    glyph, _ = ENDS.get(word, ("‖", ""))
    tone = "calm" if word in {"resolved", CHECKED} else "error" if word == FAILED else "warning"
    title = Content.assemble((f"{glyph} {plain(word).capitalize()}", "bold"))
    return Choosing(title, Content("\n").join(_summary(view, error)), list(_next(view)), tone)


def can_go_on(state: st.RunState) -> bool:
    """A run that did not end, or that ended where it is safe to stop, can go on."""
    return state.started is not None and (state.ended is None or state.ended.outcome == MITIGATED)


def _summary(view: View, error: WizardError | None) -> Iterator[Content]:
    state = view.state
    if error:
        yield from _error(error)
    elif not state.ended and state.paused:
        yield Content.assemble(("paused   ", "dim"), plain(state.paused.reason))
    if state.handed_over:
        yield Content.assemble(("next     ", "dim"), plain(state.handed_over.words))
        packet = "handover.md, beside the journal; wizard handover writes it again"
        yield Content.assemble(("packet   ", "dim"), packet)
    done, total = view.progress()
    began, last = moment(state.began_at), moment(state.last_at)
    took = elapsed((last - began).total_seconds()) if began and last else ""
    yield Content.assemble(("steps    ", "dim"), f"{done} of {total}", (f"  in {took}", "dim") if took else "")
    for deviation in state.deviations:
        yield Content.assemble(("! deviation  ", "$warning"), plain(deviation))
    if view.undoing and view.undoing.outcome:
        yield rollback_told(view, view.undoing)
    elif state.undo_stack:
        yield Content.assemble(("undo     ", "dim"), f"{many(len(state.undo_stack), 'step')} could still be undone")


def _error(error: WizardError) -> Iterator[Content]:
    yield Content.assemble(("what     ", "dim"), (plain(error.what), "bold $error"))
    if error.where:
        yield Content.assemble(("where    ", "dim"), plain(error.where))
    if error.mend:
        yield Content.assemble(("mend     ", "dim"), plain(error.mend))


def _next(view: View) -> Iterator[Choice]:
    if view.state.started:
        yield Choice(REPORT, "read the report", "Shows the incident report, rendered from the record.")
        yield Choice(LOOK, "look at the run", "Closes this; every step, check and log can be looked at.")
    if can_go_on(view.state):
        yield Choice(GO_ON, "go on", "Takes the run up where it stopped.")
    if view.state.undo_stack:
        yield Choice(ROLL_BACK, "roll back", "Asks how far back first.", grave=True)
    yield Choice(LEAVE, "leave", "The run is kept, and can be looked at again.")


def _unknown_key(error: HostKeyUnknown) -> Choosing:
    body = [
        Content.assemble(("host     ", "dim"), (plain(error.where), "bold")),
        Content.assemble(("key      ", "dim"), (plain(error.fingerprint), "bold $warning")),
    ]
    body.append(
        Content.styled("Compare it with what the host's own console says (ssh-keygen -lf) before you accept it.", "dim")
    )
    choices = [
        Choice(LOOK, "do not accept it", "Nothing happens; the run stays stopped."),
        Choice(
            ACCEPT_KEY,
            "I compared it: accept this key",
            "Keeps the key in the wizard's known_hosts and goes on.",
            grave=True,
        ),
    ]
    return Choosing("A host shows a key that nobody has accepted", Content("\n").join(body), choices, "error")
