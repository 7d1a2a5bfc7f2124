"""Where in a command an expression stands: quoting makes a value one word only where the shell reads words.

POSIX.1-2024, Shell Command Language, 2.2 (quoting), 2.3 (comments), 2.6 (expansions), 2.7.4 (here-documents).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from wizard.checklist.jinja import Expression
from wizard.checklist.obeyed import BY_NUMBER, HOST, OTHER, assigned, flaws

_WORDS = {"plain", "$(", "("}
"""Contexts in which a quoted value is a word."""
_MEND = {
    "'": "end the quotes ahead of it: every value is quoted already",
    '"': "end the quotes ahead of it: every value is quoted already",
    "#": "take it out of the comment",
    "`": "use $( ) in place of the backticks",
    "${": "assign the value to a variable first",
    "$((": BY_NUMBER,
    "((": BY_NUMBER,
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
    "((": "inside arithmetic",
    "<<": "after the beginning of a here-document",
    "$": "right after a $",
    "\\": "right after a backslash",
    ">": "right ahead of a redirection, which would take a number",
}


_UNSURE = {
    "$'": ("$'…', which only some shells know", "write it in plain quotes, or make it with printf"),
    "${'": ('a quote inside "${ }", which shells read differently', "put what it holds into a variable first"),
    "${ ": ("${ and a blank, which only some shells know", "use $( )"),
    "$[": ("$[ ], which only some shells know", "use $(( ))"),
    "`": ("backticks that hold a comment or an open quote", "use $( )"),
    "case": ("a `case` inside $( ) with a pattern that ends in a lone )", "write each pattern as (pattern)"),
    "$((": ("$(( that does not end with )), which shells read differently", "put a blank between the parentheses"),
    "((": ("(( )) with a quote, a comment or << inside, which shells read differently", "use $(( ))"),
    "@(": ("a pattern such as @(a|b), which only some shells know", "use `case`"),
}
"""What this reader or some shell is not sure to read as another does: its name, and what to write in its place."""
_BEGINS = frozenset(" \t\n;&|()<>")
"""After these a word may begin, and so a comment."""


_RUNS = {"$(", "`"}
"""Contexts that hold commands of their own."""


class _Seen:
    """What came by in a whole text.

    Attributes:
        flaws: Of the words of each command, with the mend.
        assigned: Variables that were given a host's text.
        arithmetic: The literal text of all that is arithmetic.
    """

    def __init__(self) -> None:
        self.flaws: list[tuple[str, str]] = []
        self.assigned: set[str] = set()
        self.arithmetic = ""

    def all(self) -> Iterator[tuple[str, str]]:
        """Each flaw, and the variables that are computed with though a host says what they hold."""
        yield from self.flaws
        for name in sorted(self.assigned & set(re.findall(r"[A-Za-z_]\w*", self.arithmetic, re.ASCII))):
            yield (
                f"`{name}` holds a host's text and stands in arithmetic, which is code",
                f"where it gets its value, {BY_NUMBER}",
            )


class _Words:
    """The words of the simple command that is being read, without their quotes."""

    def __init__(self, seen: _Seen) -> None:
        self._seen = seen
        self._words: list[str] = []
        self._word: str | None = None
        self._tested = False

    def add(self, text: str) -> None:
        """More of a word."""
        self._word = (self._word or "") + text

    def end(self, sign: str) -> None:
        """A sign that ends a word, and maybe the command."""
        if self._word is not None:
            self._words.append(self._word)
            self._word = None
        if sign in "\n;&|()":
            self._end_command()

    def _end_command(self) -> None:
        tested = self._tested or "[[" in self._words
        self._tested = tested and "]]" not in self._words
        self._seen.flaws.extend(flaws(self._words, tested=tested))
        self._seen.assigned.update(assigned(self._words))
        self._words = []


class _Reader:
    """Follows shell text character by character and knows the context it is in.

    Attributes:
        unsure: What came by that shells read differently, if anything did: a key of ``_UNSURE``.
        seen: What came by of commands and arithmetic.
    """

    def __init__(self) -> None:
        self.unsure = ""
        self.seen = _Seen()
        self._commands = [_Words(self.seen)]
        self._stack = ["plain"]
        self._cases = [0]
        self._word = ""
        self._before = "\n"
        self._escaped = False
        self._document = False
        self._closing = False

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

    def value(self, mark: str) -> None:
        """A value stands here; the mark stands for it among the words."""
        self._commands[-1].add(mark)
        self._before, self._escaped, self._word, self._closing = "x", False, "", False

    def read(self, text: str) -> None:
        """Read literal text."""
        for char in text:
            self._take(char)

    def finish(self) -> None:
        """The text is at its end."""
        for words in self._commands:
            words.end("\n")

    def _take(self, char: str) -> None:
        top = self._stack[-1]
        if self._escaped:
            self._escaped = False
            if char == "\n":  # the shell takes both away: what is ahead of them and what follows are side by side
                return
            self._commands[-1].add(char)
            self._before = "x"
        elif char == "\\" and top not in {"'", "#"}:
            self._escaped = True
        else:
            self._before = self._plainly(top, char)

    def _plainly(self, top: str, char: str) -> str:
        """Take one that no backslash is ahead of; what it counts as for the next."""
        if self._closing and char != ")":
            self._doubt("$((")
        self._closing = False
        self._follow_words(top, char)
        if top in {"'", "#"}:
            if char == "`" and top == "'" and "`" in self._stack:
                self._doubt("`")
            if char == ("'" if top == "'" else "\n"):
                self._pop()
            return char
        self._follow_case(top, char)
        return self._structure(top, char)

    def _doubt(self, what: str) -> None:
        self.unsure = self.unsure or what

    def _push(self, context: str) -> None:
        self._stack.append(context)
        self._cases.append(0)
        if context in _RUNS:
            self._commands.append(_Words(self.seen))

    def _pop(self) -> None:
        self._cases.pop()
        if self._stack.pop() in _RUNS:
            self._commands.pop().end("\n")

    def _follow_words(self, top: str, char: str) -> None:
        words = self._commands[-1]
        if top in {"$((", "(("}:
            self.seen.arithmetic += char
        elif char in _BEGINS and top in {*_WORDS, "`"}:
            if self._before != "$" or char != "(":
                words.end(char)
        elif top == "#":
            words.end(char if char == "\n" else " ")
        elif char != top and (char not in "'\"`" or top == "'" or (top == '"' and char == "'")):
            words.add(char)
        elif char in "'\"":
            words.add("")

    def _follow_case(self, top: str, char: str) -> None:
        """Count the `case` that are open here: the ) of a pattern is not the one of a $( )."""
        if char not in _BEGINS:
            self._word += char
            return
        if top in _WORDS:
            self._cases[-1] += {"case": 1, "esac": -1}.get(self._word, 0)
        self._word = ""

    def _structure(self, top: str, char: str) -> str:  # noqa: C901 - one case for each sign
        match char:
            case '"' | "`":
                self._toggle(top, char)
            case "'" if top != '"':
                self._apostrophe(top)
            case "'" | "}" if top == '"' and self._is_quoted(self._stack[:-1]) and self._stack[-2] == "${":
                self._doubt("${'")
            case "{" | "(" if self._before == "$":
                self._push("$" + char)
            case "[" if self._before == "$":
                self._doubt("$[")
            case "(" | ")":
                return self._parenthesis(top, char)
            case "}" if top == "${":
                self._pop()
                return "x"
            case " " | "\t" | "\n" | "|" if top == "${" and self._before == "{":
                self._doubt("${ ")
            case "#" if self._before in _BEGINS and top in {*_WORDS, "`", "(("}:
                self._comment(top)
            case "<" if self._before == "<" and top in {*_WORDS, "`", "(("}:
                self._document = True
            case _:
                pass
        return char

    @staticmethod
    def _is_quoted(stack: list[str]) -> bool:
        """A ${ } that stands in double quotes, with no $( ) between."""
        inner = next((context for context in reversed(stack) if context != "${"), "plain")
        return inner == '"'

    def _apostrophe(self, top: str) -> None:
        if self._before == "$":
            self._doubt("$'")
        elif top == "${" and self._is_quoted(self._stack):
            self._doubt("${'")
        elif top in {"$((", "(("}:
            self._doubt(top if top == "((" else "${'")
        self._push("'")

    def _comment(self, top: str) -> None:
        if top in _WORDS:
            self._push("#")
        else:
            self._doubt(top)

    def _toggle(self, top: str, char: str) -> None:
        if top == char:
            self._pop()
            return
        if char == "`" and "`" in self._stack:
            self._doubt("`")
        self._push(char)

    def _parenthesis(self, top: str, char: str) -> str:
        if char == ")":
            return self._close(top)
        if self._before in "@+*?!" and top in _WORDS:
            self._doubt("@(")
        if top in {"$((", "(("}:
            self._push(top)
        elif self._before == "(" and top in {"$(", "("}:
            if top == "$(":
                self._commands.pop()
            self._stack[-1:] = ["$((", "$(("] if top == "$(" else ["((", "(("]
            self._cases.append(0)
        elif top in _WORDS:
            self._push("(")
        return char

    def _close(self, top: str) -> str:
        if top in {"$(", "(", "$((", "(("}:
            if self._cases[-1] > 0 and len(self._stack) > 1:
                self._doubt("case")
            self._pop()
            self._closing = top == "$((" and self._stack[-1] == "$((" and self._stack[-2:-1] != ["$(("]
        return "x" if top in {"$(", "$(("} else ")"


def _joined(text: str) -> str:
    """Text without the ends of lines that a backslash takes away, at its beginning."""
    while text.startswith("\\\n"):
        text = text[2:]
    return text


def misplaced(pieces: tuple[str | Expression, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong, and the mend, for each expression that stands where quoting cannot protect it."""
    reader = _Reader()
    for piece, follower in zip_longest(pieces, pieces[1:]):
        if isinstance(piece, str):
            reader.read(piece)
            continue
        context = reader.context()
        if context == "plain" and isinstance(follower, str) and _joined(follower)[:1] in {"<", ">"}:
            context = ">"
        if not piece.raw and not (piece.number and context not in {"$", ">"}):
            yield from _refused(context, reader.unsure)
        reader.value(HOST if piece.of_host and not piece.number else OTHER)
    reader.finish()
    yield from reader.seen.all()


def _refused(context: str, unsure: str) -> Iterator[tuple[str, str]]:
    if unsure:
        what, mend = _UNSURE[unsure]
        yield f"a template stands in or behind {what}: the command cannot be read for sure", mend
    elif context != "plain":
        yield f"a template stands {_NAMES[context]}, where its value could break out", _MEND[context]
