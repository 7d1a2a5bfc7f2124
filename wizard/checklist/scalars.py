"""What a plain YAML word means: YAML 1.2's core types and nothing else.

``on``, ``off``, ``yes``, ``no``, ``22:30`` and dates are text. YAML 1.1 makes ``0644`` the number 420, YAML 1.2 makes
it 644 (yaml.org/spec/1.2.2, 10.3.2): here it is neither, and has to be quoted.
"""

from __future__ import annotations

import re
from typing import Any, Final

from wizard.frozen import frozen

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_AMBIGUOUS = re.compile(r"[-+]?0[0-9_]+|[-+]?0[xob][0-9A-Fa-f_]+")


@frozen
class Ambiguous:
    """A plain word that YAML tools read as different numbers, such as ``0644``."""

    text: str


class Broken:
    """Stands where a value could not be read and the problem is already known."""


BROKEN: Final = Broken()


def resolve(word: str) -> Scalar | Ambiguous:
    """The value of a plain (unquoted) word."""
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    if _DECIMAL.fullmatch(word):
        return float(word)
    return Ambiguous(word) if _AMBIGUOUS.fullmatch(word) else word


_NAMES: dict[Scalar, str] = {None: "nothing", True: "true", False: "false"}


def describe(value: Any) -> str:
    """A value as a message names it: ``the number 644``, ``a list``, ``nothing``."""
    if value is None or isinstance(value, bool):
        return _NAMES[value]
    if isinstance(value, str):
        return f"the text {value[:60]!r}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, Ambiguous):
        return f"{value.text}, which begins with a zero"
    return "a list" if isinstance(value, list | tuple) else "a mapping"
