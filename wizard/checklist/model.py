"""The document: phases of steps, each with one action and the checks that must hold after it.

Step and check item have one key a kind; `wizard.checklist.build` adds those keys from the registry it is handed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, cast

from wizard.checklist.meaning import ELSEWHERE
from wizard.checklist.spec import (
    ActionSpec,
    CheckSpec,
    Command,
    Condition,
    Duration,
    Flag,
    Flaw,
    Name,
    Pattern,
    Prose,
    Spec,
    Text,
)
from wizard.checklist.surroundings import (
    Evidence,
    HostSpec,
    Input,
    RedisSource,
    Source,
    Variable,
    regex_cautions,
    regex_flaw,
)
from wizard.patterns import group_count

__all__ = [
    "Capture",
    "CheckItem",
    "Checklist",
    "Evidence",
    "HostSpec",
    "Input",
    "Lesson",
    "Measure",
    "Notice",
    "Phase",
    "Prevention",
    "RedisSource",
    "Risk",
    "Source",
    "Step",
]


Default = Annotated[Any, ELSEWHERE]
"""What a field of a kind is where a step or check leaves it out."""


class Risk(Spec):
    """What may go wrong, and what is done against it. ``came_true`` is what the report asks about it."""

    risk: Prose
    probability: Prose
    impact: Prose
    mitigation: Prose
    came_true: Prose | None = None


class Lesson(Spec):
    """A question for the report, asked when the run is over; never gates."""

    ask: Prose
    about: Prose | None = None


class Prevention(Spec):
    """A measure against the next time. ``checked_by`` names steps or exit criteria that prove it."""

    measure: Prose
    checked_by: tuple[Prose, ...] = ()


class Measure(Spec):
    """A figure of the damage for the report: what it counts, and a template of a captured value."""

    what: Prose
    value: Text


class Notice(Spec):
    """Whom to tell.

    Args:
        when: In words, as a person reads it.
        at: When it is shown: ids of phases, for their ends; ``gate``, for every gate that stays shut; ``end``, for the
            end of the run however it ends; ``resolved``, for that end alone. Where it is not given: at gates and at
            the end.
        text: What to paste, rendered with inputs, ``captured`` and ``run``; how the run stands, where it is not given.
    """

    who: Prose
    when: Prose | None = None
    at: tuple[Prose, ...] = ()
    text: Text | None = None


class Capture(Spec):
    """A value kept for later: from the action's output, from a command, or from the action's own results.

    Args:
        stdout: Regular expression with one group.
        command: Run on ``on``, or on the step's host; its output, trimmed, is the value.
        value: A name the action knows.
    """

    stdout: Pattern | None = None
    command: Command | None = None
    on: Name | None = None
    value: Text | None = None

    def flaws(self) -> Iterator[Flaw]:
        """A capture of nothing or of two things, or a regular expression without its one group."""
        given = [name for name in ("stdout", "command", "value") if getattr(self, name) is not None]
        if len(given) != 1:
            yield Flaw((), "a capture needs exactly one of `stdout`, `command` and `value`", "write one of them")
        bad = list(regex_flaw("stdout", self.stdout))
        yield from bad
        if not bad and self.stdout and "{{" not in self.stdout and group_count(self.stdout) != 1:
            yield Flaw(
                ("stdout",), "the expression does not have exactly one group", "put ( ) around the value to keep"
            )
        if self.on is not None and self.command is None:
            yield Flaw(("on",), "`on` goes with `command`", "take it away")

    def cautions(self) -> Iterator[Flaw]:
        """A pattern that may explode over what is printed."""
        yield from regex_cautions("stdout", self.stdout)


class CheckItem(Spec):
    """One check and how patient it is. Durations are in seconds.

    Args:
        on: Host; the step's own where it is not given.
        within: Look again until it passes, this long.
        every: Wait this long between two looks.
        hold: It must then stay passed this long.
        lasting: It must go on holding to the end: looked at again on resume and before the exit criteria.
    """

    keys: ClassVar[Mapping[str, str]] = {}
    """The kinds' keys and the fields that hold them."""

    name: Prose | None = None
    on: Name | None = None
    when: Condition | None = None
    within: Duration = 0.0
    every: Duration = 1.0
    hold: Duration = 0.0
    lasting: Flag = False
    advice: Prose | None = None

    @property
    def kinds(self) -> list[str]:
        """The keys of the kinds it was given: exactly one in a document without problems."""
        return [key for key, field in self.keys.items() if getattr(self, field) is not None]

    @property
    def kind(self) -> str:
        """The key of its kind."""
        return self.kinds[0]

    @property
    def check(self) -> CheckSpec:
        """What its kind is given."""
        return cast("CheckSpec", getattr(self, self.keys[self.kind]))


