"""Strict YAML with positions, built from the parser's events: nothing is ever constructed but plain data.

Closed on purpose: aliases, anchors, tags, merge keys, duplicate keys, keys that are not text, several documents, deep
nesting, large files, bytes that are not UTF-8, and characters that a reader cannot see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from wizard.checklist.positions import START, Loc, Place, Places, Position, show
from wizard.checklist.problems import ChecklistInvalid, Problem
from wizard.checklist.scalars import BROKEN, resolve
from wizard.checklist.syntax import BAD_ESCAPE, explain
from wizard.errors import UsageError
from wizard.frozen import frozen
from wizard.text import hidden

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

_SURROGATE = re.compile("[\ud800-\udfff]")

FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it; only its events are used."""


@dataclass(slots=True)
class Read:
    """What a file says. ``problems`` is not empty where ``value`` is not all there is."""

    value: Any = None
    places: Places = field(default_factory=Places)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet. ``key`` is None while the next node is a key."""

    value: Any
    loc: Loc
    start: Position
    key: Any = None
    key_at: Position = START
    broken: bool = False


class _Stop(Exception):
    """The rest of the file is not worth reading."""


def _at(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)


class _Builder:
    """Turns one file's events into data, places and problems."""

    def __init__(self, file: str) -> None:
        self.read = Read()
        self._file = file
        self._open: list[_Open] = []
        self._documents = 0
        self._quote = (0, 0)
        """First and last line of the last quoted text that is longer than a line."""

    def complain(self, at: Position, what: str, mend: str, loc: Loc | None = None) -> None:
        """Put a problem on record."""
        path = show(self._loc() if loc is None else loc)
        self.read.problems.append(Problem(*at, path, what, mend, self._file))

    def stopped(self, at: Position, what: str, mend: str) -> None:
        """Put on record where YAML itself could not go on, unless that follows from what is known to be wrong there.

        No nearer place is known than what is open. A quote that nobody closed ends at the next one, lines away.
        """
        if any(at.line == known.line for known in self.read.problems):
            return
        if at.line == self._quote[1]:
            what, mend = f"the quote that began in line {self._quote[0]} ends here", "close it where it began"
        self.complain(at, what, mend, self._open[-1].loc if self._open else ())

    def take(self, event: Any) -> None:
        """Take the next event."""
        match event:
            case yaml.ScalarEvent():
                self._decorations(event)
                self._node(self._scalar(event), _at(event), event)
            case yaml.AliasEvent():
                self.complain(_at(event), f"`*{event.anchor}` is an alias", "write the value out again")
                self._node(BROKEN, _at(event), event)
            case yaml.SequenceStartEvent():
                self._begin([], event)
            case yaml.MappingStartEvent():
                self._begin({}, event)
            case yaml.CollectionEndEvent():
                self._end(event)
            case yaml.DocumentStartEvent():
                self._document(event)
            case _:
                pass

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self.complain(_at(event), "a second document begins here", "keep one document in a file", ())
            raise _Stop

    def _loc(self) -> Loc:
        """Where the next node belongs."""
        if not self._open:
            return ()
        top = self._open[-1]
        if isinstance(top.value, list):
            return (*top.loc, len(top.value))
        return (*top.loc, top.key) if isinstance(top.key, str) else top.loc

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _scalar(self, event: Any) -> Any:
        if _SURROGATE.search(event.value):
            self.complain(_at(event), *BAD_ESCAPE)
            return BROKEN
        if event.style in {"'", '"'} and event.end_mark.line > event.start_mark.line:
            self._quote = (event.start_mark.line + 1, event.end_mark.line + 1)
        plain = event.style in {None, ""} and event.implicit[0]
        return resolve(event.value) if plain else event.value

    def _decorations(self, event: Any) -> None:
        if event.anchor is not None:
            self.complain(_at(event), f"`&{event.anchor}` is an anchor", "take it away")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.complain(_at(event), f"`{tag}` is a tag", "take it away; quotes make text")

    def _begin(self, value: Any, event: Any) -> None:
        self._decorations(event)
        if len(self._open) >= MAX_DEPTH:
            self.complain(_at(event), f"nested deeper than {MAX_DEPTH} levels", "make it flatter")
            raise _Stop
        loc, at = self._loc(), _at(event)
        self.read.places.at.setdefault(loc, Place(at, at))
        self._open.append(_Open(value, loc, at))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        self._node(BROKEN if done.broken else done.value, done.start, event)

    def _node(self, value: Any, at: Position, event: Any) -> None:
        """Put a finished node where it belongs: as root, list item, key or value."""
        if not self._open:
            self.read.value = value
            self.read.places.at[()] = Place(at, at)
        elif self._wants_key():
            self._key(value, at, event)
        else:
            self._put(value, at)

    def _key(self, key: Any, at: Position, event: Any) -> None:
        top = self._open[-1]
        top.key, top.key_at = BROKEN, at
        if isinstance(event, yaml.CollectionEndEvent):
            self._bracketed_key(top, at)
        elif key is BROKEN:
            pass
        elif key == "<<" and event.style in {None, ""}:
            self.complain(at, "`<<` is a merge key", "write the keys out again", top.loc)
        elif not isinstance(key, str):
            self.complain(at, f"the key {getattr(event, 'value', '')} is not text", "write it in quotes", top.loc)
        elif key in top.value:
            first = self.read.places.key((*top.loc, key))
            self.complain(
                at, f"`{key}` stands here twice, first in line {first.line}", "keep one of them", (*top.loc, key)
            )
        else:
            top.key = key

    def _bracketed_key(self, top: _Open, at: Position) -> None:
        """``{{ x }}`` without quotes is YAML for a mapping whose key is a mapping."""
        if at != (top.start.line, top.start.column + 1):
            self.complain(at, "a list or mapping cannot be a key", "write text", top.loc)
            return
        top.broken = True
        self.complain(
            top.start,
            "`{` begins a YAML mapping here",
            "write a value with a template in quotes",
            top.loc,
        )

    def _put(self, value: Any, at: Position) -> None:
        top = self._open[-1]
        loc = self._loc()
        if isinstance(top.value, list):
            self.read.places.at[loc] = Place(at, at)
            top.value.append(value)
            return
        if isinstance(top.key, str):
            self.read.places.at[loc] = Place(top.key_at, at)
            top.value[top.key] = value
        top.key = None


