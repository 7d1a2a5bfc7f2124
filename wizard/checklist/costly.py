"""Which regular expressions may explode: told from how they are built, as only a text of a host would show it.

Two things are made out. A repetition within a repetition, where the same text can be shared out between them in very
many ways; and a ``.*`` at the beginning, for which each place of a long line is gone through to its end. Both are
bounded when a run looks (`wizard.patterns`), and what is past the bound is unknown: so the author should hear of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

MANY = 10
"""Times from which on a repetition counts as one without end."""

_ASCII = range(128)
_PRINTABLE = frozenset(range(0x20, 0x7F))
"""What something matches of ASCII that matches nearly anything."""

_ATOM = re.compile(r"\\N\{[^}]*\}|\\x..|\\u.{4}|\\U.{8}|\\[0-9]{1,3}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_HEAD = re.compile(r"\(\?(?:P<\w+>|P=\w+|\(\w+\)|#[^)]*|<?[=!]|>|:|[aiLmsux-]+:?)|\(")
_TIMES = re.compile(r"(?:([*+?])|\{(\d*)(,?)(\d*)\})([?+]?)")
_ZERO_WIDTH = re.compile(r"[\^$]|\\[AbBZ]")


@dataclass(frozen=True, slots=True)
class _Atom:
    """One character of some kind."""

    chars: frozenset[int]


@dataclass(slots=True)
class _Group:
    """Alternatives; what is atomic is never shared out anew."""

    choices: list[list[_Item]] = field(default_factory=lambda: [[]])
    atomic: bool = False


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of a sequence, and how often it comes."""

    part: _Atom | _Group
    least: int
    most: float
    possessive: bool

    @property
    def many(self) -> bool:
        return self.most >= MANY


def cautions_about(pattern: str) -> Iterator[tuple[str, str]]:
    """What may explode in a pattern that compiles, and the mend."""
    try:
        whole = _Reader(pattern).read()
    except (re.error, RecursionError):
        return
    if any(_begins_anywhere(choice) for choice in whole.choices):
        mend = "leave it out: a pattern is looked for anywhere in a line"
        yield "`.*` at the beginning makes each place of a line be gone through to its end", mend
    for what in dict.fromkeys(_explosions(whole)):
        yield what, "write it so that each text can be matched in one way, as `a+` for `(a+)+`"


class _Reader:
    """Reads how a pattern is built. It need not be right about what it does not make out: it only warns."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._flags = re.compile(pattern).flags & (re.IGNORECASE | re.DOTALL | re.ASCII | re.VERBOSE)

    def read(self) -> _Group:
        """The whole of it."""
        group = _Group()
        while self._at < len(self._text):
            if self._text[self._at] == ")":
                self._at += 1
                return group
            self._next(group)
        return group

    def _next(self, group: _Group) -> None:
        sign = self._text[self._at]
        if sign == "|":
            self._at += 1
            group.choices.append([])
        elif sign == "(":
            self._group(group)
        elif (found := _ZERO_WIDTH.match(self._text, self._at)) or (self._flags & re.VERBOSE and sign.isspace()):
            self._at += len(found[0]) if found else 1
            # It stands for a place, which what follows it must begin at.
            group.choices[-1] += [_Item(_Group(atomic=True), 0, 1, possessive=True)] if found else []
        else:
            found = _ATOM.match(self._text, self._at)
            token = found[0] if found else sign
            self._at += len(token)
            self._add(group, _Atom(_chars(token, self._flags)))

    def _group(self, group: _Group) -> None:
        found = _HEAD.match(self._text, self._at)
        head = found[0] if found else "("
        self._at += len(head)
        if head.startswith(("(?#", "(?P=")) or (head[-1] not in ":=!>(" and not head.endswith(")")):
            # Flags for all of it, a comment, or a reference: nothing that is repeated in itself.
            self._at += self._text[self._at : self._at + 1] == ")"
            return
        inner = self.read()
        inner.atomic = head == "(?>"
        if head[-1] in "=!":
            group.choices[-1] += [_Item(_Group(inner.choices, atomic=True), 0, 1, possessive=True)]
        else:
            self._add(group, inner)

    def _add(self, group: _Group, part: _Atom | _Group) -> None:
        least, most, possessive = 1, 1.0, False
        found = _TIMES.match(self._text, self._at)
        if found and (found[1] or found[2] or found[3]):
            self._at = found.end()
            least, most = _times(found)
            possessive = found[5] == "+"
        group.choices[-1].append(_Item(part, least, most, possessive))


def _times(found: re.Match[str]) -> tuple[int, float]:
    sign, least, comma, most = found[1], found[2], found[3], found[4]
    if sign:
        return int(sign == "+"), 1 if sign == "?" else float("inf")
    low = int(least or 0)
    return low, float(most) if most else (float("inf") if comma else low)


@lru_cache(512)
def _chars(token: str, flags: int) -> frozenset[int]:
    """The characters of ASCII that it matches; all of them where that cannot be told."""
    try:
        one = re.compile(token, flags & ~re.VERBOSE)
    except re.error:
        return frozenset(_ASCII)
    return frozenset(code for code in _ASCII if one.fullmatch(chr(code)))


def _begins_anywhere(choice: list[_Item]) -> bool:
    first = choice[0] if choice else None
    while first is not None and isinstance(first.part, _Group) and first.most == 1 and first.part.choices[0]:
        first = first.part.choices[0][0]
    if first is None or isinstance(first.part, _Group) or len(choice) == 1:
        return False
    return first.many and first.part.chars >= _PRINTABLE


def _explosions(group: _Group) -> Iterator[str]:
    for item in (item for choice in group.choices for item in choice):
        if not isinstance(item.part, _Group):
            continue
        yield from _explosions(item.part)
        if item.many and not (item.possessive or item.part.atomic):
            yield from _of_repeated(item.part)


def _of_repeated(group: _Group) -> Iterator[str]:
    for choice in group.choices:
        inner = [chars for item in choice for chars in _repeated(item)]
        if inner and not _is_kept_apart(choice, frozenset().union(*inner)):
            yield "a repetition within a repetition can match a text in more ways than anybody can wait for"
    singles = [choice[0] for choice in group.choices if len(choice) == 1 and choice[0].most == 1]
    atoms = [item.part.chars for item in singles if isinstance(item.part, _Atom)]
    if len(atoms) > len(frozenset().union(*atoms)) or sum(map(len, atoms)) > len(frozenset().union(*atoms)):
        yield "two choices that are repeated match the same character, so that the ways double with each"


def _repeated(item: _Item) -> Iterator[frozenset[int]]:
    """The characters of each repetition in it."""
    if isinstance(item.part, _Atom):
        if item.many and not item.possessive:
            yield item.part.chars
        return
    if item.part.atomic or item.possessive:
        return
    if item.many:
        yield _all_chars(item.part)
        return
    for choice in item.part.choices:
        for one in choice:
            yield from _repeated(one)


def _all_chars(part: _Atom | _Group) -> frozenset[int]:
    if isinstance(part, _Atom):
        return part.chars
    return frozenset().union(*(_all_chars(item.part) for choice in part.choices for item in choice))


def _is_kept_apart(choice: list[_Item], repeated: frozenset[int]) -> bool:
    """Something must come in between that no repetition matches."""
    return any(item.least and not item.many and not (_all_chars(item.part) & repeated) for item in choice)
