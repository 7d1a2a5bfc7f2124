"""Frozen data classes of which a program loads many: each is made in a third of the time that ``dataclass`` takes.

For a frozen data class Python 3.11 compiles six functions one after the other, which takes half a millisecond, and a
run loads more than a hundred such classes. Here only ``__init__`` is compiled; the others are the same for all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: type[T]) -> type[T]:
    """Like ``dataclass(frozen=True, slots=True)``, for fields with no option but a default.

    To make an instance takes longer, by a fifth of a microsecond a field: not for what is made by the thousand.

    Raises:
        TypeError: A field has an option that is not heeded here.
    """
    return _shared(dataclasses.dataclass(slots=True, eq=False, repr=False)(cls), cls, _SHARED)


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen_without_slots(cls: type[T]) -> type[T]:
    """Like ``frozen`` for what is copied again and again by ``changed``: a dictionary of fields is copied at once.

    Raises:
        TypeError: A field has an option that is not heeded here.
    """
    return _shared(dataclasses.dataclass(eq=False, repr=False)(cls), cls, _SHARED_WITHOUT_SLOTS)


def _shared(made: type[T], cls: type[T], functions: Mapping[str, object]) -> type[T]:
    """The class with the functions that all such classes share, but for those that it has itself."""
    for field in dataclasses.fields(made):  # type: ignore[arg-type] # it is one now
        if not (field.repr and field.compare and field.init) or field.kw_only:
            raise TypeError(f"{cls.__qualname__}.{field.name}: use dataclass for a field with options")
    for name, shared in functions.items():
        if name not in vars(cls):
            setattr(made, name, shared)
    return made


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__match_args__])


def _eq(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    fields = zip(self.__match_args__, _values(self), strict=True)
    return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in fields)})"


def _set(self: Any, name: str, value: object) -> None:
    """What ``__init__`` sets is set once."""
    if hasattr(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _put(self: Any, name: str, value: object) -> None:
    """The same where the class may hold the default of a field under its name."""
    fields = self.__dict__
    if name in fields or name not in self.__match_args__:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    fields[name] = value


def _delete(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_SHARED = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _set,
    "__delattr__": _delete,
}
_SHARED_WITHOUT_SLOTS = {**_SHARED, "__setattr__": _put}
