"""What every event is, and how a journal's line becomes one again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, dataclass_transform

from wizard.frozen import frozen

VERSION = 1

_KINDS: dict[str, type[Event]] = {}


@frozen
class Event:
    """Base of all events.

    ``kind`` is the word in the journal. ``awaited`` says that something is done on the strength of it, so that it must
    be on disk first; what was only seen reaches the disk with the next one that is.
    """

    kind: ClassVar[str] = ""
    awaited: ClassVar[bool] = True


E = TypeVar("E", bound="Event")


@dataclass_transform(frozen_default=True)
def kind(name: str, *, awaited: bool = True) -> Callable[[type[E]], type[E]]:
    """Register an event by its word in the journal. See ``Event`` for ``awaited``."""

    def register(cls: type[E]) -> type[E]:
        made = frozen(cls)
        made.kind, made.awaited = name, awaited
        _KINDS[name] = made
        return made

    return register


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place in the journal. ``at`` is UTC, ISO 8601 with milliseconds and a Z."""

    seq: int
    at: str
    who: str
    event: Event


@frozen
class Unread(Event):
    """An event of a kind that this version does not know: kept, shown by name, folded into nothing."""

    name: str
    body: Mapping[str, Any]


def body_of(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values, which no later change of what it was made from reaches."""
    names: tuple[str, ...] = event.__match_args__
    return {name: _plain(getattr(event, name)) for name in names}


def _plain(value: Any) -> Any:
    """A copy, made faster than by dataclasses.asdict, as nearly all there is are texts and numbers."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def event_of(word: str, body: Mapping[str, Any]) -> Event:
    """The event that a journal line told; fields of a newer version are left aside."""
    cls = _KINDS.get(word)
    if cls is None:
        return Unread(name=word, body=body)
    known = cls.__match_args__
    return cls(**{name: value for name, value in body.items() if name in known})
