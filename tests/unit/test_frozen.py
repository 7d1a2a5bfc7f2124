"""Frozen data classes behave as those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from wizard.frozen import frozen, frozen_without_slots


@dataclass(frozen=True, slots=True)
class Standard:
    name: str
    number: int = 0
    words: Mapping[str, str] = field(default_factory=dict)


@frozen
class Ours:
    name: str
    number: int = 0
    words: Mapping[str, str] = field(default_factory=dict)


@frozen
class Longer(Ours):
    more: tuple[int, ...] = ()


@frozen_without_slots
class Free:
    name: str
    number: int = 0
    words: Mapping[str, str] = field(default_factory=dict)


def test_it_shows_itself_compares_and_hashes_as_a_standard_one() -> None:
    assert repr(Ours("a", 2, {"b": "c"})) == repr(Standard("a", 2, {"b": "c"})).replace("Standard", "Ours")
    assert repr(Longer("a", more=(1,))) == "Longer(name='a', number=0, words={}, more=(1,))"
    assert Ours("a") == Ours("a") != Ours("b")
    assert Ours("a") != Longer("a")
    assert Ours("a") != Standard("a")
    assert hash(Ours("a", 1, ())) == hash(Ours("a", 1, ()))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a"))


@pytest.mark.parametrize("kind", [Ours, Free])
def test_none_of_its_fields_can_be_set_or_deleted_or_added(kind: type[Any]) -> None:
    one = kind("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="number"):
        one.number = 1
    with pytest.raises(dataclasses.FrozenInstanceError, match="name"):
        del one.name
    with pytest.raises(AttributeError):
        one.other = 1
    assert one == kind("a")


def test_without_slots_it_is_the_same() -> None:
    one = Free("a", words={"b": "c"})
    assert repr(one) == "Free(name='a', number=0, words={'b': 'c'})"
    assert one == Free("a", 0, {"b": "c"}) != Free("a", 1, {"b": "c"})
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert dataclasses.replace(one, number=3) == Free("a", 3, {"b": "c"})


def test_it_can_be_copied_pickled_replaced_and_taken_apart() -> None:
    one = Longer("a", 1, {"b": "c"}, (2,))
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert dataclasses.replace(one, number=3) == Longer("a", 3, {"b": "c"}, (2,))
    assert dataclasses.asdict(one) == {"name": "a", "number": 1, "words": {"b": "c"}, "more": (2,)}
    match one:
        case Longer(name, number):
            assert (name, number) == ("a", 1)


def test_what_it_does_itself_stays() -> None:
    @frozen
    class Quiet:
        secret: str

        def __repr__(self) -> str:
            return "Quiet()"

    assert repr(Quiet("a")) == "Quiet()"


def test_an_option_that_is_not_heeded_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Told.secret: use dataclass"):

        @frozen
        class Told:
            secret: str = field(repr=False)
