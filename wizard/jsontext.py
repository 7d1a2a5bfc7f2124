"""The one way to read JSON that somebody else wrote: nested no deeper than anything of ours, or an error of one kind.

Python's decoder raises RecursionError on what is nested deeply, which is no ValueError, and what it just accepts breaks
whoever walks through it afterwards.
"""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 64
"""Lists and objects within each other; nothing of ours has ten."""


class UnfitJson(ValueError):
    """This is no JSON that can be used."""


def parse(text: str | bytes) -> Any:
    """The value that the text stands for.

    Raises:
        UnfitJson: It is no JSON, is no Unicode text, holds a number with thousands of digits, or is nested too deeply.
    """
    try:
        value = json.loads(text)  # noqa: TID251 - here it is
    except RecursionError:
        raise UnfitJson(f"it is nested more than {DEEPEST} deep") from None
    except ValueError as problem:
        raise UnfitJson(str(problem)) from None
    if _may_be_deep(text) and _is_deep(value):
        raise UnfitJson(f"it is nested more than {DEEPEST} deep")
    return value


def _may_be_deep(text: str | bytes) -> bool:
    """There are enough brackets; nearly nothing has, so that nearly nothing is walked through."""
    if isinstance(text, str):
        return text.count("[") + text.count("{") > DEEPEST
    return text.count(b"[") + text.count(b"{") > DEEPEST


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, list):
                inner += one
            elif isinstance(one, dict):
                inner += one.values()
        level = [one for one in inner if isinstance(one, list | dict)]
        if not level:
            return False
    return True
