"""Answers without a person: a file says beforehand what was decided; where it is silent, the run stops, state kept."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from wizard import owned
from wizard.checklist.loading import MAX_BYTES, decoded, parse
from wizard.checklist.model import Checklist
from wizard.checklist.problems import ChecklistInvalid
from wizard.errors import UsageError
from wizard.frozen import frozen
from wizard.run import events as ev
from wizard.run.intents import EDIT, GO_ON, HAND_OVER, NEEDS_REASON, PAUSE, Answer
from wizard.run.recorder import Output


@frozen
class Decision:
    """One answer given beforehand, used once."""

    answer: str
    note: str = ""
    to: str = ""


Decisions = Mapping[str, list[Decision]]


def scopes(checklist: Checklist) -> list[str]:
    """Everything that can be answered: steps, gates of phases, the evidence and the end."""
    steps = [step.id for phase in checklist.phases for step in phase.steps]
    return [*steps, *(f"phase:{phase.id}" for phase in checklist.phases), "evidence", "end"]


def parse_decisions(read: Any, known: Collection[str], where: str) -> Decisions:
    """Decisions by scope from an answers file's content: an answer, ``{answer, reason}``, or a list of these.

    Raises:
        UsageError: An unknown scope, or a deviation without a reason.
    """
    if not isinstance(read, Mapping):
        raise UsageError("the answers are not a mapping of step ids to answers", where=where)
    decisions: dict[str, list[Decision]] = {}
    for scope, given in read.items():
        if scope not in known:
            near = difflib.get_close_matches(str(scope), known, 1)
            raise UsageError(f"no step is called {scope}", where=where, mend=f"Did you mean {near[0]}?" if near else "")
        items = given if isinstance(given, list) else [given]
        decisions[scope] = [_decision(item, f"{where}: {scope}") for item in items]
    return decisions


def _decision(given: Any, where: str) -> Decision:
    if isinstance(given, str):
        given = {"answer": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("answer"), str):
        raise UsageError("an answer is text, or a mapping with answer and reason", where=where)
    note = str(given.get("reason") or given.get("note") or "")
    if given["answer"] == EDIT:
        mend = "Change the checklist, or answer this gate in the interface, where what will run is shown first"
        raise UsageError(f"'{EDIT}' needs a person who sees what will run", where=where, mend=mend)
    if given["answer"] == HAND_OVER and not note:
        raise UsageError(f"'{HAND_OVER}' needs a reason: what is to be done next", where=where)
    if given["answer"] in NEEDS_REASON and not note:
        raise UsageError(f"'{given['answer']}' is a deviation, so it needs a reason", where=where)
    return Decision(given["answer"], note, str(given.get("to") or ""))


def read_decisions(path: Path | None, checklist: Checklist) -> Decisions:
    """Decisions from a YAML file.

    Raises:
        UsageError: It cannot be read, is not ours alone to write, or says something that cannot be.
    """
    if path is None:
        return {}
    source = decoded(owned.read(path, MAX_BYTES), path)
    read = parse(source.text, str(path))
    if read.problems:
        raise ChecklistInvalid(read.problems)
    return parse_decisions(read.value, scopes(checklist), str(path))


class Unattended:
    """A reader that answers from decisions and pauses where there is none.

    Args:
        decisions: By scope; each is used once, in order.
        otherwise: The answer at a gate that has none.
        at_safe_stop: The answer at a safe place to stop that has none.

    ``submit`` is the engine's; it is set before the engine starts, which needs its readers first.
    """

    def __init__(self, decisions: Decisions, otherwise: str = PAUSE, at_safe_stop: str = GO_ON) -> None:
        self._otherwise = otherwise
        self._at_safe_stop = at_safe_stop
        self._decisions = {scope: list(given) for scope, given in decisions.items()}
        self.submit: Callable[[Answer], None] = _nobody

    def __call__(self, message: ev.Record | Output) -> None:
        """Answer what waits for a person."""
        match message:
            case ev.Record(event=ev.GateBlocked(scope=scope, answers=answers)):
                self._answer(scope, answers, self._otherwise if self._otherwise in answers else PAUSE)
            case ev.Record(event=ev.QuestionAsked(scope=scope, purpose="safe_stop", answers=answers)):
                self._answer(scope, answers, self._at_safe_stop)
            case ev.Record(event=ev.QuestionAsked(scope=scope, answers=answers)):
                self._answer(scope, answers, PAUSE)

    def _answer(self, scope: str, answers: Collection[str], otherwise: str) -> None:
        for given in self._decisions.get(scope, []):
            if given.answer in answers:
                self._decisions[scope].remove(given)
                self.submit(Answer(scope, given.answer, given.note, to=given.to))
                return
        self.submit(Answer(scope, otherwise))


def _nobody(_answer: Answer) -> None:
    raise RuntimeError("an answer came before there was an engine to take it")
