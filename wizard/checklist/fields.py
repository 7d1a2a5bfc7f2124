"""Every field of a checklist that may hold a template, with what a value becomes there, as a table for the docs.

It is made from the registry, so that no kind and no field can be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from wizard.checklist.build import KindsLike, build
from wizard.checklist.meaning import Meaning
from wizard.checklist.spec import STATIC, Spec, marks
from wizard.checklist.walking import key_of

_TEMPLATE = "{{ x }}"


@dataclass(frozen=True, slots=True)
class TemplatedField:
    """A field of a part of a checklist. ``meaning`` is None where its type does not say what a value becomes.

    Args:
        part: The part as a reader knows it: ``step``, ``ansible (action)``, ``edit (action), replace``.
        name: The field's name in the model; ``key`` is its key in a checklist.
        shape: The containers around the text: ``list``, ``dict`` and ``tuple``, the outermost first.
    """

    part: str
    spec: type[Spec]
    name: str
    key: str
    meaning: Meaning | None
    shape: tuple[type, ...]

    def holding(self, text: str) -> Spec:
        """The part with this text in the field and nothing else."""
        value: Any = text
        for container in reversed(self.shape):
            value = {"key": value} if container is dict else container([value])
        return self.spec.model_construct({self.name}, **{self.name: value})


def templated_fields(kinds: KindsLike) -> Iterator[TemplatedField]:
    """The fields of every part of a checklist that may use these kinds, in the order in which they are declared."""
    seen: set[type[Spec]] = set()
    yield from _part("checklist", build(kinds), kinds, seen)
    for what, registered in (("action", kinds.actions), ("check", kinds.checks)):
        for key in sorted(registered):
            yield from _part(f"{key} ({what})", registered[key].Spec, kinds, seen)


def _part(part: str, spec: type[Spec], kinds: KindsLike, seen: set[type[Spec]]) -> Iterator[TemplatedField]:
    if spec in seen:
        return
    seen.add(spec)
    nested: list[tuple[str, type[Spec]]] = []
    for name, field in spec.model_fields.items():
        annotation = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        for shape, leaf in _leaves(annotation):
            if isinstance(leaf, type) and issubclass(leaf, Spec):
                nested += [] if name.startswith("kind_") else [(_name(part, key_of(spec, name), leaf), leaf)]
            elif _takes_templates(leaf):
                yield TemplatedField(part, spec, name, key_of(spec, name), marks(spec)[name], shape)
    for below, leaf in nested:
        yield from _part(below, leaf, kinds, seen)


_PARTS = {
    "Step": "step",
    "CheckItem": "check",
    "Phase": "phase",
    "HostSpec": "host",
    "Source": "source of evidence, role",
}


def _name(part: str, key: str, spec: type[Spec]) -> str:
    return f"{part}, {key}" if "(" in part else _PARTS.get(spec.__name__, key)


def _leaves(annotation: Any, shape: tuple[type, ...] = ()) -> Iterator[tuple[tuple[type, ...], Any]]:
    """The types of the texts and parts in a field, each with the containers around it; keys of mappings are none."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated and _leaf_of(parts[0]):
        yield shape, annotation
    elif origin is Annotated:
        yield from _leaves(parts[0], shape)
    elif origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _leaves(parts[1], (*shape, dict))
    elif origin in {list, tuple}:
        yield from _leaves(parts[0], (*shape, origin))
    elif parts and not _is_literal(annotation):
        for part in parts:
            yield from _leaves(part, shape)
    elif annotation is not type(None) and annotation is not Ellipsis:
        yield shape, annotation


def _leaf_of(annotation: Any) -> bool:
    return not get_args(annotation) or _is_literal(annotation)


def _is_literal(annotation: Any) -> bool:
    return bool(get_args(annotation)) and all(isinstance(part, str) for part in get_args(annotation))


def _takes_templates(annotation: Any) -> bool:
    try:
        TypeAdapter(annotation).validate_python(_TEMPLATE, context=STATIC)
    except ValidationError:
        return False
    return True


BEGIN, END = "<!-- fields: written by `make reference` -->\n", "<!-- end of fields -->"
"""What stands around the table in a page."""


def with_table(page: str, kinds: KindsLike) -> str:
    """A page with the table of now in the place of the one that it holds."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}{table(kinds)}{END}{rest.partition(END)[2]}"


def table(kinds: KindsLike) -> str:
    """Field × what a hostile value becomes, as Markdown; fields of one part with one meaning share a row."""
    rows: dict[tuple[str, Meaning | None], list[str]] = {}
    for field in templated_fields(kinds):
        rows.setdefault((field.part, field.meaning), []).append(f"`{field.key}`")
    lines = ["| part | fields | a host's text becomes | an input becomes |", "|---|---|---|---|"]
    for (part, meaning), keys in rows.items():
        host, given = (meaning.host, meaning.given or "the same") if meaning else ("?", "?")
        lines.append(f"| {part} | {', '.join(dict.fromkeys(keys))} | {host} | {given} |")
    return "\n".join(lines) + "\n"
