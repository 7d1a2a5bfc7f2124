"""What every kind of check keeps: look at the world once, and say what was expected and what was seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from wizard.checklist.spec import CheckSpec
from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.world import World


class Outcome(StrEnum):
    """What came of looking. Only PASS opens a gate."""

    PASS = "pass"  # noqa: S105 - the word of a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIP = "skip"


@frozen
class Observation:
    """What one look showed: the expectation and the sight in words a person compares, and the lines that prove it."""

    outcome: Outcome
    expected: str
    observed: str
    evidence: Sequence[str] = ()


def passed(expected: str, observed: str, evidence: Sequence[str] = ()) -> Observation:
    """The expectation was seen to hold."""
    return Observation(Outcome.PASS, expected, observed, tuple(evidence))


def failed(expected: str, observed: str, evidence: Sequence[str] = ()) -> Observation:
    """The expectation was seen not to hold."""
    return Observation(Outcome.FAIL, expected, observed, tuple(evidence))


def unknown(expected: str, observed: str, evidence: Sequence[str] = ()) -> Observation:
    """It could not be observed; ``observed`` says why."""
    return Observation(Outcome.UNKNOWN, expected, observed, tuple(evidence))


def judged(holds: bool, expected: str, observed: str, evidence: Sequence[str] = ()) -> Observation:  # noqa: FBT001
    """Pass where it holds, fail where it does not."""
    return (passed if holds else failed)(expected, observed, evidence)


S = TypeVar("S", bound=CheckSpec)


class Check(ABC, Generic[S]):
    """One check, rendered, on its host. Subclasses set ``Spec`` and are found by being in this package."""

    Spec: ClassVar[type[CheckSpec]]

    def __init__(self, spec: S, world: World) -> None:
        self.spec = spec
        self.world = world

    @property
    def host(self) -> Host:
        """The host this check looks at."""
        return self.world.host

    @abstractmethod
    def title(self) -> str:
        """What must hold, in a few words: shown where the checklist gives no name."""

    @abstractmethod
    async def observe(self) -> Observation:
        """Look once. Retrying and holding are the gate's, not the check's.

        What cannot be observed is UNKNOWN, never PASS: no answer, no exit status, an unreadable journal.
        May raise a ``HostError``, which the gate records as UNKNOWN.
        """
