"""Ways through a spec: its nested specs, its strings, and which of them are shell text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from wizard.checklist.meaning import Meaning
from wizard.checklist.positions import Loc
from wizard.checklist.spec import Spec


def key_of(spec: type[Spec], name: str) -> str:
    """The key in a checklist of a spec's field."""
    return spec.model_fields[name].alias or name


def strings(spec: Spec, loc: Loc = ()) -> Iterator[tuple[Loc, str, Meaning]]:
    """Every string in a spec and what is nested in it: where, what, and what a value becomes in it."""
    for name in type(spec).model_fields:
        if name in spec.model_fields_set:
            yield from _strings(getattr(spec, name, None), (*loc, key_of(type(spec), name)), spec.meaning_of(name))


def _strings(value: Any, loc: Loc, meaning: Meaning) -> Iterator[tuple[Loc, str, Meaning]]:
    if isinstance(value, str):
        yield loc, value, meaning
    elif isinstance(value, Spec):
        yield from strings(value, loc)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(item, (*loc, key), meaning.below(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _strings(item, (*loc, number), meaning)


def _nests(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return True
    return any(_nests(part) for part in get_args(annotation))


@cache
def _nesting(spec: type[Spec]) -> tuple[tuple[str, str], ...]:
    """The fields of a spec that can hold other specs, and their keys in a checklist."""
    fields = spec.model_fields.items()
    return tuple((name, key_of(spec, name)) for name, field in fields if _nests(field.annotation))


def specs(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Spec]]:
    """A spec and every spec nested in it."""
    if isinstance(value, Spec):
        yield loc, value
        for name, key in _nesting(type(value)):
            if name in value.model_fields_set:
                yield from specs(getattr(value, name), (*loc, key))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from specs(item, (*loc, key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from specs(item, (*loc, number))
