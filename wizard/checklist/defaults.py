"""What a document says once for every part of a kind: ``defaults: {redis: {address: …}}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wizard.checklist.build import KindsLike
from wizard.checklist.spec import Spec
from wizard.checklist.surroundings import RedisSource

_LISTS = {"phases", "steps", "checks", "samples", "requires", "exit_criteria", "evidence"}
"""Lists whose items may hold a kind, or a list of such items."""

HOSTS, SOURCES, ROLE = "hosts", "sources", "role"


def field_names(spec: type[Spec]) -> set[str]:
    """The keys that a spec takes."""
    return {field.alias or name for name, field in spec.model_fields.items()}


def specs_of(kind: str, kinds: KindsLike) -> Iterator[type[Spec]]:
    """Every spec that a key of this name may introduce."""
    for registered in (kinds.actions, kinds.checks):
        if kind in registered:
            yield registered[kind].Spec
    if kind == "redis":
        yield RedisSource


def filled(data: Any, kinds: KindsLike) -> Any:
    """The document with each kind's defaults put where its parts leave them out; what is written there wins."""
    given = data.get("defaults") if isinstance(data, Mapping) else None
    if not isinstance(given, Mapping):
        return data
    sound = {kind: fields for kind, fields in given.items() if isinstance(fields, Mapping)}
    return _Filler(sound, kinds).part(data)


class _Filler:
    """Walks one document."""

    def __init__(self, defaults: Mapping[str, Mapping[str, Any]], kinds: KindsLike) -> None:
        self._defaults = defaults
        self._kinds = kinds

    def part(self, part: Any) -> Any:
        """A mapping that may hold kinds, with what is below it."""
        if not isinstance(part, Mapping):
            return part
        return {key: self._value(key, value, part) for key, value in part.items()}

    def _value(self, key: str, value: Any, part: Mapping[str, Any]) -> Any:
        if key in _LISTS and isinstance(value, list):
            return [self.part(item) for item in value]
        if key == SOURCES and isinstance(value, Mapping):
            return {label: self._source(source) for label, source in value.items()}
        if key == HOSTS and isinstance(value, Mapping):
            return {name: self.part(host) for name, host in value.items()}
        if key == ROLE:
            return self._source(value)
        return self._kind(key, value, self._specs(key, part))

    def _source(self, source: Any) -> Any:
        if not isinstance(source, Mapping) or "redis" not in source:
            return source
        return {**source, "redis": self._kind("redis", source["redis"], [RedisSource])}

    def _specs(self, key: str, part: Mapping[str, Any]) -> list[type[Spec]]:
        registered = self._kinds.actions if "id" in part else self._kinds.checks
        return [registered[key].Spec] if key in registered else []

    def _kind(self, key: str, value: Any, specs: list[type[Spec]]) -> Any:
        if key not in self._defaults or not isinstance(value, Mapping) or not specs:
            return value
        known = set().union(*(field_names(spec) for spec in specs))
        usable = {name: given for name, given in self._defaults[key].items() if name in known}
        return {**usable, **value}
