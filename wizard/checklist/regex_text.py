"""Where in a regular expression a value stands: escaping makes it itself only where the expression reads plain signs.

The rules are those of Python's ``re`` module, "Regular Expression Syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from wizard.checklist.jinja import Expression

_HEAD = re.compile(r"\(\?(?::|=|!|<=|<!|>|P<\w+>|[aiLmsu-]+[:)])")
"""Beginnings of groups that are over where a value may come."""
_ESCAPE = re.compile(r"\\(?:[0-9]{0,3}|x[0-9A-Fa-f]?|u[0-9A-Fa-f]{0,3}|U[0-9A-Fa-f]{0,7}|N(?:\{[^}]*)?)\Z")
_REPEAT = re.compile(r"\{[0-9]*,?[0-9]*\Z")
_VERBOSE = re.compile(r"\(\?[aiLmsu]*x")
_STAND_IN = "v"
"""What a value is while the rest is read; it is no digit, no sign, and ends no escape."""

_MEND = {
    "right after a backslash": "take away the backslash ahead of it",
    "inside [ ]": "put it outside of the brackets",
    "inside the head of a group": "put it behind the head of the group",
    "inside { }": "write the number out",
    "in a verbose expression": "take the flag x away",
}


def misplaced(pieces: tuple[str | Expression, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong, and the mend, for each value that stands where escaping does not make it itself."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if not piece.raw and (place := _place(text)):
            yield f"a template stands {place} of a regular expression, where its value could mean more", _MEND[place]
        text += _STAND_IN


def _place(text: str) -> str:
    """What makes a value behind this text more than itself; empty where nothing does."""
    if _VERBOSE.search(text):
        return "in a verbose expression"
    position, inside = 0, ""
    while position < len(text):
        position, inside = _step(text, position, inside)
        if position < 0:
            return "right after a backslash"
    if inside:
        return inside
    return "inside { }" if _REPEAT.search(text) else ""


def _step(text: str, position: int, inside: str) -> tuple[int, str]:
    """Behind the next sign, and what is open there; a place below 0 means that an escape still takes signs."""
    sign = text[position]
    if sign == "\\":
        return (-1 if _ESCAPE.match(text, position) else position + 2), inside
    if inside == "inside [ ]":
        return position + 1, "" if sign == "]" else inside
    if inside:
        return position + 1, "" if sign == ")" else inside
    if sign == "[":
        opening = re.compile(r"\[\^?\]?").match(text, position)
        return (opening.end() if opening else position + 1), "inside [ ]"
    if text.startswith("(?", position):
        head = _HEAD.match(text, position)
        return (head.end(), "") if head else (position + 2, "inside the head of a group")
    return position + 1, inside


_OPEN_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(g(<[^>]*)?|0[0-7]?)?\Z")


def misplaced_in_replacement(pieces: tuple[str | Expression, ...]) -> Iterator[tuple[str, str]]:
    """The same of a text that replaces what was found, where a value would become part of an escape."""
    for piece, follower in pairwise(pieces):
        if isinstance(piece, str) and not isinstance(follower, str) and _OPEN_ESCAPE.search(piece):
            yield (
                "a template stands right after a backslash or inside \\g< >, where its value could mean more",
                "write \\\\ for a backslash, and the group as \\g<1>",
            )
