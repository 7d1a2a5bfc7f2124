"""The document's model completed with the kinds at hand: every kind is a key of a step or of a check item."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import GenericAlias
from typing import Any, Protocol

from pydantic import ConfigDict, Field, create_model

from wizard.checklist.model import CheckItem, Checklist, Phase, Step
from wizard.checklist.spec import Spec

Named = tuple[tuple[str, type[Spec]], ...]


class KindsLike(Protocol):
    """What is needed of the registry: classes with a ``Spec``, by the key that names them."""

    @property
    def actions(self) -> Mapping[str, type[Any]]:
        """Kinds of action."""

    @property
    def checks(self) -> Mapping[str, type[Any]]:
        """Kinds of check."""


def _named(kinds: Mapping[str, type[Any]]) -> Named:
    return tuple((key, kinds[key].Spec) for key in sorted(kinds))


def _fields(specs: Named) -> dict[str, Any]:
    """A field a kind, under a name that no other field can have."""
    return {f"kind_{key}": (spec, Field(default=None, alias=key)) for key, spec in specs}


def _one_of(specs: Named) -> ConfigDict:
    """What an editor is told: exactly one of the kinds' keys."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key, _ in specs]})


def _many(item: type[Spec]) -> Any:
    return GenericAlias(tuple, (item, ...))


@cache
def _build(actions: Named, checks: Named) -> type[Checklist]:
    item = create_model("CheckItem", __base__=CheckItem, __doc__=CheckItem.__doc__, **_fields(checks))
    item.keys = {key: f"kind_{key}" for key, _ in checks}
    item.model_config = {**item.model_config, **_one_of(checks)}
    step = create_model(
        "Step",
        __base__=Step,
        __doc__=Step.__doc__,
        requires=(_many(item), ()),
        checks=(_many(item), ()),
        samples=(_many(item), ()),
        **_fields(actions),
    )
    step.keys = {key: f"kind_{key}" for key, _ in actions}
    step.model_config = {**step.model_config, **_one_of(actions)}
    phase = create_model(
        "Phase", __base__=Phase, __doc__=Phase.__doc__, steps=(_many(step), ()), checks=(_many(item), ())
    )
    return create_model(
        "Checklist",
        __base__=Checklist,
        __doc__=Checklist.__doc__,
        phases=(_many(phase), ()),
        exit_criteria=(_many(item), ()),
    )


def build(kinds: KindsLike) -> type[Checklist]:
    """The model of a document that may use these kinds; built once for each set of kinds."""
    return _build(_named(kinds.actions), _named(kinds.checks))
