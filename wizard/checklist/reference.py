"""The reference of everything a checklist may say, as Markdown: made from the schema, so that it cannot fall behind."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.checklist.build import KindsLike
from wizard.checklist.schema import schema

_HEAD = """\
# Reference

Everything that a checklist may say. Made from the registry of kinds by `make reference`; do not edit it. Texts may
hold `{{ … }}`, rendered when the step begins; in shell commands each value is quoted, in regular expressions escaped,
unless an input is marked `| raw`. What a value becomes in each field is told in
[Security](security.md#text-of-hosts-in-a-checklists-fields)."""

_STEP, _ITEM = "Step", "CheckItem"
_CALLED = {_STEP: "A step", _ITEM: "A check", "HostSpec": "A host", "Input": "An input", "Phase": "A phase"}
_FIRST = ("Input", "HostSpec", "Evidence", "Source", "Phase", _STEP, "Capture", _ITEM)
"""Parts of a checklist in the order in which they are written; others come behind the kinds."""

_TYPES = {"string": "text", "boolean": "`true` or `false`", "integer": "whole number", "null": "nothing"}

_ARGS = re.compile(r"\n\s*Args:\s*\n", re.MULTILINE)
_ARG = re.compile(r"^\s{4}(\w+): (.*)$")


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The keys of the kinds, each with the definition of what it is given."""

    actions: Mapping[str, str]
    checks: Mapping[str, str]


def reference(kinds: KindsLike) -> str:
    """The reference of a checklist that may use these kinds."""
    return "\n\n".join(_blocks(schema(kinds), kinds)) + "\n"


def _blocks(whole: Mapping[str, Any], kinds: KindsLike) -> Iterator[str]:
    parts = whole["$defs"]
    keys = _Kinds(_keys(parts[_STEP], kinds.actions), _keys(parts[_ITEM], kinds.checks))
    taken = {*keys.actions.values(), *keys.checks.values()}
    yield _HEAD
    yield "## The checklist"
    yield from _part(whole, {})
    for name in _FIRST:
        yield f"## {_called(name)}"
        yield from _part(parts[name], {_STEP: keys.actions, _ITEM: keys.checks}.get(name, {}))
    yield from _every("Kinds of action", "A step has exactly one of these keys.", keys.actions, parts)
    yield from _every("Kinds of check", "A check has exactly one of these keys.", keys.checks, parts)
    yield "## Other parts"
    for name in sorted(set(parts) - taken - set(_FIRST)):
        yield f"### {_called(name)}"
        yield from _part(parts[name], {})


def _keys(part: Mapping[str, Any], kinds: Mapping[str, Any]) -> dict[str, str]:
    return {key: part["properties"][key]["$ref"].rpartition("/")[2] for key in sorted(kinds)}


def _every(title: str, lead: str, keys: Mapping[str, str], parts: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {title}"
    yield lead
    for key, name in keys.items():
        yield f"### {key} ({'action' if title.endswith('action') else 'check'})"
        yield from _part(parts[name], {})


def _part(part: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[str]:
    """What it is, and its keys. Those of kinds are told by their own sections."""
    about, told = _described(part.get("description", ""))
    if about:
        yield about
    required = set(part.get("required", ()))
    fields = part.get("properties", {})
    rows = [
        f"| `{key}` | {_type(fields[key])} | {_default(fields[key], key in required)} | {told.get(key, '')} |"
        for key in sorted(fields, key=lambda key: (key not in required, key))
        if key not in kinds
    ]
    if kinds:
        rows.append("| *a kind* | see below | needed | |")
    if rows:
        yield "\n".join(["| key | what it takes | when left out | |", "|---|---|---|---|", *rows])


def _described(text: str) -> tuple[str, dict[str, str]]:
    """A docstring as prose and what it says of each key."""
    prose, *rest = _ARGS.split(inspect.cleandoc(text), maxsplit=1)
    told: dict[str, str] = {}
    last = ""
    for line in (rest[0] if rest else "").split("\n"):
        found = _ARG.match(line)
        last = found[1] if found else last
        told[last] = found[2] if found else f"{told.get(last, '')} {line.strip()}".strip()
    return _plain(prose), {key: _plain(value) for key, value in told.items() if key}


def _plain(text: str) -> str:
    """Double backticks of a docstring as Markdown has them, without what would end a table's cell."""
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def _type(field: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    several = [one for one in field.get("anyOf", ()) if one.get("type") != "null" and one.get("pattern") != r"\{\{"]
    if several:
        return " or ".join(dict.fromkeys(_type({**field, **one, "anyOf": ()}) for one in several))
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{_called(name)}](#{_called(name).lower().replace(' ', '-')})"
    if "enum" in field or "const" in field:
        return " or ".join(f"`{one}`" for one in field.get("enum", [field.get("const")]))
    return _simple(field)


def _simple(field: Mapping[str, Any]) -> str:
    kind = field.get("type", "anything")
    if kind == "array":
        return f"list of {_type(field['items'])}" if "items" in field else "list"
    if kind == "object":
        held = next(iter(field.get("patternProperties", {}).values()), field.get("additionalProperties"))
        return f"name: {_type(held)}" if isinstance(held, Mapping) and held.get("type") != "object" else "mapping"
    if examples := field.get("examples"):
        return f"as in `{'`, `'.join(map(str, examples))}`"
    if isinstance(kind, list):
        return " or ".join(_simple({**field, "type": one}) for one in kind)
    return "a name" if kind == "string" and "pattern" in field else _TYPES.get(kind, kind)


def _default(field: Mapping[str, Any], needed: bool) -> str:  # noqa: FBT001 - said where it is asked
    default = field.get("default")
    if needed:
        return "needed"
    if default in (None, [], {}, ""):
        return ""
    if isinstance(default, float) and field.get("examples"):
        return f"`{default:g}s`"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _called(name: str) -> str:
    return _CALLED.get(name, name.removesuffix("Spec"))
