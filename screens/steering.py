"""Between the run and the person: what is asked when, and what is done with the answers. Holds no widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.content import Content

from screens.agreed import Agreed
from screens.modals import steering
from screens.modals.approve import ALL_OF_PHASE
from screens.modals.base import Modal
from screens.modals.edit import Edited, EditStep
from screens.modals.handover import TAKE_OVER, Given, HandOver, take_over
from screens.modals.waiting import modal_of
from screens.source import Source
from screens.telling import Teller
from screens.view import View, Waiting
from screens.widgets.choices import Chosen
from wizard.errors import HostKeyUnknown, WizardError
from wizard.run import events as ev
from wizard.run import intents
from wizard.run import state as st
from wizard.run.attempting import APPROVE
from wizard.run.engine import Outcome
from wizard.run.session import Session
from wizard.running import Work


class Desk(Protocol):
    """What a screen does for its steering."""

    def ask(self, modal: Modal[Any], then: Callable[[Any], None]) -> None:
        """Show a modal, and hand its result on."""

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Tell something in passing."""

    def leave(self) -> None:
        """Leave the screen for good."""

    def show_report(self) -> None:
        """Show the report."""

    def show_rollback(self, then: Callable[[], None]) -> None:
        """Show the plan of the rollback; ``then`` when it is closed."""

    def take_note(self, note: ev.NoteAdded) -> None:
        """Put a note on record."""

    def show_preflight(self) -> None:
        """Show how things stand before the first step, where the word to begin is given."""


