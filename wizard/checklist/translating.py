"""pydantic's errors in our words and at their places in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wizard.checklist.loading import Read
from wizard.checklist.positions import Loc, show
from wizard.checklist.problems import Problem, guess
from wizard.checklist.scalars import BROKEN, Ambiguous, describe
from wizard.checklist.spec import Spec

_NAME = "lower-case letters, digits, - and _, beginning with a letter"
_PATTERNS = {
    r"^[a-z][a-z0-9_-]*$": f"not a name; use {_NAME}",
    r"^[a-z][a-z0-9_]*$": "not a name for a template; use lower-case letters, digits and _, beginning with a letter",
    r"^[A-Za-z_][A-Za-z0-9_]*$": "not a variable's name; use letters, digits and _",
}
_EXPECTED = {
    "string_type": ("text", "write it in quotes"),
    "int_type": ("a whole number", "write it in digits, without quotes"),
    "int_parsing": ("a whole number", "write it in digits, without quotes"),
    "int_from_float": ("a whole number", "write it without a fraction"),
    "float_type": ("a number", "write it in digits, without quotes"),
    "float_parsing": ("a number", "write it in digits, without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "bool_parsing": ("true or false", "write true or false, without quotes"),
    "tuple_type": ("a list", "begin each item with `- `"),
    "list_type": ("a list", "begin each item with `- `"),
    "dict_type": ("a mapping", "write `key: value` lines"),
    "mapping_type": ("a mapping", "write `key: value` lines"),
    "model_type": ("a mapping", "write `key: value` lines"),
    "model_attributes_type": ("a mapping", "write `key: value` lines"),
}


def _specs(annotation: Any) -> Iterator[type[Spec]]:
    """The specs an annotation allows: itself, or the members of a union."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    elif get_origin(annotation) not in {tuple, list, dict, Mapping}:
        for part in get_args(annotation):
            yield from _specs(part)


def _step(annotation: Any, piece: str | int) -> Iterator[Any]:
    """The annotations one piece of a loc further in."""
    for spec in _specs(annotation):
        for name, field in spec.model_fields.items():
            if piece == (field.alias or name):
                yield field.annotation
    origin, parts = get_origin(annotation), get_args(annotation)
    if isinstance(piece, int) and origin in {tuple, list, Sequence}:
        yield parts[0]
    elif origin in {dict, Mapping}:
        yield parts[1]
    elif isinstance(origin, type) or parts:
        for part in parts:
            yield from _step(part, piece)


def known_keys(model: type[Spec], loc: Loc) -> set[str]:
    """The keys that may stand in the mapping at ``loc``."""
    here: list[Any] = [model]
    for piece in loc:
        here = [inner for annotation in here for inner in _step(annotation, piece)]
    specs = {spec for annotation in here for spec in _specs(annotation)}
    return {field.alias or name for spec in specs for name, field in spec.model_fields.items()}


def _union_member(error: ErrorDetails, read: Read) -> tuple[Loc, str]:
    """Where a union was tried and which of its members this error is about; no member outside of unions."""
    loc = error["loc"]
    for end, piece in enumerate(loc[:-1]):
        if (*read.places.real(loc[:end]), piece) not in read.places.at and piece != "[key]":
            return tuple(loc[:end]), str(piece)
    last = loc[-1] if loc else ""
    tagged = (
        error["type"] not in {"missing", "extra_forbidden"} and tuple(loc) not in read.places.at and last != "[key]"
    )
    return (tuple(loc[:-1]), str(last)) if tagged else (tuple(loc), "")


def nearest(errors: Sequence[ErrorDetails], read: Read) -> list[ErrorDetails]:
    """The errors without those of union members that the author did not mean: the member with the fewest is meant."""
    tried: dict[Loc, dict[str, list[ErrorDetails]]] = {}
    for error in errors:
        where, member = _union_member(error, read)
        tried.setdefault(where, {}).setdefault(member, []).append(error)
    return [
        error
        for members in tried.values()
        for error in members.pop("", []) + (min(members.values(), key=len) if members else [])
    ]


class _Translator:
    """Turns the errors of one document into problems."""

    def __init__(self, read: Read, model: type[Spec], file: str) -> None:
        self._read = read
        self._model = model
        self._file = file

    def problem(self, error: ErrorDetails) -> Problem:
        """One error in our words."""
        loc = self._read.places.real(error["loc"])
        at_key = error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",)
        at = self._read.places.key(loc) if at_key else self._read.places.position(loc)
        what, mend = self._words(error, loc)
        return Problem(*at, show(loc), what, mend, self._file)

    def _words(self, error: ErrorDetails, loc: Loc) -> tuple[str, str]:
        kind, found = error["type"], error.get("input")
        if kind == "missing":
            return f"`{error['loc'][-1]}` is missing", "write it"
        if kind == "extra_forbidden":
            return f"unknown key `{loc[-1]}`", guess(str(loc[-1]), known_keys(self._model, loc[:-1]))
        if isinstance(found, Ambiguous):
            return (
                f"{found.text} means different numbers to different YAML tools",
                f'write it in quotes: "{found.text}"',
            )
        if kind == "mode" and isinstance(found, int) and re.fullmatch("[0-7]{3,4}", str(found)):
            return f"{found} is a number, not a file mode", f'write the mode in quotes and in octal: "0{found}"'
        if kind in _EXPECTED:
            expected, mend = _EXPECTED[kind]
            return f"expected {expected}, found {describe(found)}", mend
        return self._said(error, found)

    def _said(self, error: ErrorDetails, found: Any) -> tuple[str, str]:
        ctx = error.get("ctx", {})
        if error["type"] == "literal_error":
            allowed = [word.strip("'") for word in str(ctx["expected"]).replace(" or ", ", ").split(", ")]
            return f"{describe(found)} is not allowed here", guess(str(found), allowed)
        if error["type"] == "string_pattern_mismatch":
            said = _PATTERNS.get(ctx["pattern"], f"does not match {ctx['pattern']}; write it so")
        else:
            said = error["msg"].removeprefix("Value error, ")
        what, _, mend = said.partition("; ")
        return f"{describe(found)}: {what[:1].lower()}{what[1:]}", mend or "mend the value"


def translate(error: ValidationError, read: Read, model: type[Spec], file: str) -> list[Problem]:
    """Every error of a validation as a problem; what the reading of YAML has complained of already is left out."""
    translator = _Translator(read, model, file)
    errors = [each for each in error.errors(include_url=False) if each["input"] is not BROKEN]
    return [translator.problem(each) for each in nearest(errors, read)]
