"""``file``: one path: there or not, whose, its mode, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from wizard.checklist.spec import AccountName, CheckSpec, Count, Flag, Flaw, Mode, Text
from wizard.checks.base import Check, Observation, judged
from wizard.facts.asking import PLAIN, ask, operand, unseen
from wizard.facts.files import FileState, is_absence, look
from wizard.text import one_line


class FileCheckSpec(CheckSpec):
    """A path. ``contains`` and ``lacks`` are literal text; ``same_as`` is another path with the same bytes."""

    kind: ClassVar[str] = "file"

    path: Text
    exists: Flag = True
    owner: AccountName | None = None
    group: AccountName | None = None
    mode: Mode | None = None
    what: Literal["file", "directory"] | None = Field(None, alias="kind")
    contains: list[Text] = Field(default_factory=list)
    lacks: list[Text] = Field(default_factory=list)
    same_as: Text | None = None
    min_bytes: Count | None = None

    def flaws(self) -> Iterator[Flaw]:
        """Nothing can be asked of a file that must not be there."""
        if self.exists is False and self._asks_more():
            yield Flaw(("exists",), "a file that must not be there has no content or owner", "Remove the other fields")
        if "" in (*self.contains, *self.lacks):
            yield Flaw(("contains",), "an empty text is in every file", "Name the text")

    def _asks_more(self) -> bool:
        plain = (self.owner, self.group, self.mode, self.what, self.same_as, self.min_bytes)
        return any(value is not None for value in plain) or bool(self.contains or self.lacks)


class FileCheck(Check[FileCheckSpec]):
    """Looks at one path, without following a symbolic link."""

    Spec = FileCheckSpec

    def title(self) -> str:
        """What the path must be."""
        return f"{one_line(self.spec.path)} {'is as it should be' if self.spec.exists else 'is not there'}"

    async def observe(self) -> Observation:
        """Look once."""
        state = await look(self.host, self.spec.path, content=bool(self.spec.contains or self.spec.lacks))
        if not self.spec.exists:
            return judged(state.kind == "absent", "absent", str(state))
        wrong = [*self._wrong(state)] if state.kind != "absent" else ["it is not there"]
        if self.spec.same_as is not None and not wrong:
            wrong = await self._unlike(self.spec.same_as)
        return judged(not wrong, ", ".join(self._wishes()) or "there", "; ".join(wrong) or str(state), wrong)

    def _wishes(self) -> Iterator[str]:
        named = {"owner": self.spec.owner, "group": self.spec.group, "mode": self.spec.mode, "kind": self.spec.what}
        yield from (f"{name} {value}" for name, value in named.items() if value is not None)
        if self.spec.min_bytes is not None:
            yield f"{self.spec.min_bytes} bytes or more"
        yield from (f"contains {one_line(text)}" for text in self.spec.contains)
        yield from (f"lacks {one_line(text)}" for text in self.spec.lacks)
        if self.spec.same_as is not None:
            yield f"the same bytes as {one_line(self.spec.same_as)}"

    def _wrong(self, state: FileState) -> Iterator[str]:
        if self.spec.what is not None and state.kind != self.spec.what:
            yield f"it is a {state.kind}"
        if not state.belongs_to(self.spec.owner, self.spec.group):
            yield f"it belongs to {state.owner}:{state.group}"
        if self.spec.mode is not None and state.mode != int(self.spec.mode, 8):
            yield f"its mode is {state.octal:>04}"
        if self.spec.min_bytes is not None and state.size < self.spec.min_bytes:
            yield f"it has {state.size} bytes"
        yield from self._wrong_content(state.content)

    def _wrong_content(self, content: bytes | None) -> Iterator[str]:
        if content is None:
            yield from ["it has no content to read"] if self.spec.contains or self.spec.lacks else []
            return
        yield from (f"it lacks {one_line(text)}" for text in self.spec.contains if text.encode() not in content)
        yield from (f"it contains {one_line(text)}" for text in self.spec.lacks if text.encode() in content)

    async def _unlike(self, other: str) -> list[str]:
        script = f"{PLAIN}\ncmp -s -- {operand(self.spec.path)} {operand(other)}\nstatus=$?\n"
        script += f"[ $status -le 1 ] || cat -- {operand(self.spec.path)} {operand(other)} >/dev/null\nexit $status\n"
        answer = await ask(self.host, script, f"{one_line(self.spec.path)} beside {one_line(other)}", limit=60.0)
        if answer.exit_status == 0:
            return []
        if answer.exit_status == 1 or is_absence(answer):
            return [answer.complaint or f"it differs from {one_line(other)}"]
        raise unseen(self.host, one_line(other), answer)
