"""What every kind of action keeps: say what it will do, capture what it will change, do it, undo it, compare."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from wizard.checklist.spec import ActionSpec
from wizard.checks.base import Observation
from wizard.frozen import frozen
from wizard.hosts.base import Attempt, AttemptState, Ending, Host
from wizard.hosts.world import Mark, World

Before = Mapping[str, Any]
"""What an action captured before it changed anything: JSON, sufficient to restore exactly that."""


@frozen
class Plan:
    """What a person approves. ``command`` is what will run, rendered; ``undo`` says how it would be taken back."""

    command: str
    undo: str


@frozen
class Editable:
    """The text of an action that a person may change at its gate; ``undo`` is empty where it is no text of its own."""

    text: str
    undo: str = ""


@frozen
class Ran:
    """A script's end and what it printed (the last mebibyte of it)."""

    ending: Ending
    output: bytes = b""

    @property
    def ok(self) -> bool:
        """It ran to its end and exited 0."""
        return self.ending.ok

    @property
    def text(self) -> str:
        """The output, undecodable bytes shown as escapes."""
        return self.output.decode("utf-8", "backslashreplace")


@frozen
class Result:
    """What came of an action.

    Args:
        ok: It did what it set out to do; the checks still have the last word.
        known: False where the outcome could not be learnt (link lost for good, rebooted, runner killed).
        what: One line for a person.
        values: What ``capture`` may pick from by name, beside ``stdout``.
        output: What it printed.
    """

    ok: bool
    what: str
    known: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    output: str = ""


@frozen
class Difference:
    """One thing that is not as it was captured: a path, unit or setting, then and now."""

    where: str
    before: str
    now: str


@frozen
class Question:
    """What a person is asked. ``answers`` are named by effect, never yes or no."""

    text: str
    answers: Sequence[str]
    needs_note: bool = False


@frozen
class Reply:
    """What the person chose, in their own words where a note was wanted."""

    answer: str
    note: str = ""
    who: str = ""


@frozen
class Sample:
    """One look of a watch: ``ok``, ``bad`` or ``no data``, with the values seen.

    ``numbers`` are followed from look to look; ``every``, ``left`` and ``next_save`` are seconds: between two looks, to
    the watch's end, and to the next scheduled save, where one is due with what is unsaved now. ``mark`` is up to where
    the host was seen, and ``saves`` how many were due, seen and missed so far: a watch that was cut off goes on there.
    """

    verdict: str
    seen: Mapping[str, str]
    lines: Sequence[str] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    every: float = 0.0
    left: float | None = None
    next_save: float | None = None
    mark: Mark | None = None
    saves: Sequence[int] = ()


class Stage(Protocol):
    """What the engine offers an action while it performs; everything said here is journalled."""

    async def run(self, host: Host, attempt: Attempt) -> Ran:
        """Run a script through the host's runner. Journals the intent first; re-attaches where it was started already.

        ``attempt.key`` tells the scripts of one action apart; the stage puts run, step and attempt before it and
        applies the step's own time limit.
        """

    async def ask(self, question: Question) -> Reply:
        """Ask the person and wait; headless without an answer, the run stops here with its state kept."""

    async def observe(self) -> Sequence[tuple[str, Observation]]:
        """Look once at each of the step's ``samples``: the title and the observation of each."""

    def sample(self, sample: Sample) -> None:
        """Put one look of a watch on record."""

    def sampled(self) -> Sequence[Sample]:
        """The looks of this very watch on record, those of an earlier life of the run too."""

    def say(self, text: str) -> None:
        """Show a line beside the output."""

    async def pause(self, seconds: float) -> None:
        """Let time pass in a watch; ends early where the person ends the watch."""


S = TypeVar("S", bound=ActionSpec)


class Action(ABC, Generic[S]):
    """One action, rendered, on its host. Subclasses set ``Spec`` and are found by being in this package."""

    Spec: ClassVar[type[ActionSpec]]

    def __init__(self, spec: S, world: World) -> None:
        self.spec = spec
        self.world = world

    @property
    def host(self) -> Host:
        """The host this action works on."""
        return self.world.host

    @property
    def provable(self) -> bool:
        """An empty `compare` proves the restoration; False where there is nothing to compare with."""
        return True

    @abstractmethod
    def plan(self) -> Plan:
        """What will run and how it would be undone, without asking the host."""

    def editable(self) -> Editable | None:
        """What a person may change of it; None where it is made of more than a text."""
        return None

    def edited(self, edits: Sequence[Editable]) -> Self:
        """The same action with the last of these texts in place of its own; it may have run with any of the others."""
        raise NotImplementedError

    async def capture(self) -> Before:
        """Read what is about to change. Called once a step, before its first attempt; changes nothing.

        Raises:
            StepRefused: What was seen forbids going on (an edit that matches elsewhere, too).
        """
        return {}

    def revives(self, before: Before) -> bool:  # noqa: ARG002 - only a service's start depends on it
        """Its undo brings back to life what stands on older changes, so it comes after theirs are taken back."""
        return False

    @abstractmethod
    async def perform(self, stage: Stage, before: Before) -> Result:
        """Do it. What it starts is always the same, so that performing again after a crash attaches to it."""

    async def undo(self, stage: Stage, before: Before) -> Result:
        """Restore exactly what was captured. Safe where the action never started or stopped half-way."""
        raise NotImplementedError

    async def compare(self, before: Before) -> Sequence[Difference]:  # noqa: ARG002 - the contract of those that can
        """How the world now differs from what was captured; empty means restored, proven."""
        return ()


UNKNOWN: Mapping[AttemptState, str] = {
    AttemptState.REBOOTED: "the host rebooted before it ended",
    AttemptState.LOST: "its runner on the host was killed; what it had begun may still run",
    AttemptState.ABSENT: "the host, which had taken it on, knows nothing of it any more",
    AttemptState.CORRUPT: "what the host has kept of it contradicts itself",
}
"""Why an outcome was not learnt, for a person."""


def result_of(ran: Ran, did: str) -> Result:
    """The plain reading of a script's end: exit 0 is what it set out to do, no known end is not known."""
    ending = ran.ending
    missing = f"; at least {ending.dropped:,} bytes of its output were not kept" if ending.dropped else ""
    if not ending.state.known:
        why = UNKNOWN.get(ending.state, ending.state.value)
        return Result(ok=False, known=False, what=f"outcome unknown: {why}", output=ran.text)
    if ending.timed_out:
        return Result(ok=False, what=f"ended by the host at its time limit{missing}", output=ran.text)
    if ending.exit_status is None:
        return Result(ok=False, what=f"did not run: {ending.state.value}", output=ran.text)
    what = did if ran.ok else f"exit status {ending.exit_status}"
    return Result(ok=ran.ok, what=f"{what}{missing}", output=ran.text)