class Steering:
    """Attends to what waits for a person, and carries out what a person wants.

    Args:
        source: The run.
        view: What is known of it.
        desk: The screen.
    """

    def __init__(self, source: Source, view: View, desk: Desk) -> None:
        self._source = source
        self._view = view
        self._desk = desk
        self._agreed = Agreed()
        self._asking = False
        self._attended = 0
        self._told: Outcome | None = None
        self._next: Work | None = None
        self._run_again: dict[str, str] = {}
        self._teller = Teller(view, self.ask, desk.take_note)
        self._looking_at = ""

    @property
    def asking(self) -> bool:
        """Something is being asked, so nothing else is."""
        return self._asking

    def hear(self, event: ev.Event) -> None:
        """Something happened."""
        self._agreed.hear(event)
        if self._source.running or self._source.outcome:
            self._teller.hear(event)

    def attend(self) -> None:
        """Ask what is to be asked now. Called after everything that happened was taken in."""
        if self._asking or self._teller.asked():
            return
        outcome = self._source.outcome
        if outcome is not None and outcome is not self._told:
            self._told = outcome
            self._over(outcome)
        elif self._source.running and self._view.waiting and self._view.waiting.seq != self._attended:
            self._attended = self._view.waiting.seq
            if not self._answered_beforehand(self._view.waiting):
                self.answer()

    def answer(self) -> None:
        """Open what waits for the person."""
        waiting = self._view.waiting
        if waiting is None or not self._source.running:
            self._desk.say("Nothing waits for you.")
            return
        purpose = waiting.event.purpose if isinstance(waiting.event, ev.QuestionAsked) else ""
        if purpose in {"begin", "host_key"}:
            self._desk.show_preflight()
        if purpose != "begin":
            self.ask(modal_of(self._view, waiting, self._teller.record), lambda chosen: self._take(waiting, chosen))

    def give_word(self, chosen: Chosen) -> None:
        """Answer the question ahead of the first step, where it still waits."""
        waiting = self._view.waiting
        if waiting and isinstance(waiting.event, ev.QuestionAsked) and waiting.event.purpose == "begin":
            self._take(waiting, chosen)

    def begin(self) -> None:
        """Start the engine, once somebody has taken over what was handed over."""
        self._taken_over(self._source.begin)

    def hand_over(self) -> None:
        """Stop for somebody else to go on."""
        done, total = self._view.progress()
        about = Content(f"The run stops with its state kept, {done} of {total} steps done. handover.md says the rest.")
        self.ask(HandOver(about), self._handed_over)

    def tell(self) -> None:
        """Who should be told now: at the gate that waits, or else at the end."""
        if not self._teller.now():
            self._desk.say("The checklist names nobody to be told now.")

    def cancel(self) -> None:
        """End what the step is running."""
        self.ask(steering.cancel(self._view), self._cancelled)

    def pause(self) -> None:
        """Stop with the state kept."""
        self.ask(steering.pause(self._view), self._paused)

    def leave(self) -> None:
        """Leave, after a word where the run is at work."""
        if not self._source.running:
            self._desk.leave()
            return
        self.ask(steering.leave(self._view), self._left)

    def go_on(self) -> None:
        """Take the run up where it stopped."""
        self._taken_over(lambda: self._again(Session.walk))

    def roll_back(self, looking_at: str) -> None:
        """Undo: through the gate that waits, or once the run has stopped."""
        self._looking_at = looking_at
        waiting = self._view.waiting
        if self._source.running and waiting is None:
            self._desk.say("A step is running: cancel it, and its gate then offers to undo.")
        elif self._source.running and waiting and isinstance(waiting.event, ev.GateBlocked):
            self.answer()
            self._desk.say("Undoing is an answer of this gate.")
        elif not self._view.state.undo_stack:
            self._desk.say("Nothing is on the undo stack.")
        else:
            self.ask(steering.roll_back(self._view, looking_at), self._roll_back_chosen)

    def begin_rollback(self, to: str) -> None:
        """Show what a rollback that was asked for on the command line would undo, and begin on the person's word."""

        def decided(chosen: Chosen | None) -> None:
            if chosen and chosen.answer == steering.PLAN:
                self._read_plan(lambda: self.begin_rollback(to))
            elif chosen and chosen.answer == steering.ROLL_BACK:
                self._source.begin()
            else:
                self._desk.leave()

        self.ask(steering.planned(self._view, to), decided)

    def ask(self, modal: Modal[Any], then: Callable[[Any], None]) -> None:
        """Ask something; until it is answered nothing else is asked, so that no key meant for it answers a gate."""

        def answered(result: Any) -> None:
            self._asking = False
            then(result)

        self._asking = True
        self._desk.ask(modal, answered)

    def _answered_beforehand(self, waiting: Waiting) -> bool:
        event = waiting.event
        step = self._view.state.steps.get(waiting.scope)
        if not isinstance(event, ev.QuestionAsked) or event.purpose != "approve" or step is None:
            return False
        note = self._agreement(step, event.text)
        if note:
            self._source.submit(intents.Answer(waiting.scope, APPROVE, note))
        return bool(note)

    def _agreement(self, step: st.StepState, command: str) -> str:
        """What makes asking needless: the same command chosen again at its gate, or a phase agreed to as a whole."""
        if self._run_again.pop(step.id, None) == command:
            return "run again, as chosen at its gate"
        if self._agreed.covers(step, self._view.cannot_be_undone(step.id)):
            return "agreed to for the whole phase"
        return ""

    def _take(self, waiting: Waiting, chosen: Chosen | None) -> None:
        if chosen is None:
            return
        answer, note = chosen.answer, chosen.note
        if answer == intents.HAND_OVER:
            self.hand_over()
            return
        if answer == intents.EDIT:
            self._edit(waiting)
            return
        if answer == ALL_OF_PHASE:
            self._agreed.to(self._view.state.steps[waiting.scope].phase)
            answer, note = APPROVE, "and the changing steps of the phase that follow"
        step = self._view.state.steps.get(waiting.scope)
        if answer == intents.AGAIN and step and step.attempts:
            self._run_again[step.id] = step.command
        self._source.submit(intents.Answer(waiting.scope, answer, note))

    def _edit(self, waiting: Waiting) -> None:
        """Ask for the text, and hand it on; back to the gate where none is given."""
        step = self._view.state.steps.get(waiting.scope)

        def edited(result: Edited | None) -> None:
            if result:
                self._source.submit(intents.Answer(waiting.scope, intents.EDIT, result.why, result.edit))
            else:
                self.answer()

        if step and step.offered:
            self.ask(EditStep(step.offered, self._view.named(step.id)), edited)
        else:
            self.answer()

    def _handed_over(self, given: Given | None) -> None:
        if given is None:
            return
        waiting = self._view.waiting
        at_gate = waiting and isinstance(waiting.event, ev.GateBlocked) and intents.HAND_OVER in waiting.event.answers
        if waiting and at_gate:
            answer = intents.Answer(waiting.scope, intents.HAND_OVER, given.words, to=given.to)
            self._source.submit(answer)
        else:
            self._source.submit(intents.HandOver(given.to, given.words, self._view.state.current))

    def _taken_over(self, then: Callable[[], None]) -> None:
        """Go on at once, or once the person has read what was handed over and takes it."""
        if self._view.state.handed_over is None:
            then()
            return

        def answered(chosen: Chosen | None) -> None:
            if chosen and chosen.answer == TAKE_OVER:
                self._source.acknowledge()
                then()

        try:
            self.ask(take_over(self._source.packet()), answered)
        except WizardError as problem:
            self._desk.say(str(problem), wrong=True)

    def _read_plan(self, then: Callable[[], None]) -> None:
        """Show the plan; nothing else is asked until it is closed."""

        def closed() -> None:
            self._asking = False
            then()

        self._asking = True
        self._desk.show_rollback(closed)

    def _cancelled(self, chosen: Chosen | None) -> None:
        if chosen and chosen.answer == steering.CANCEL:
            self._source.submit(intents.CancelStep(chosen.note))

    def _paused(self, chosen: Chosen | None) -> None:
        if chosen and chosen.answer == steering.PAUSE:
            self._source.submit(intents.Stop("paused by the operator"))

    def _left(self, chosen: Chosen | None) -> None:
        if chosen and chosen.answer == steering.LEAVE:
            self._desk.leave()

    def _roll_back_chosen(self, chosen: Chosen | None) -> None:
        if chosen is None or chosen.answer == steering.STAY:
            return
        if chosen.answer == steering.PLAN:
            self._read_plan(lambda: self.roll_back(self._looking_at))
            return

        async def work(session: Session) -> str:
            return await session.roll_back(chosen.answer, chosen.note)

        if self._source.running:
            # A question is open, and nothing runs: the engine that waits makes way for the one that undoes.
            self._next = work
            self._source.submit(intents.Stop("to be rolled back"))
        else:
            self._again(work)

    def _over(self, outcome: Outcome) -> None:
        following, self._next = self._next, None
        if following:
            self._again(following)
        else:
            self.ask(steering.over(self._view, outcome), lambda chosen: self._after(outcome, chosen))

    def _after(self, outcome: Outcome, chosen: Chosen | None) -> None:
        answer = chosen.answer if chosen else steering.LOOK
        match answer:
            case steering.REPORT:
                self._desk.show_report()
            case steering.GO_ON:
                self.go_on()
            case steering.ROLL_BACK:
                self.roll_back("")
            case steering.LEAVE:
                self._desk.leave()
            case steering.ACCEPT_KEY if isinstance(outcome.error, HostKeyUnknown):
                self._again(None, outcome.error.fingerprint)

    def _again(self, work: Work | None, accept: str = "") -> None:
        try:
            self._source.again(work, accept)
        except WizardError as problem:
            self._desk.say(str(problem), wrong=True)
