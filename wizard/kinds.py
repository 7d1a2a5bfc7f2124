"""The registry: every kind of action and check, found by being a module of its package.

The loader is handed this registry; it imports no kind itself. A kind's module imports no heavy library at the top.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from wizard import actions, checks
from wizard.actions.base import Action
from wizard.checklist.document import Document, read_document
from wizard.checklist.loading import Source
from wizard.checklist.problems import ChecklistInvalid
from wizard.checks.base import Check
from wizard.frozen import frozen


@frozen
class Kinds:
    """Kinds of action and of check by the key that names them in a checklist."""

    actions: Mapping[str, type[Action[Any]]]
    checks: Mapping[str, type[Check[Any]]]


Wanted = Callable[[str], bool]


def _modules(package: ModuleType, wanted: Wanted) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "base" and wanted(module.name):
            yield importlib.import_module(f"{package.__name__}.{module.name}")


def _classes(package: ModuleType, base: type, wanted: Wanted) -> Iterator[Any]:
    for module in _modules(package, wanted):
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, base) and found.__module__ == module.__name__ and "Spec" in vars(found):
                yield found


def _kinds(wanted: Wanted) -> Kinds:
    return Kinds(
        actions={kind.Spec.kind: kind for kind in _classes(actions, Action, wanted)},
        checks={kind.Spec.kind: kind for kind in _classes(checks, Check, wanted)},
    )


@cache
def registry() -> Kinds:
    """Every kind there is."""
    return _kinds(lambda _name: True)


@cache
def _names() -> frozenset[str]:
    return frozenset(module.name for package in (actions, checks) for module in pkgutil.iter_modules(package.__path__))


@cache
def _kinds_of(names: frozenset[str]) -> Kinds:
    return _kinds(names.__contains__)


def kinds_in(text: str) -> Kinds:
    """The kinds that a checklist's text names, and maybe more: loading all takes as long as a few steps.

    A kind's module bears its key as its name. The same names give the same object.
    """
    return _kinds_of(frozenset(name for name in _names() if name in text))


def document_from(source: Source) -> Document:
    """A checklist that is to be run, with the kinds of ``kinds_in``.

    Raises:
        ChecklistInvalid: Everything that is wrong with it, as told by who knows every kind.
    """
    try:
        return read_document(source, kinds_in(source.text))
    except ChecklistInvalid:
        return read_document(source, registry())
