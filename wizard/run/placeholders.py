"""What templates can say while a run is only on paper: the values that are known, and a visible mark for each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.checklist.meaning import Placeholder
from wizard.checklist.model import Checklist
from wizard.checklist.positions import show
from wizard.checklist.spec import Spec
from wizard.checklist.templating import Scope, references, render_flag
from wizard.checklist.walking import strings
from wizard.errors import UsageError

_PLAIN = re.compile(r"\{\{\s*[a-z][a-z0-9_.]*\s*(?:\|\s*raw\s*)?\}\}")
"""An expression that shows its value as it is, so that a mark in the value's place tells all there is to tell."""


@dataclass(frozen=True, slots=True)
class Known:
    """Names for templates. ``sure`` holds those with a value, ``scope`` also ``<captured.x>`` and the like."""

    sure: Scope
    scope: Scope
    secrets: frozenset[str]

    def missing(self, spec: Spec) -> list[str]:
        """The marks of what a spec says and nobody knows yet; secrets are not among them."""
        names = {name for _, text, _ in strings(spec) for name in self._unsure(text)}
        return [_mark(name) for name in sorted(names - self.secrets)]

    def faithful(self, spec: Spec) -> bool:
        """With marks in place of values the spec still says what it will say: no choice hangs on one of them."""
        return not any(self._unsure(_PLAIN.sub("", text)) for _, text, _ in strings(spec))

    def holds(self, when: str | None) -> bool | None:
        """Whether a condition holds; None where that is not known yet."""
        if when is None:
            return True
        try:
            return None if self._unsure(when) else render_flag(when, self.sure)
        except UsageError:
            return None

    def _unsure(self, text: str) -> set[str]:
        try:
            return {name for name in references(text) if not _has(self.sure, name)}
        except UsageError:
            return set()


def _has(scope: Scope, dotted: str) -> bool:
    value: Any = scope
    for part in dotted.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def _mark(name: str) -> Placeholder:
    return Placeholder(f"<{name}>" if "." in name else f"<input {name}>")


def as_written(spec: Spec) -> str:
    """Every text of a spec with its templates unrendered, a line each and more where it has more."""
    return "\n".join(f"{show(loc)}: {text}" for loc, text, _ in strings(spec))


def known(
    checklist: Checklist, values: Mapping[str, Any], captured: Mapping[str, str], run: Mapping[str, str]
) -> Known:
    """What is known of a run of this checklist.

    Args:
        checklist: Declares inputs and captures.
        values: Of inputs; a secret's is not used.
        captured: By name.
        run: ``id`` and ``started``, as far as they are known.
    """
    secrets = frozenset(name for name, declared in checklist.inputs.items() if declared.type == "secret")
    given = {name: value for name, value in values.items() if name not in secrets}
    later = {name for phase in checklist.phases for step in phase.steps for name in step.capture}
    marks = {name: Placeholder(f"<secret {name}>") if name in secrets else _mark(name) for name in checklist.inputs}
    scope = {
        **marks,
        **given,
        "captured": {**{name: _mark(f"captured.{name}") for name in later}, **captured},
        "run": {"id": _mark("run.id"), "started": _mark("run.started"), **run},
    }
    return Known({**given, "captured": dict(captured), "run": dict(run)}, scope, secrets)
