"""Numbers and versions against what was asked of them: ``10001``, ``>=10001``, ``>=6.2,<8``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from itertools import zip_longest

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BOUND = re.compile(r"(==|!=|<=|>=|<|>|) *(\d+(?:\.\d+)*)")


def is_bounds(text: str) -> bool:
    """The text can be compared with."""
    return all(_BOUND.fullmatch(part.strip()) for part in text.split(","))


def within(value: str, bounds: str) -> bool:
    """The number or version keeps every one of the bounds; parts that one side lacks count as 0.

    Raises:
        ValueError: Either is not made of digits and dots.
    """
    return all(_keeps(value, part.strip()) for part in bounds.split(","))


def _keeps(value: str, bound: str) -> bool:
    found = _BOUND.fullmatch(bound)
    if not found or not re.fullmatch(r"\d+(?:\.\d+)*", value):
        raise ValueError(bound if not found else value)
    return _OPERATORS[found[1]](_order(value, found[2]), 0)


def _order(left: str, right: str) -> int:
    for mine, theirs in zip_longest(left.split("."), right.split("."), fillvalue="0"):
        if int(mine) != int(theirs):
            return int(mine) - int(theirs)
    return 0