class Step(Spec):
    """One action, what must hold after it, and what to keep of it.

    Args:
        item: The item of the incident's report that it answers.
        when: A template; false means that the step is not needed.
        requires: What must hold before it starts: the guard of an act that cannot wait for its own proof.
        samples: What a watch looks at.
        safe_stop: Why it is safe to end the run here.
        on_unknown: What to do where the outcome of the action was not learnt.
        limit: Seconds after which the host ends the action.
    """

    keys: ClassVar[Mapping[str, str]] = {}
    """The kinds' keys and the fields that hold them."""

    id: Name
    title: Prose
    why: Prose
    item: Prose | None = None
    on: Name = "local"
    when: Condition | None = None
    requires: tuple[CheckItem, ...] = ()
    checks: tuple[CheckItem, ...] = ()
    samples: tuple[CheckItem, ...] = ()
    capture: Mapping[Variable, Capture] = {}
    safe_stop: Prose | None = None
    on_unknown: Literal["probe", "ask", "safe_to_retry"] = "ask"
    advice: Prose | None = None
    limit: Duration = 600.0

    @property
    def kinds(self) -> list[str]:
        """The keys of the kinds it was given: exactly one in a document without problems."""
        return [key for key, field in self.keys.items() if getattr(self, field) is not None]

    @property
    def kind(self) -> str:
        """The key of its kind."""
        return self.kinds[0]

    @property
    def action(self) -> ActionSpec:
        """What its kind is given."""
        return cast("ActionSpec", getattr(self, self.keys[self.kind]))

    @property
    def changed_hosts(self) -> tuple[str, ...]:
        """The hosts that it changes, the one it runs on first."""
        return tuple(dict.fromkeys((self.on, *self.action.reaches))) if self.action.changes else ()


class Phase(Spec):
    """Steps that belong together, and the gate behind them."""

    id: Name
    title: Prose
    why: Prose | None = None
    steps: tuple[Step, ...] = ()
    checks: tuple[CheckItem, ...] = ()


class Checklist(Spec):
    """A whole document. ``defaults`` holds, by kind, the fields that its parts leave out."""

    checklist: Name
    title: Prose
    severity: Literal["critical", "high", "medium", "low"]
    about: Prose | None = None
    inputs: Mapping[Variable, Input] = {}
    hosts: Mapping[Name, HostSpec] = {}
    defaults: Mapping[str, Mapping[str, Default]] = {}
    evidence: tuple[Evidence, ...] = ()
    risks: tuple[Risk, ...] = ()
    phases: tuple[Phase, ...] = ()
    exit_criteria: tuple[CheckItem, ...] = ()
    impact: tuple[Measure, ...] = ()
    rollback: Prose | None = None
    lessons: tuple[Lesson, ...] = ()
    prevention: tuple[Prevention, ...] = ()
    notify: tuple[Notice, ...] = ()
    references: tuple[Prose, ...] = ()

    @cached_property
    def hidden(self) -> Mapping[str, Sequence[tuple[str, Literal[True] | str]]]:
        """By host, the paths whose content steps may keep secret, each with its ``secret``; both are still templates.

        Found once: a run asks for them each time that it renders a step or a check.
        """
        found: dict[str, list[tuple[str, Literal[True] | str]]] = {}
        for step in (step for phase in self.phases for step in phase.steps):
            path, secret = getattr(step.action, "path", None), getattr(step.action, "secret", None)
            if path is not None and secret:
                found.setdefault(step.on, []).append((path, secret))
        return found
