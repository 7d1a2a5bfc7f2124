"""Two runs of one checklist side by side: how they ended, what each step took, and what was seen to differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wizard.report.times import shown
from wizard.run import events as ev
from wizard.run import state as st
from wizard.run.events import Record
from wizard.run.state import RunState, replay

MISSING = ""
"""What stands where one of the two has nothing."""

NOT_STEPS = {"end": "exit criteria"}
"""What a scope is called that is neither a step nor a phase."""

CRASHED, PAUSED = "no end on record", "paused"


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing as it was in both runs; empty where it was not."""

    what: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """It was not alike."""
        return self.left != self.right


@dataclass(frozen=True, slots=True)
class Took:
    """How a step stood at last, empty where it was not in the run, and what it took; None where it did not end."""

    status: str = MISSING
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StepPair:
    """A step in both runs. ``place`` is its number, in the later run where it is in that."""

    place: str
    title: str
    left: Took
    right: Took


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, the later one at the right.

    Args:
        ends: Run, begin, outcome, duration, operator and checklist, alike or not.
        inputs: Those that differ; secrets are not among them.
        steps: Every step of either.
        checks: Checks whose last look came to something else, with what was observed.
        captured: Captured values that differ.
        deviations: What was skipped or accepted in either.
    """

    title: str
    ends: Sequence[Pair]
    inputs: Sequence[Pair]
    steps: Sequence[StepPair]
    checks: Sequence[Pair]
    captured: Sequence[Pair]
    deviations: Sequence[Pair]


def compare(earlier: Sequence[Record], later: Sequence[Record]) -> Comparison:
    """What is alike in two runs and what is not."""
    left, right = _Side(earlier), _Side(later)
    return Comparison(
        title=right.title or left.title,
        ends=[Pair(what, tell(left), tell(right)) for what, tell in _ENDS.items()],
        inputs=list(_differing(left.inputs(), right.inputs())),
        steps=list(_steps(left, right)),
        checks=list(_differing(left.checks(), right.checks(), _verdict)),
        captured=list(_differing(left.state.captured, right.state.captured)),
        deviations=list(_paired(left.deviations(), right.deviations())),
    )


class _Side:
    """One of the two."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.state: RunState = replay(records)
        self.seconds = {
            record.event.step: record.event.seconds for record in records if isinstance(record.event, ev.StepEnded)
        }
        self.places = dict(_places(self.state))
        # What is written into the report afterwards makes no run longer.
        ends = [record.at for record in records if isinstance(record.event, ev.RunEnded)] if self.state.ended else []
        self.over_at = [self.state.last_at, *ends][-1]
        started = self.state.started
        self.title = started.title if started else MISSING

    def started(self, name: str) -> str:
        return str(getattr(self.state.started, name)) if self.state.started else MISSING

    def inputs(self) -> Mapping[str, str]:
        return {name: str(value) for name, value in self.state.started.inputs.items()} if self.state.started else {}

    def took(self, step: str) -> Took:
        known = self.state.steps.get(step)
        return Took(known.status, self.seconds.get(step)) if known else Took()

    def checks(self) -> Mapping[str, str]:
        return {
            f"{self._named(scope)} {check.title}": f"{check.outcome}  {check.observed}".strip()
            for scope, looks in self.state.checks.items()
            for check in looks.values()
        }

    def _named(self, scope: str) -> str:
        return self.places.get(scope) or NOT_STEPS.get(scope, scope)

    def deviations(self) -> Mapping[str, str]:
        """By scope: what was done, and why."""
        told = {}
        for text in self.state.deviations:
            scope, _, rest = text.partition(" ")
            told[f"{self.places.get(scope, '')} {scope}".strip()] = rest
        return told


def _places(state: RunState) -> Iterator[tuple[str, str]]:
    for number, phase in enumerate(state.started.outline if state.started else (), start=1):
        for place, step in enumerate(phase["steps"], start=1):
            yield step["id"], f"{number}.{place}"


def _outcome(side: _Side) -> str:
    state = side.state
    if state.ended:
        return state.ended.outcome
    return f"{PAUSED}: {state.paused.reason}" if state.paused else CRASHED


def _length(side: _Side) -> str:
    try:
        length = datetime.fromisoformat(side.over_at) - datetime.fromisoformat(side.state.began_at)
    except ValueError:
        return MISSING
    minutes, rest = divmod(int(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _done(side: _Side) -> str:
    total = len(side.state.steps)
    return f"{total - len(side.state.remaining)} of {total}"


_ENDS: Mapping[str, Callable[[_Side], str]] = {
    "run": lambda side: side.started("run"),
    "began": lambda side: shown(side.state.began_at),
    "outcome": _outcome,
    "took": _length,
    "steps done": _done,
    "operator": lambda side: side.started("operator"),
    "machine": lambda side: side.started("machine"),
    "checklist": lambda side: side.started("sha256")[:12],
}


def _steps(left: _Side, right: _Side) -> Iterator[StepPair]:
    for step in dict.fromkeys((*right.state.steps, *left.state.steps)):
        known = right.state.steps.get(step) or left.state.steps[step]
        place = right.places.get(step) or left.places.get(step, "")
        yield StepPair(place, known.title, left.took(step), right.took(step))


def _verdict(text: str) -> str:
    """What a check came to; what was observed may differ in every run, as a time does."""
    return text.partition(" ")[0]


def _paired(left: Mapping[str, str], right: Mapping[str, str]) -> Iterator[Pair]:
    for what in dict.fromkeys((*left, *right)):
        yield Pair(what, left.get(what, MISSING), right.get(what, MISSING))


def _differing(left: Mapping[str, str], right: Mapping[str, str], by: Callable[[str], str] = str) -> Iterator[Pair]:
    return (pair for pair in _paired(left, right) if by(pair.left) != by(pair.right))


def reached(took: Took) -> bool:
    """The step was begun."""
    return took.status not in {MISSING, st.WAITING}
