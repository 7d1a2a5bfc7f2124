"""The shipped checklist, changed so that a trap would spring: some of its steps only, or other words in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .operator import REPOSITORY

NAME = "redis-ownership"
SHIPPED = REPOSITORY / "checklists" / f"{NAME}.yaml"
SECTION, PHASE, STEP, TAIL = r"(?m)^(?=[a-z])", r"(?m)^(?=  - id: )", r"(?m)^(?=      - id: )", r"(?m)^(?=    [a-z])"
SHORT: dict[str, Any] = {
    "monitor_for": "2s",
    "monitor_every": "1s",
    "stop_timeout": 30,
    "second_restart": "false",
}
ABOUT_STEPS = ("prevention:", "impact:", "notify:")
"""Sections that name phases, steps or what steps capture, so that they go where steps go."""
STEP_ID = re.compile(r"      - id: (\S+)\n")


@dataclass(frozen=True)
class Copy:
    """A copy of the shipped checklist; every change gives another copy."""

    text: str

    @classmethod
    def whole(cls) -> Self:
        """The checklist as it is shipped."""
        return cls(SHIPPED.read_text())

    def replaced(self, old: str, new: str) -> Self:
        """Other words; those replaced must be there."""
        if old not in self.text:
            raise AssertionError(f"the shipped checklist does not say: {old}")
        return type(self)(self.text.replace(old, new))

    def only(self, *steps: str) -> Self:
        """These steps, word for word and in the shipped order; the gate of a phase goes where a step of it does."""
        if missing := set(steps) - set(_ids(self.text)):
            raise AssertionError(f"the shipped checklist has no {missing}")
        sections = [part for part in re.split(SECTION, self.text) if not part.startswith(ABOUT_STEPS)]
        return type(self)("".join(_phases(part, steps) if part.startswith("phases:") else part for part in sections))

    def steps_of(self, *phases: str) -> list[str]:
        """The steps of these phases, in their order."""
        heads = tuple(f"  - id: {phase}\n" for phase in phases)
        return [step for part in re.split(PHASE, self.text) if part.startswith(heads) for step in _ids(part)]

    def write(self, folder: Path) -> Path:
        """The copy as a file."""
        path = folder / f"{NAME}-changed.yaml"
        path.write_text(self.text)
        return path


def _ids(text: str) -> list[str]:
    return STEP_ID.findall(text)


def _phases(section: str, steps: Collection[str]) -> str:
    head, *phases = re.split(PHASE, section)
    return head + "".join(kept for phase in phases for kept in _phase(phase, steps))


def _phase(phase: str, steps: Collection[str]) -> Iterator[str]:
    head, *blocks = re.split(STEP, phase)
    last, *tail = re.split(TAIL, blocks[-1])
    every = [*blocks[:-1], last]
    kept = [block for block in every if STEP_ID.match(block) and _ids(block)[0] in steps]
    if kept:
        yield "".join([head, *kept, *(tail if kept == every else ())])
