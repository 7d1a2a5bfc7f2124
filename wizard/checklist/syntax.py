"""YAML's own complaints in our words: libyaml's and PyYAML's differ, so both are mapped to one sentence and place."""

from __future__ import annotations

import re

import yaml

from wizard.checklist.positions import START, Position

_QUOTE = "write the whole value in quotes"
_INDENT = "check the indentation, and write values that hold `: `, `#` or a template in quotes"
BAD_ESCAPE = ("an escape that YAML does not know", "use single quotes, in which a backslash is a backslash")

_CAUSES = [
    (r"mapping values are not allowed", False, "a `: ` where no key can stand", _INDENT),
    (r"could not find expected ':'", True, "this line is neither `key: value` nor part of a value", _INDENT),
    (
        r"unexpected end of stream|unexpected document (indicator|separator)",
        True,
        "the quote is never closed",
        "close it",
    ),
    (r"',' or ']'", True, "the list that begins here is not closed where YAML expects it", "close it with `]`"),
    (r"',' or '}'", True, "the mapping that begins here is not closed where YAML expects it", "close it with `}`"),
    (r"escape (character|sequence|code)|hexdecimal", True, *BAD_ESCAPE),
    (r"expected '-'|expected <block end>.*block (collection|sequence)", False, "a list item is expected here", _INDENT),
    (
        r"sequence entries are not allowed",
        False,
        "a list cannot begin on the line of its key",
        "begin it on the next line",
    ),
    (r"incompatible YAML", False, "not YAML 1.1 or 1.2", "take the directive away"),
    (r"expected key|expected <block end>", False, "text that does not belong to the value before it", _QUOTE),
    (r"node content", False, "a value is missing here", "write one, or take the sign away"),
    (r"tab character", False, "a tab stands where the line is indented", "indent with spaces"),
]
_STARTS = {
    "\t": ("a tab stands where the line is indented", "indent with spaces"),
    "@": ("text cannot begin with @", _QUOTE),
    "`": ("text cannot begin with `", _QUOTE),
    "%": ("text cannot begin with %", _QUOTE),
}


def _position(mark: yaml.Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else START


def _character(text: str, position: Position) -> str:
    lines = text.split("\n", position.line)
    line = lines[position.line - 1] if len(lines) >= position.line else ""
    return line[position.column - 1 : position.column]


def explain(error: Exception, text: str) -> tuple[Position, str, str]:
    """Where YAML stopped reading, what is wrong there, and the mend."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return START, "this is not YAML", "write it as text in UTF-8, with known escapes"
    said = f"{error.problem} {error.context or ''}"
    where = _position(error.problem_mark or error.context_mark)
    if "cannot start any token" in said and (start := _STARTS.get(_character(text, where))):
        return where, *start
    for pattern, opened, what, mend in _CAUSES:
        if re.search(pattern, said):
            return _position(error.context_mark) if opened and error.context_mark else where, what, mend
    return where, "YAML cannot be read on from here", _INDENT
