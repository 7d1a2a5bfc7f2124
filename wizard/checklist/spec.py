"""The base of everything a checklist may say: strict, frozen, and with field types that survive templating.

A field's annotation says what the value is once rendered; before that it may hold a ``{{ … }}`` string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError, PydanticKnownError

from wizard.checklist import meaning
from wizard.checklist import plugins as plugins  # noqa: PLC0414 - imported for what it does, ahead of every model
from wizard.frozen import frozen

STATIC = {"static": True}
"""Validation context of a document as written: templates are kept, not rendered."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


@frozen
class Flaw:
    """Something wrong that a type cannot say. ``at`` is the path below the spec, as in an error's ``loc``."""

    at: tuple[str | int, ...]
    what: str
    mend: str


def is_template(value: object) -> bool:
    """The value is a string that still has to be rendered."""
    return isinstance(value, str) and "{{" in value


def _keep_template(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    if is_template(value) and (info.context or {}).get("static"):
        return value
    return handler(value)


def _lax_when_rendered(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    if isinstance(value, str) and not (info.context or {}).get("static"):
        lowered = value.strip().lower()
        value = {"true": True, "false": False}.get(lowered, value)
        if isinstance(value, str) and re.fullmatch(r"-?\d+", lowered):
            value = int(lowered)
    return handler(value)


def _whole(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    if (info.context or {}).get("static") and not is_template(value) and type(value) is not int:
        raise PydanticKnownError("int_type")
    return handler(value)


def _truth(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    if (info.context or {}).get("static") and not is_template(value) and type(value) is not bool:
        raise PydanticKnownError("bool_type")
    return handler(value)


def parse_duration(text: str) -> float:
    """Seconds in ``500ms``, ``30s``, ``5m``, ``1h30m``.

    Raises:
        ValueError: It is none of these.
    """
    if not _DURATION.fullmatch(text):
        raise ValueError(text)
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def _duration(value: Any, _handler: Callable[[Any], Any], info: ValidationInfo) -> float:
    if isinstance(value, float) and not (info.context or {}).get("static"):
        return value
    try:
        if isinstance(value, str):
            return parse_duration(value)
    except ValueError:
        pass
    raise PydanticCustomError("duration", "not a length of time; write it with its unit, as in 30s, 5m or 1h30m")


def _mode(value: Any, _handler: Callable[[Any], Any], _info: ValidationInfo) -> str:
    if isinstance(value, str) and re.fullmatch(r"0?[0-7]{3,4}", value):
        return value
    raise PydanticCustomError("mode", "not a file mode; write it in quotes and in octal, as in '0644'")


_TEMPLATE = {"type": "string", "pattern": r"\{\{"}

Text = Annotated[str, meaning.DATA]
"""A string; values are rendered into it as they are."""
Prose = Annotated[str, meaning.PROSE]
"""A string for people, shown as it is written."""
Command = Annotated[str, meaning.SHELL]
"""POSIX shell text; values rendered into it are quoted."""
Pattern = Annotated[str, meaning.PATTERN]
"""A regular expression; values rendered into it are escaped."""
Condition = Annotated[str, meaning.CONDITION]
"""A template that says true or false."""
LocalPath = Annotated[str, meaning.LOCAL_PATH]
"""A path that decides what is read or run, so that no host may say it."""
UnitName = Annotated[str, meaning.UNIT]
"""The name of a systemd unit."""
AccountName = Annotated[str, meaning.ACCOUNT]
"""The name or number of an account or a group."""
Bounds = Annotated[str, meaning.BOUNDS]
"""What a number is compared with, as in ``>=10001``; a value is the number."""
YamlPath = Annotated[str, meaning.YAML_PATH]
"""A path in a YAML file; a value is one key, or one part of a key."""
SettingName = Annotated[str, meaning.SETTING_NAME]
"""The name of a value that is to be read."""
Access = Annotated[str, meaning.ACCESS]
"""What an account may do: letters of ``rwx``."""
ReplacementText = Annotated[str, meaning.REPLACEMENT]
"""What stands in place of what a regular expression found; values rendered into it are no groups."""
HostPattern = Annotated[str, meaning.LIMIT]
"""Ansible's pattern of hosts."""
AnsibleTag = Annotated[str, meaning.TAG]
"""A tag of Ansible's tasks."""
AnsibleVariable = Annotated[str, meaning.VARIABLE]
"""The value of a variable for Ansible, which does not render it."""
Count = Annotated[
    int,
    meaning.TYPED,
    WrapValidator(_keep_template),
    WrapValidator(_lax_when_rendered),
    WrapValidator(_whole),
    WithJsonSchema({"anyOf": [{"type": "integer"}, _TEMPLATE]}),
]
"""A whole number."""
Flag = Annotated[
    bool,
    meaning.TYPED,
    WrapValidator(_keep_template),
    WrapValidator(_lax_when_rendered),
    WrapValidator(_truth),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, _TEMPLATE]}),
]
"""True or false."""
Duration = Annotated[
    float,
    meaning.TYPED,
    WrapValidator(_duration),
    WrapValidator(_keep_template),
    WithJsonSchema({"type": "string", "examples": ["30s", "5m", "1h30m"]}),
]
"""Seconds, written with a unit."""
Mode = Annotated[
    str,
    meaning.TYPED,
    WrapValidator(_mode),
    WrapValidator(_keep_template),
    WithJsonSchema({"type": "string", "examples": ["0644"]}),
]
"""A file mode, written in quotes and in octal."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
"""An id: lower-case letters, digits, hyphens and underscores."""


class Spec(BaseModel):
    """Base of every part of a checklist."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False, defer_build=True)

    def flaws(self) -> Iterator[Flaw]:
        """What is wrong with this part that its types cannot say; asked of the part as written, and once rendered."""
        yield from ()

    def cautions(self) -> Iterator[Flaw]:
        """What is allowed and may do harm; asked of the part as written, and only told."""
        yield from ()

    def meaning_of(self, name: str) -> meaning.Meaning:
        """What a value becomes in this field, where that hangs on another field; else what its type says."""
        return meanings(type(self))[name]


@cache
def meanings(spec: type[Spec]) -> Mapping[str, meaning.Meaning]:
    """What a value becomes in each field of a spec; a text without a mark is taken as it is."""
    return {name: mark or meaning.DATA for name, mark in marks(spec).items()}


def marks(spec: type[Spec]) -> Mapping[str, meaning.Meaning | None]:
    """The mark of each field of a spec, None where there is none."""
    return {name: _marked(field.annotation, *field.metadata) for name, field in spec.model_fields.items()}


def _marked(annotation: Any, *metadata: Any) -> meaning.Meaning | None:
    """The mark of a field, also within lists, mappings and optional values."""
    for mark in metadata:
        if isinstance(mark, meaning.Meaning):
            return mark
    return next((mark for part in get_args(annotation) if (mark := _marked(part, part))), None)


class CheckSpec(Spec):
    """Base of what one kind of check is given. Subclasses set ``kind`` to their key in the checklist."""

    kind: ClassVar[str]

    @property
    def marks(self) -> frozenset[str]:
        """The marks in time it compares with: ``run_start``, ``step_start``."""
        return frozenset()

    def never_fails(self) -> str:
        """Why this check cannot fail, or an empty string."""
        return ""


class ActionSpec(Spec):
    """Base of what one kind of action is given. Subclasses set ``kind`` to their key in the checklist."""

    kind: ClassVar[str]

    @property
    def changes(self) -> bool:
        """It changes something, so it needs checks, a before-state and an undo."""
        return True

    @property
    def reaches(self) -> tuple[str, ...]:
        """The hosts of the checklist that it changes besides the one it runs on."""
        return ()

    @property
    def irreversible_reason(self) -> str:
        """Why it cannot be undone, in the author's words; empty where it can."""
        return ""

    @property
    def needless_undo(self) -> str:
        """Why there is nothing to take back although it changes something; empty where there is."""
        return ""

    @property
    def undoable(self) -> bool:
        """It knows how to undo itself."""
        return True
