"""A document on its way through lint: what is sound of it, and the names that templates and steps may say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, NamedTuple, TypeVar

from wizard.checklist.model import CheckItem, Checklist, Phase, Step
from wizard.checklist.positions import Loc
from wizard.checklist.sound import mappings, names

LOCAL = "local"
"""The host that is always there."""

_LATE = {"exit_criteria", "risks", "impact", "rollback", "lessons", "prevention", "notify", "references"}
"""Parts that are read when every step is over."""

P = TypeVar("P")
K = TypeVar("K", Step, CheckItem)


class Finding(NamedTuple):
    """Something wrong at ``loc``, and the mend."""

    loc: Loc
    what: str
    mend: str


def sound(items: Iterable[P | None] | None, loc: Loc) -> Iterator[tuple[Loc, P]]:
    """The parts of a list whose types were right, with their places."""
    for number, item in enumerate(items or ()):
        if item is not None:
            yield (*loc, number), item


def _of_a_kind(parts: Iterable[tuple[Loc, K]]) -> Iterator[tuple[Loc, K]]:
    """Those that say what to do or to check."""
    return ((loc, part) for loc, part in parts if part.kinds)


@dataclass(frozen=True)
class Draft:
    """``data`` is the document as plain data; ``checklist`` has None in place of each part that is not sound."""

    data: Mapping[str, Any]
    checklist: Checklist

    def phases(self) -> Iterator[tuple[Loc, Phase]]:
        """The phases."""
        yield from sound(self.checklist.phases, ("phases",))

    def steps(self) -> Iterator[tuple[Loc, Step]]:
        """The sound steps, in the order in which they run."""
        for loc, phase in self.phases():
            yield from _of_a_kind(sound(phase.steps, (*loc, "steps")))

    def checks(self) -> Iterator[tuple[Loc, CheckItem]]:
        """Every sound check item that gates something."""
        for loc, step in self.steps():
            yield from _of_a_kind(sound(step.requires, (*loc, "requires")))
            yield from _of_a_kind(sound(step.checks, (*loc, "checks")))
        for loc, phase in self.phases():
            yield from _of_a_kind(sound(phase.checks, (*loc, "checks")))
        yield from _of_a_kind(sound(self.checklist.exit_criteria, ("exit_criteria",)))

    @cached_property
    def inputs(self) -> set[str]:
        """Names of the inputs, sound or not."""
        return names(self.data, "inputs")

    @cached_property
    def secrets(self) -> set[str]:
        """Names of the inputs that are secrets."""
        declared = self.data.get("inputs")
        given = declared.items() if isinstance(declared, Mapping) else ()
        return {name for name, one in given if isinstance(one, Mapping) and one.get("type") == "secret"}

    @cached_property
    def hosts(self) -> set[str]:
        """Names of the hosts, sound or not."""
        return names(self.data, "hosts") | {LOCAL}

    @cached_property
    def captures(self) -> dict[Loc, set[str]]:
        """What each step captures, sound or not, in the order in which they run."""
        return {loc: names(step, "capture") for loc, step in mappings(self.data, "phases", "steps")}

    def captured_at(self, loc: Loc) -> set[str]:
        """What is captured by the time the text at ``loc`` is rendered."""
        moment = _moment(loc)
        return set().union(*(kept for over, kept in self._kept if over < moment))

    @cached_property
    def _kept(self) -> list[tuple[tuple[float, ...], set[str]]]:
        """What is captured when: after the step's action and ahead of its checks."""
        return [((*_moment(step)[:2], 1.0), kept) for step, kept in self.captures.items() if kept]


def _moment(loc: Loc) -> tuple[float, ...]:
    """When the text at ``loc`` is rendered: phase, step, and ahead of its action or, for its checks, after it."""
    if loc[0] != "phases":
        return (inf,) if loc[0] in _LATE else (-1.0,)
    phase = float(loc[1])
    if loc[2:3] == ("steps",):
        return phase, float(loc[3]), 2.0 if loc[4:5] == ("checks",) else 0.0
    return phase, inf if loc[2:3] == ("checks",) else -1.0
