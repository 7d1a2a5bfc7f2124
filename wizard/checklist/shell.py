"""Where in a command an expression stands: quoting makes a value one word only where the shell reads words.

POSIX.1-2024, Shell Command Language, 2.2 (quoting), 2.3 (comments), 2.6 (expansions), 2.7.4 (here-documents).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from wizard.checklist.jinja import Expression

_WORDS = {"plain", "$("}
"""Contexts in which a quoted value is a word."""
_MEND = {
    "'": "end the quotes ahead of it: every value is quoted already",
    '"': "end the quotes ahead of it: every value is quoted already",
    "#": "take it out of the comment",
    "`": "use $( ) in place of the backticks",
    "${": "assign the value to a variable first",
    "$((": "assign the value to a variable first",
    "<<": "write the text with printf, or with a `file` step",
    "$": "take away the $ ahead of it",
    "\\": "take away the backslash ahead of it",
    ">": "put a space between them",
}
_NAMES = {
    "'": "inside single quotes",
    '"': "inside double quotes",
    "#": "inside a comment",
    "`": "inside backticks",
    "${": "inside ${ }",
    "$((": "inside arithmetic",
    "<<": "after the beginning of a here-document",
    "$": "right after a $",
    "\\": "right after a backslash",
    ">": "right ahead of a redirection, which would take a number",
}


class _Reader:
    """Follows shell text character by character and knows the context it is in."""

    def __init__(self) -> None:
        self._stack = ["plain"]
        self._before = "\n"
        self._escaped = False
        self._document = False

    def context(self) -> str:
        """What makes a value here not a word of its own, or ``plain``."""
        if self._escaped:
            return "\\"
        if self._document:
            return "<<"
        if self._before == "$" and self._stack[-1] != "'":
            return "$"
        if "`" in self._stack:
            return "`"
        return "plain" if self._stack[-1] in _WORDS else self._stack[-1]

    def value(self) -> None:
        """A value stands here."""
        self._before, self._escaped = "x", False

    def read(self, text: str) -> None:
        """Read literal text."""
        for char in text:
            self._take(char)

    def _take(self, char: str) -> None:
        top = self._stack[-1]
        if self._escaped:
            self._escaped, char = False, "x"
        elif top == "'":
            self._leave(char == "'")
        elif top == "#":
            self._leave(char == "\n")
        elif char == "\\":
            self._escaped = True
        else:
            self._structure(top, char)
        self._before = char

    def _leave(self, leaves: bool) -> None:  # noqa: FBT001 - the condition is the argument
        if leaves:
            self._stack.pop()

    def _structure(self, top: str, char: str) -> None:
        match char:
            case '"' | "`":
                self._toggle(top, char)
            case "'" if top != '"':
                self._stack.append("'")
            case "{" | "(" if self._before == "$":
                self._stack.append("$" + char)
            case "(" | ")":
                self._parenthesis(top, char)
            case "}" if top == "${":
                self._stack.pop()
            case "#" if top in _WORDS and self._before in " \t\n;|&(":
                self._stack.append("#")
            case "<" if top in {*_WORDS, "`"} and self._before == "<":
                self._document = True
            case _:
                pass

    def _toggle(self, top: str, char: str) -> None:
        if top == char:
            self._stack.pop()
        else:
            self._stack.append(char)

    def _parenthesis(self, top: str, char: str) -> None:
        if char == ")":
            self._leave(top in {"$(", "$(("})
        elif top == "$((":
            self._stack.append("$((")
        elif top == "$(" and self._before == "(":
            self._stack[-1:] = ["$((", "$(("]
        elif top in _WORDS and len(self._stack) > 1:
            self._stack.append("$(")


def misplaced(pieces: tuple[str | Expression, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong, and the mend, for each expression that stands where quoting cannot protect it."""
    reader = _Reader()
    for piece, follower in zip_longest(pieces, pieces[1:]):
        if isinstance(piece, str):
            reader.read(piece)
            continue
        context = reader.context()
        if context == "plain" and isinstance(follower, str) and follower[0] in "<>":
            context = ">"
        if context != "plain" and not piece.raw:
            yield f"a template stands {_NAMES[context]}, where its value could break out", _MEND[context]
        reader.value()
