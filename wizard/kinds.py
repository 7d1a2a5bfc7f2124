"""The registry: every kind of action and check, found by being a module of its package.

The loader is handed this registry; it imports no kind itself. A kind's module imports no heavy library at the top.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from wizard import actions, checks
from wizard.actions.base import Action
from wizard.checks.base import Check


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of action and of check by the key that names them in a checklist."""

    actions: Mapping[str, type[Action[Any]]]
    checks: Mapping[str, type[Check[Any]]]


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "base":
            yield importlib.import_module(f"{package.__name__}.{module.name}")


def _classes(package: ModuleType, base: type) -> Iterator[Any]:
    for module in _modules(package):
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, base) and found.__module__ == module.__name__ and "Spec" in vars(found):
                yield found


@cache
def registry() -> Kinds:
    """Every kind there is."""
    return Kinds(
        actions={kind.Spec.kind: kind for kind in _classes(actions, Action)},
        checks={kind.Spec.kind: kind for kind in _classes(checks, Check)},
    )
