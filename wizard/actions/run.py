"""``run``: a shell command, with the command that takes it back, or the reason why nothing can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Self

from pydantic import Field

from wizard.actions.base import Action, Before, Difference, Editable, Plan, Result, Stage, result_of
from wizard.checklist.spec import ActionSpec, Command, Flag, Flaw, Text
from wizard.hosts.base import Answer, Attempt
from wizard.text import one_line

_CHECK_LIMIT = 60.0


class RunSpec(ActionSpec):
    """A POSIX sh command. ``undo_check`` exits 0 where everything is as it was before the command."""

    kind: ClassVar[str] = "run"

    command: Command
    undo: Command | None = None
    undo_check: Command | None = None
    irreversible: Text | None = None
    read_only: Flag = False
    secrets: dict[str, Text] = Field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """It changes something unless the author says that it only reads."""
        return self.read_only is not True

    @property
    def irreversible_reason(self) -> str:
        """Why nothing can take it back."""
        return self.irreversible or ""

    @property
    def undoable(self) -> bool:
        """The author gave the command that takes it back."""
        return self.undo is not None

    def flaws(self) -> Iterator[Flaw]:
        """Contradictions; a changing command with neither undo nor reason is for the linter of steps."""
        if self.read_only is True and (self.undo or self.irreversible):
            yield Flaw(("read_only",), "what only reads needs no undo", "Remove undo and irreversible, or read_only")
        if self.undo and self.irreversible:
            yield Flaw(("irreversible",), "it has an undo as well", "Keep one of undo and irreversible")
        if self.undo_check and not self.undo:
            yield Flaw(("undo_check",), "proves an undo that is not there", "Give undo too")
        yield from (
            Flaw(("secrets", name), f"{name!r} cannot be a variable's name", "Use capitals, digits and _")
            for name in self.secrets
            if not name.isidentifier() or not name.isascii()
        )


class Run(Action[RunSpec]):
    """Runs a command.

    Before-state: ``undo_check``, the exit status of that command then, None where it did not answer; else empty.
    """

    Spec = RunSpec

    @property
    def provable(self) -> bool:
        """Only the author's own check can say that a command was taken back."""
        return self.spec.undo_check is not None or not self.spec.changes

    def plan(self) -> Plan:
        """Both commands as they are."""
        if not self.spec.changes:
            return Plan(self.spec.command, "not needed: it only reads")
        return Plan(self.spec.command, self.spec.undo or f"cannot be undone: {self.spec.irreversible_reason}")

    def editable(self) -> Editable:
        """The command, and the command that takes it back."""
        return Editable(self.spec.command, self.spec.undo or "")

    def edited(self, edits: Sequence[Editable]) -> Self:
        """With another command, and another undo where it has one."""
        new = edits[-1]
        changed = {"command": new.text, "undo": new.undo} if self.spec.undo else {"command": new.text}
        return type(self)(self.spec.model_copy(update=changed), self.world)

    async def capture(self) -> Before:
        """Whether the check that will prove an undo holds now, as it should; nothing where there is none."""
        return {} if self.spec.undo_check is None else {"undo_check": (await self._check()).exit_status}

    async def _check(self) -> Answer:
        return await self.host.ask(self.spec.undo_check or ":", limit=_CHECK_LIMIT)

    async def perform(self, stage: Stage, before: Before) -> Result:  # noqa: ARG002 - a command knows no before-state
        """Run it."""
        return result_of(await stage.run(self.host, self._attempt("run", self.spec.command)), "exit status 0")

    def _attempt(self, key: str, script: str) -> Attempt:
        secrets: Mapping[str, str] = self.spec.secrets
        return Attempt(key, script, secrets=secrets)

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Run the author's undo, unless the author's check says that there is nothing to take back."""
        if not self.spec.changes:
            return Result(ok=True, what="it only reads; nothing to undo")
        if self.spec.undo is None:
            return Result(ok=False, what=f"cannot be undone: {self.spec.irreversible_reason}")
        if self.spec.undo_check is not None and not await self.compare(before):
            return Result(ok=True, what="everything is as it was; nothing to undo")
        return result_of(await stage.run(self.host, self._attempt("undo", self.spec.undo)), "undo: exit status 0")

    async def compare(self, before: Before) -> Sequence[Difference]:
        """The author's check; without one there is nothing to compare with, and `provable` is False."""
        if self.spec.undo_check is None:
            return ()
        about = one_line(self.spec.undo_check)
        if before.get("undo_check") != 0:
            then = f"exit status {before.get('undo_check')}"
            return [Difference(about, then, "it did not hold before the step, so it proves nothing")]
        answer = await self._check()
        if answer.ok:
            return ()
        now = "no answer" if answer.exit_status is None or answer.timed_out else f"exit status {answer.exit_status}"
        return [Difference(about, "exit status 0", now)]
