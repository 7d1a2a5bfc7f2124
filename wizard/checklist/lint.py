"""Everything that is wrong with a document, at once: YAML, types, and what a run would trip over later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from wizard.checklist.build import KindsLike
from wizard.checklist.draft import Draft, Finding
from wizard.checklist.loading import Read
from wizard.checklist.model import Checklist
from wizard.checklist.positions import START, show
from wizard.checklist.problems import Problem
from wizard.checklist.rules import RULES, unknown_defaults
from wizard.checklist.sound import kind_faults, salvage
from wizard.checklist.spec import STATIC
from wizard.checklist.template_rules import templates
from wizard.checklist.translating import translate


def _findings(draft: Draft) -> Iterator[Finding]:
    for rule in (*RULES, templates):
        yield from rule(draft)


def _problem(finding: Finding, read: Read, file: str) -> Problem:
    at = read.places.position(finding.loc)
    return Problem(*at, show(finding.loc), finding.what, finding.mend, file)


def _semantics(data: Any, checklist: Checklist, model: type[Checklist], kinds: KindsLike) -> Iterator[Finding]:
    faults = list(kind_faults(data, model))
    yield from (Finding(*fault) for fault in faults)
    yield from unknown_defaults(checklist, kinds)
    yield from _findings(Draft(data, checklist))


def examine(read: Read, model: type[Checklist], kinds: KindsLike, file: str) -> tuple[Checklist | None, list[Problem]]:
    """The checklist, and every problem of the document; the checklist is only to be used where there is none."""
    if not read.complete:
        return None, read.problems
    if read.value is None and not read.problems:
        return None, [Problem(*START, "", "the file is empty", "write a checklist", file)]
    problems = list(read.problems)
    try:
        checklist = model.model_validate(read.value, context=STATIC)
    except ValidationError as error:
        problems += translate(error, read, model, file)
        if not isinstance(read.value, Mapping):
            return None, problems
        checklist = salvage(model, read.value)
    problems += [_problem(each, read, file) for each in _semantics(read.value, checklist, model, kinds)]
    return checklist, problems
