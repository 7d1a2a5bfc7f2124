"""A checklist as a file: read, validated, linted, and able to say where each of its parts stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wizard.checklist.build import KindsLike, build
from wizard.checklist.defaults import filled
from wizard.checklist.lint import examine
from wizard.checklist.loading import Source, parse, source_of
from wizard.checklist.model import Checklist
from wizard.checklist.positions import Loc, Places, Position, show
from wizard.checklist.problems import ChecklistInvalid, Problem
from wizard.checklist.walking import specs


@dataclass(frozen=True, slots=True)
class Document:
    """A sound checklist and its file. ``sha256`` is of the file's bytes, in hexadecimal."""

    path: Path
    source: str
    sha256: str
    checklist: Checklist
    places: Places = field(repr=False)

    def position(self, loc: Loc) -> Position:
        """Line and column, one-based, of the part at ``loc``."""
        return self.places.position(loc)


def read_document(source: Source, kinds: KindsLike) -> Document:
    """A document from what was read already.

    Raises:
        ChecklistInvalid: Everything that is wrong with it.
    """
    file = str(source.path)
    read = parse(source.text, file)
    read.value = filled(read.value, kinds)
    checklist, problems = examine(read, build(kinds), kinds, file)
    if problems or checklist is None:
        raise ChecklistInvalid(problems)
    return Document(source.path, source.text, source.sha256, checklist, read.places)


def load(path: Path, kinds: KindsLike) -> Document:
    """Read, validate and lint a checklist.

    Raises:
        ChecklistInvalid: Everything that is wrong with it, each with its position.
        UsageError: The file cannot be read.
    """
    return read_document(source_of(path), kinds)


def lint(path: Path, kinds: KindsLike) -> list[Problem]:
    """Everything that is wrong with a checklist, in the order of the file.

    Raises:
        UsageError: The file cannot be read.
    """
    return [problem for problem in examined(path, kinds) if not problem.caution]


def examined(path: Path, kinds: KindsLike) -> list[Problem]:
    """Everything that is wrong with a checklist; where nothing is, what its author should be warned of.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        return list(_cautions(load(path, kinds)))
    except ChecklistInvalid as invalid:
        return list(invalid.problems)


def _cautions(document: Document) -> Iterator[Problem]:
    for loc, spec in specs(document.checklist):
        for flaw in spec.cautions():
            at = (*loc, *flaw.at)
            place = document.position(at)
            yield Problem(*place, show(at), flaw.what, flaw.mend, str(document.path), caution=True)
