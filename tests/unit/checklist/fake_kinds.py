"""Small kinds of action and check, so that the document's tests depend on no real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wizard.checklist.spec import ActionSpec, CheckSpec, Command, Count, Duration, Flag, Flaw, Mode, Name, Spec, Text


class Run(ActionSpec):
    kind: ClassVar[str] = "run"
    command: Command
    undo: Command | None = None
    irreversible: Text | None = None
    read_only: Flag = False
    secrets: Mapping[str, Text] = {}

    @property
    def changes(self) -> bool:
        return self.read_only is not True

    @property
    def undoable(self) -> bool:
        return self.undo is not None

    @property
    def irreversible_reason(self) -> str:
        return self.irreversible or ""


class File(ActionSpec):
    kind: ClassVar[str] = "file"
    path: Text
    content: Text | None = None
    absent: Flag = False
    mode: Mode | None = None

    def flaws(self) -> Iterator[Flaw]:
        if self.absent is True and self.content is not None:
            yield Flaw(("content",), "an absent file has no content", "take one of them away")


class Grant(Spec):
    account: Text
    access: Text = "rwx"


class Ownership(ActionSpec):
    kind: ClassVar[str] = "ownership"
    path: Text
    owner: Text | None = None
    recursive: Flag = False
    grant: Grant | None = None


class ByMatch(Spec):
    match: Text
    to: Text
    count: Count = 1


class ByPath(Spec):
    at: Text
    to: Text


class Edit(ActionSpec):
    kind: ClassVar[str] = "edit"
    path: Text
    replace: tuple[ByMatch | ByPath, ...]


class Ansible(ActionSpec):
    kind: ClassVar[str] = "ansible"
    playbook: Text
    host: Name


class Watch(ActionSpec):
    kind: ClassVar[str] = "watch"
    every: Duration
    tolerate_bad: Count = 0

    @property
    def changes(self) -> bool:
        return False


class CommandCheck(CheckSpec):
    kind: ClassVar[str] = "command"
    command: Command
    exit_status: Count | None = None
    stdout: Text | None = None

    def never_fails(self) -> str:
        return "" if self.exit_status is not None or self.stdout else "nothing is expected of the command"


class Tree(CheckSpec):
    kind: ClassVar[str] = "tree"
    path: Text
    owner: Text | None = None
    dir_mode: Mode | None = None


@dataclass(frozen=True)
class FakeKinds:
    actions: Mapping[str, type[Any]] = field(default_factory=dict)
    checks: Mapping[str, type[Any]] = field(default_factory=dict)


def _kind(spec: type[Spec]) -> type[Any]:
    return type(spec.__name__, (), {"Spec": spec})


KINDS = FakeKinds(
    {spec.kind: _kind(spec) for spec in (Run, File, Ownership, Edit, Ansible, Watch)},
    {spec.kind: _kind(spec) for spec in (CommandCheck, Tree)},
)
