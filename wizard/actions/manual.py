"""``manual``: something a person does or decides, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from wizard.actions.base import Action, Before, Plan, Question, Result, Stage, result_of
from wizard.checklist.spec import ActionSpec, Command, Flag, Flaw, Text
from wizard.hosts.base import Attempt
from wizard.text import one_line

UNDONE = "taken back"
NOT_STARTED = "there was nothing to take back"
STILL_THERE = "could not be taken back"

_UNSHOWN = "What was to be shown beside this may be missing or cut short"


class ManualSpec(ActionSpec):
    """What a person is asked to do. Each of the answers lets the step go on; not doing it is the gate's skip.

    `show` is a POSIX sh command that only reads, on the step's host: what it prints is read beside the question.
    """

    kind: ClassVar[str] = "manual"

    ask: Text
    show: Command | None = None
    answers: list[Text] = Field(default_factory=lambda: ["done"])
    note: Flag = False
    changing: Flag = Field(default=False, alias="changes")
    undo: Text | None = None
    irreversible: Text | None = None

    @property
    def changes(self) -> bool:
        """The author says that what the person does changes something."""
        return self.changing is not False

    @property
    def irreversible_reason(self) -> str:
        """Why the person cannot take it back."""
        return self.irreversible or ""

    @property
    def undoable(self) -> bool:
        """The author says what the person must do to take it back."""
        return self.undo is not None

    def flaws(self) -> Iterator[Flaw]:
        """Answers to choose from, and an undo only for what changes something."""
        if not self.answers:
            yield Flaw(("answers",), "nobody could answer", "Leave answers out for done, or list them")
        if len(set(self.answers)) != len(self.answers):
            yield Flaw(("answers",), "the same answer twice", "Name each answer by its effect")
        if not self.changes and (self.undo or self.irreversible):
            yield Flaw(("undo",), "it says that it changes nothing", "Add changes: true, or remove undo")
        if self.undo and self.irreversible:
            yield Flaw(("irreversible",), "it has an undo as well", "Keep one of undo and irreversible")


class Manual(Action[ManualSpec]):
    """Asks a person."""

    Spec = ManualSpec

    @property
    def provable(self) -> bool:
        """A person's word is no proof; where nothing was changed none is needed."""
        return not self.spec.changes

    def plan(self) -> Plan:
        """The question, and what the person would do to take it back."""
        asks = f"{self.spec.ask}\nbeside it: {self.spec.show}" if self.spec.show else self.spec.ask
        if not self.spec.changes:
            return Plan(asks, "not needed: it changes nothing")
        return Plan(asks, self.spec.undo or f"cannot be undone: {self.spec.irreversible_reason}")

    async def perform(self, stage: Stage, before: Before) -> Result:  # noqa: ARG002 - a person knows no before-state
        """Ask, and keep the answer: ``values`` holds ``answer``, ``note`` and ``who``."""
        asks = f"{self.spec.ask}{await self._shown(stage)}"
        reply = await stage.ask(Question(asks, self.spec.answers, needs_note=bool(self.spec.note)))
        values = {"answer": reply.answer, "note": reply.note, "who": reply.who}
        note = f": {one_line(reply.note)}" if reply.note else ""
        return Result(ok=reply.answer in self.spec.answers, what=f"{one_line(reply.answer)}{note}", values=values)

    async def _shown(self, stage: Stage) -> str:
        """Print what is to be read beside the question; words for it where that did not succeed."""
        if not self.spec.show:
            return ""
        ran = await stage.run(self.host, Attempt("show", self.spec.show))
        return "" if ran.ok else f"\n{_UNSHOWN} ({result_of(ran, '').what})."

    async def undo(self, stage: Stage, before: Before) -> Result:  # noqa: ARG002 - a person knows no before-state
        """Ask the person to take it back."""
        if not self.spec.changes:
            return Result(ok=True, what="it changed nothing; nothing to undo")
        if self.spec.undo is None:
            return Result(ok=False, what=f"cannot be undone: {self.spec.irreversible_reason}")
        reply = await stage.ask(Question(self.spec.undo, [UNDONE, NOT_STARTED, STILL_THERE]))
        note = f": {one_line(reply.note)}" if reply.note else ""
        return Result(ok=reply.answer in {UNDONE, NOT_STARTED}, what=f"{one_line(reply.answer)}{note}")
