"""What the operator gives a run: from ``--set``, a private file, the environment, or the checklist's defaults."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wizard import owned
from wizard.checklist.loading import MAX_BYTES, decoded, parse
from wizard.checklist.positions import START
from wizard.checklist.problems import ChecklistInvalid, Problem, guess
from wizard.checklist.surroundings import Input
from wizard.checklist.values import Unfit, convert
from wizard.errors import UsageError

MISSING = "not given"

Complaint = tuple[str, str, str]
"""The name of an input, what is wrong with it, and the mend."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Every input of a run. ``values`` holds no secret; ``secrets`` is never shown."""

    values: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class InputsInvalid(UsageError):
    """One or more inputs are missing or do not fit.

    Args:
        complaints: At least one.
    """

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        name, what, mend = complaints[0]
        super().__init__(what, where=f"input {name}", mend=mend)
        self.complaints = tuple(complaints)

    def __str__(self) -> str:
        return "\n".join(f"input {name}: {what}; {mend}" for name, what, mend in self.complaints)

    @property
    def missing(self) -> tuple[str, ...]:
        """The inputs that nobody gave."""
        return tuple(name for name, what, _ in self.complaints if what == MISSING)


def _split(pairs: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"`--set {name}` has no value", mend="Write --set name=value")
        given[name] = value
    return given


def read_file(path: Path) -> Mapping[str, Any]:
    """The mapping in an inputs file.

    Raises:
        UsageError: It cannot be read, or others can read it.
        ChecklistInvalid: It is not strict YAML, or not a mapping.
    """
    source = decoded(owned.read(path, MAX_BYTES, private=True), path)
    read = parse(source.text, str(path))
    if read.problems:
        raise ChecklistInvalid(read.problems)
    if not isinstance(read.value, Mapping):
        problem = Problem(*START, "", "not a mapping of inputs", "write `name: value` lines", str(path))
        raise ChecklistInvalid([problem])
    return dict(read.value)


def _unknown(given: Mapping[str, Any], declared: Mapping[str, Input], where: str) -> Iterator[Complaint]:
    for name in given:
        if name not in declared:
            yield name, f"the checklist has no such input ({where})", guess(name, declared) or "leave it out"


def _forbidden(pairs: Mapping[str, str], declared: Mapping[str, Input]) -> Iterator[Complaint]:
    for name in pairs:
        if name in declared and declared[name].type == "secret":
            yield name, "a secret in a command line can be seen by others", "put it into a private --inputs file"


def _wanted(name: str, declared: Input, sources: Sequence[Mapping[str, Any]], environ: Mapping[str, str]) -> Any:
    """What was given first in the order of the sources; None where nobody gave it."""
    for source in sources:
        if source.get(name) is not None:
            return source[name]
    if declared.env and environ.get(declared.env):
        return environ[declared.env]
    return declared.default


def _mend(name: str, declared: Input) -> str:
    what = f" ({declared.help})" if declared.help else ""
    if declared.type == "secret":
        variable = f" or the variable {declared.env}" if declared.env else ""
        return f"give it by a private --inputs file{variable}{what}"
    return f"give it with --set {name}=…{what}"


def given_values(
    declared: Mapping[str, Input], *, pairs: Sequence[str] = (), file: Path | None = None
) -> dict[str, Any]:
    """What is given here and now, as its type and without the secrets; nothing is filled in.

    Raises:
        InputsInvalid: Something is unknown or unfit.
        UsageError, ChecklistInvalid: The file cannot be used.
    """
    given = {**(read_file(file) if file else {}), **_split(pairs)}
    complaints = [*_unknown(given, declared, "given now"), *_forbidden(_split(pairs), declared)]
    values: dict[str, Any] = {}
    for name in given.keys() & declared.keys():
        try:
            values[name] = convert(given[name], declared[name])
        except Unfit as unfit:
            complaints.append((name, unfit.what, unfit.mend))
    if complaints:
        raise InputsInvalid(complaints)
    return {name: value for name, value in values.items() if declared[name].type != "secret"}


def resolve(
    declared: Mapping[str, Input],
    *,
    pairs: Sequence[str] = (),
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Inputs:
    """Every input's value: a person's answers first, then ``--set``, the file, the environment, the default.

    Args:
        declared: The checklist's ``inputs``.
        pairs: ``name=value``, as ``--set`` takes them.
        file: An inputs file, readable by us alone.
        environ: Where secrets may come from; the process's own environment where it is None.
        answers: What a person typed when asked; secrets may be among it.

    Raises:
        InputsInvalid: What is missing, unknown or unfit, all at once.
        UsageError: The file cannot be read, or others can read it.
        ChecklistInvalid: The file is not strict YAML.
    """
    typed, filed = _split(pairs), read_file(file) if file else {}
    complaints = [
        *_unknown(typed, declared, "--set"),
        *_unknown(filed, declared, "--inputs"),
        *_forbidden(typed, declared),
    ]
    sources = (answers or {}, typed, filed)
    values, unfit = _convert(declared, sources, os.environ if environ is None else environ)
    if complaints + unfit:
        raise InputsInvalid(complaints + unfit)
    return _sorted(declared, values)


def _convert(
    declared: Mapping[str, Input], sources: Sequence[Mapping[str, Any]], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[Complaint]]:
    """What fits its type, and what is wrong with the rest."""
    values: dict[str, Any] = {}
    complaints: list[Complaint] = []
    for name, one in declared.items():
        given = _wanted(name, one, sources, environ)
        try:
            values[name] = convert(given, one)
        except Unfit as unfit:
            complaints.append(
                (name, unfit.what, unfit.mend) if given is not None else (name, MISSING, _mend(name, one))
            )
    return values, complaints


def _sorted(declared: Mapping[str, Input], values: Mapping[str, Any]) -> Inputs:
    secret = {name for name, one in declared.items() if one.type == "secret"}
    return Inputs(
        {name: value for name, value in values.items() if name not in secret},
        {name: str(value) for name, value in values.items() if name in secret},
    )
