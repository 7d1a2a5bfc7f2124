"""A journal made easy to ask: its events by kind and by step, its state, its checklist, and names for its places."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from wizard.checklist.loading import Source
from wizard.checklist.model import CheckItem, Checklist, Step
from wizard.errors import WizardError
from wizard.kinds import document_from
from wizard.run import events as ev
from wizard.run.events import Event, Record
from wizard.run.state import RunState, StepState, replay

E = TypeVar("E", bound=Event)

END = "end"
_SCOPES = {END: "Exit criteria", "evidence": "Evidence"}
_PHASE = "phase:"

log = logging.getLogger(__name__)


@lru_cache(maxsize=4)
def checklist_of(source: str) -> Checklist | None:
    """The checklist that a journal carries; None where it is not one for the kinds there are now."""
    try:
        return document_from(Source(Path("checklist.yaml"), source, "")).checklist
    except WizardError:
        return None
    except Exception:  # whatever an old or odd checklist does to the loader, the events still make a report
        log.exception("the checklist in the journal could not be read")
        return None


@dataclass(frozen=True, slots=True)
class Log:
    """What builders of the report's parts ask. ``places`` maps phase and step ids to ``3`` and ``3.4``."""

    records: Sequence[Record]
    state: RunState
    checklist: Checklist | None
    places: Mapping[str, str]
    steps: Mapping[str, Sequence[Record]] = field(repr=False)

    @property
    def started(self) -> ev.RunStarted | None:
        """The first event."""
        return self.state.started

    def of(self, kind: type[E]) -> Iterator[tuple[Record, E]]:
        """Every event of a kind, with its record."""
        for record in self.records:
            if isinstance(record.event, kind):
                yield record, record.event

    def about(self, step: str) -> Iterator[Record]:
        """Every record of one step."""
        return iter(self.steps.get(step, ()))

    def step(self, step: str) -> StepState | None:
        """The state of a step."""
        return self.state.steps.get(step)

    def written(self, step: str) -> Step | None:
        """The step as the checklist has it."""
        phases = self.checklist.phases if self.checklist else ()
        return next((one for phase in phases for one in phase.steps if one.id == step), None)

    def item(self, scope: str, index: int) -> CheckItem | None:
        """The check at this place of the checklist: guards of a step come before its checks."""
        items = self._items(scope)
        return items[index] if 0 <= index < len(items) else None

    def _items(self, scope: str) -> Sequence[CheckItem]:
        if self.checklist is None:
            return ()
        if scope == END:
            return self.checklist.exit_criteria
        if scope.startswith(_PHASE):
            wanted = scope.removeprefix(_PHASE)
            return next((phase.checks for phase in self.checklist.phases if phase.id == wanted), ())
        step = self.written(scope)
        return (*step.requires, *step.checks) if step else ()

    def place(self, scope: str) -> str:
        """A scope in words: number and title of a step, the end of a phase, the exit criteria."""
        step = self.step(scope)
        if step:
            return f"{self.places.get(scope, '')} {step.title}"
        if scope.startswith(_PHASE):
            name = scope.removeprefix(_PHASE)
            return f"End of phase {self.places.get(name, name)}"
        return _SCOPES.get(scope, scope)


def _places(started: ev.RunStarted | None) -> Mapping[str, str]:
    places: dict[str, str] = {}
    for number, phase in enumerate(started.outline if started else (), start=1):
        places[f"{phase['id']}"] = str(number)
        places.update({step["id"]: f"{number}.{place}" for place, step in enumerate(phase["steps"], start=1)})
    return places


def open_log(records: Sequence[Record]) -> Log:
    """The log of these records."""
    state = replay(records)
    keys = {record.event.key: record.event.step for record in records if isinstance(record.event, ev.AttemptIntended)}
    checklist = checklist_of(state.started.source) if state.started else None
    return Log(records, state, checklist, _places(state.started), _by_step(records, keys))


def _by_step(records: Sequence[Record], keys: Mapping[str, str]) -> Mapping[str, Sequence[Record]]:
    steps: dict[str, list[Record]] = {}
    for record in records:
        steps.setdefault(_step_of(record.event, keys), []).append(record)
    return steps


def _step_of(event: Event, keys: Mapping[str, str]) -> str:
    if isinstance(event, (ev.AttemptClaimed, ev.AttemptEnded)):
        return keys.get(event.key, "")
    return str(getattr(event, "step", "") or getattr(event, "scope", ""))