def _readable(builder: _Builder, text: str) -> bool:
    """Complain about characters nobody can see; False where YAML cannot hold them at all."""
    for number, line in enumerate(text.split("\n"), start=1):
        found = hidden(line.removesuffix("\r"))
        if found:
            at = Position(number, found.start() + 1)
            builder.complain(at, f"a character that cannot be seen: U+{ord(found[0]):04X}", "take it away", ())
    return not yaml.reader.Reader.NON_PRINTABLE.search(text)


def _events(text: str, loader: Any) -> Iterator[Any]:
    parser = loader(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def parse(text: str, file: str = "", *, loader: Any = FastLoader) -> Read:
    """Everything a YAML text says and everything that is wrong with it; raises nothing."""
    builder = _Builder(file)
    read = builder.read
    if hidden(text) and not _readable(builder, text):
        read.complete = False
        return read
    try:
        for event in _events(text, loader):
            builder.take(event)
    except _Stop:
        read.complete = False
    except (yaml.YAMLError, ValueError) as error:
        builder.stopped(*explain(error, text))
        read.complete = False
    return read


@frozen
class Source:
    """A file as it was read; ``sha256`` is of its bytes."""

    path: Path
    text: str
    sha256: str


def _too_large(path: Path) -> ChecklistInvalid:
    return ChecklistInvalid(
        [Problem(1, 1, "", f"larger than {MAX_BYTES // 1024} KiB", "keep long texts in files of their own", str(path))]
    )


def decoded(data: bytes, path: Path) -> Source:
    """The text of a file's bytes.

    Raises:
        ChecklistInvalid: Too large, or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise _too_large(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig", "replace")
        line, column = good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1
        problem = Problem(
            line, column, "", f"the byte 0x{data[error.start]:02x} is not UTF-8", "save it as UTF-8", str(path)
        )
        raise ChecklistInvalid([problem]) from None
    return Source(path, text, sha256(data).hexdigest())


def source_of(path: Path) -> Source:
    """Read a file.

    Raises:
        UsageError: It cannot be read.
        ChecklistInvalid: Too large, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            return decoded(file.read(MAX_BYTES + 1), path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise UsageError(f"cannot be read: {reason}", where=str(path), mend="Name a checklist that is there") from None
