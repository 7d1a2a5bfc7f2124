"""``file``: one file with exactly this content, owner and mode, or none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import ClassVar, Self

from pydantic import Field

from wizard.actions.base import Before, Editable, Plan
from wizard.actions.replacing import PRIVACY, ReplacesFile, missing
from wizard.actions.writing import Wanted
from wizard.checklist.spec import AccountName, ActionSpec, Flag, Flaw, LocalPath, Mode, Text
from wizard.errors import StepRefused
from wizard.facts import accounts
from wizard.facts.files import LIMIT, FileState
from wizard.facts.privacy import is_private, lines_of, shown
from wizard.hosts.world import World
from wizard.text import one_line

DEFAULT_MODE = "644"
"""Of a new file for which the checklist names no mode."""


class FileSpec(ActionSpec):
    """A file as it shall be. What is not named stays as it is; a new file is 0644 and belongs to who makes it."""

    kind: ClassVar[str] = "file"

    path: Text
    content: Text | None = None
    source: LocalPath | None = None
    absent: Flag = False
    mode: Mode | None = None
    owner: AccountName | None = None
    group: AccountName | None = None
    secret: Flag | None = Field(default=None, description=PRIVACY)

    @property
    def private(self) -> bool:
        """Others may not read what is written, as far as the checklist tells."""
        return is_private(self.secret, self.mode)

    def flaws(self) -> Iterator[Flaw]:
        """Exactly one of content, source and absent; attributes only for a file that will be there."""
        given = [self.content is not None, self.source is not None, self.absent is not False]
        if sum(given) != 1:
            yield Flaw(("path",), "needs exactly one of content, source and absent: true", "Keep one of them")
        if self.absent is True and (self.mode or self.owner or self.group):
            yield Flaw(("absent",), "a file that is removed has no mode or owner", "Remove mode, owner and group")


class File(ReplacesFile[FileSpec]):
    """Writes or removes one file."""

    Spec = FileSpec

    def __init__(self, spec: FileSpec, world: World, edits: Sequence[Editable] = ()) -> None:
        super().__init__(spec, world)
        self._edits = tuple(edits)

    def plan(self) -> Plan:
        """The content as it will be."""
        path = one_line(self.spec.path, 400)
        if self.spec.absent:
            return Plan(f"remove {path}", f"put {path} back, byte for byte, with its owner, mode and ACL")
        belongs = [f"mode {self.spec.mode}" if self.spec.mode else "", self._whose()]
        head = ", ".join([f"write {path}", *(part for part in belongs if part)])
        body = f"as {self.spec.source}" if self.spec.content is None else self._shown(self.spec.content)
        return Plan(f"{head}:\n{body}", f"{path} as it was, byte for byte; removed again if it was not there")

    def _whose(self) -> str:
        if self.spec.owner and self.spec.group:
            return f"owner {self.spec.owner}:{self.spec.group}"
        return f"owner {self.spec.owner}" if self.spec.owner else f"group {self.spec.group}" if self.spec.group else ""

    def _shown(self, content: str) -> str:
        return shown(content, lines_of(self.world.written)) if self.spec.private else content

    def editable(self) -> Editable | None:
        """The content, where the checklist has it; what was captured takes it back.

        None where others may not read it, as what a person makes of it is put on record.
        """
        return None if self.spec.content is None or self.spec.private else Editable(self.spec.content)

    def edited(self, edits: Sequence[Editable]) -> Self:
        """With another content."""
        return type(self)(self.spec.model_copy(update={"content": edits[-1].text}), self.world, edits)

    def ours(self, before: Before) -> Sequence[Wanted]:
        """The newest content first; any of the others may be there from an earlier attempt."""
        captured = Wanted.from_json(before["wanted"])
        newer = [replace(captured, content=_bytes(one.text)) for one in reversed(self._edits)]
        return [*newer, captured]

    async def capture(self) -> Before:
        """The file as it is, what it shall become, and the folders that have to be made for it."""
        was = await self.look_at(self.spec.path)
        wanted = self._wanted(was)
        await accounts.require(self.host, self.spec.owner, self.spec.group)
        above = [] if wanted.content is None or was.kind == "file" else _above(self.spec.path)
        return self.before(self.spec.path, was, wanted, await missing(self.host, above))

    def _wanted(self, was: FileState) -> Wanted:
        if self.spec.absent:
            return Wanted(None)
        old = Wanted.as_it_is(was)
        return Wanted(
            content=self._content(),
            owner=self.spec.owner or old.owner,
            group=self.spec.group or old.group,
            mode=f"{int(self.spec.mode, 8):o}" if self.spec.mode else old.mode if was.kind == "file" else DEFAULT_MODE,
            acl=old.acl,
        )

    def _content(self) -> bytes:
        if self.spec.content is not None:
            return _bytes(self.spec.content)
        source = Path(self.spec.source or "").expanduser()
        try:
            with source.open("rb") as file:
                found = file.read(LIMIT + 1)
        except OSError as problem:
            raise StepRefused(f"{source} cannot be read: {problem.strerror}", mend="Name a file that is here") from None
        if len(found) > LIMIT:
            raise StepRefused(f"{source} is longer than {LIMIT} bytes", mend="Copy it with run")
        return found


def _bytes(content: str) -> bytes:
    return content.encode("utf-8", "surrogateescape")


def _above(path: str) -> list[str]:
    """The folders above a path, outermost first."""
    return [str(folder) for folder in reversed(PurePosixPath(path).parents)]
