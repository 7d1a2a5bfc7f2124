"""What can be said of a document whose types are not all right: its sound parts, and the names it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from wizard.checklist.model import CheckItem, Checklist, Phase, Step
from wizard.checklist.positions import Loc
from wizard.checklist.spec import STATIC

Part = tuple[Loc, Mapping[str, Any]]


def mappings(value: Any, *keys: str) -> Iterator[Part]:
    """The mappings in the lists below a chain of keys: ``mappings(data, "phases", "steps")``."""
    return _mappings(value, (), keys)


def _mappings(value: Any, loc: Loc, keys: tuple[str, ...]) -> Iterator[Part]:
    if not isinstance(value, Mapping):
        return
    if not keys:
        yield loc, value
        return
    items = value.get(keys[0])
    for number, item in enumerate(items if isinstance(items, list) else ()):
        yield from _mappings(item, (*loc, keys[0], number), keys[1:])


def names(data: Any, key: str) -> set[str]:
    """The keys of the mapping below ``key``."""
    found = data.get(key) if isinstance(data, Mapping) else None
    return {name for name in found if isinstance(name, str)} if isinstance(found, Mapping) else set()


def _attempt(annotation: Any, value: Any) -> Any:
    """The value as its type; None where it is not of that type."""
    try:
        return TypeAdapter(annotation).validate_python(value, context=STATIC)
    except ValidationError:
        return None


def _item(annotation: Any, value: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Phase) and isinstance(value, Mapping):
        return salvage(annotation, value)
    return _attempt(annotation, value)


def _field(annotation: Any, value: Any) -> Any:
    whole = _attempt(annotation, value)
    if whole is not None:
        return whole
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return tuple(_item(parts[0], item) for item in value) if isinstance(value, list) else ()
    if origin is Mapping:
        return {key: _attempt(parts[1], item) for key, item in value.items()} if isinstance(value, Mapping) else {}
    return None


def salvage(model: type[Any], data: Mapping[str, Any]) -> Any:
    """A checklist or phase with what is sound in it; None stands in place of each part that is not."""
    fields = model.model_fields.items()
    given = {name: _field(field.annotation, data[name]) for name, field in fields if name in data}
    return model.model_construct(
        set(given), **{name: given.get(name) for name, field in fields if field.is_required()} | given
    )


def _kinds(part: Part, model: type[Step | CheckItem], what: str) -> Iterator[tuple[Loc, str, str]]:
    loc, data = part
    keys = [key for key in data if key in model.keys]
    if len(keys) > 1:
        named = " and ".join(f"`{key}`" for key in keys)
        yield (*loc, keys[1]), f"{what} is only one thing, this is {named}", "make one of each"
    fields = {field.alias or name for name, field in model.model_fields.items()}
    if not keys and all(key in fields for key in data):
        yield loc, f"{what} is missing its kind", f"write one of {', '.join(model.keys)}"


def _item_type(model: type[Any], field: str) -> Any:
    return get_args(model.model_fields[field].annotation)[0]


def kind_faults(data: Any, model: type[Checklist]) -> Iterator[tuple[Loc, str, str]]:
    """Steps and check items that do not have exactly one kind: where, what, and the mend."""
    step: type[Step] = _item_type(_item_type(model, "phases"), "steps")
    item: type[CheckItem] = _item_type(model, "exit_criteria")
    for part in mappings(data, "phases", "steps"):
        yield from _kinds(part, step, "a step")
    for keys in (
        ("phases", "steps", "requires"),
        ("phases", "steps", "checks"),
        ("phases", "steps", "samples"),
        ("phases", "checks"),
        ("exit_criteria",),
    ):
        for part in mappings(data, *keys):
            yield from _kinds(part, item, "a check")
