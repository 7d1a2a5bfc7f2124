"""One call of a stand-in, what it answers, and the loud no to whatever is not modelled."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from wizard.drill.host.state import PracticeHost

UNMODELLED = 99
"""Exit status of a use that the practice host does not model; none of the real commands has it."""


class UnmodelledError(Exception):
    """A command was used in a way that the practice host does not imitate."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls which command with which words, and where."""

    uid: int
    search: str
    directory: Path
    name: str
    words: tuple[str, ...]

    def path(self, word: str) -> Path:
        """A file named by the caller."""
        return Path(os.path.normpath(self.directory / word))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command prints and exits with."""

    status: int = 0
    out: str = ""
    err: str = ""


StandIn = Callable[[Call, PracticeHost], Awaitable[Reply]]


def complaint(call: Call, text: str, status: int = 1) -> Reply:
    """An error in the command's own manner."""
    return Reply(status, err=f"{call.name}: {text}\n")


def options_of(call: Call, known: str, valued: str = "") -> tuple[dict[str, str], list[str]]:
    """Short options, by letter, and operands; ``--`` ends the options.

    Args:
        call: The call.
        known: Letters without a value.
        valued: Letters that take the next word.

    Raises:
        UnmodelledError: Another option.
    """
    found: dict[str, str] = {}
    words = list(call.words)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        for letter in word[1:]:
            if letter in valued and words:
                found[letter] = words.pop(0)
            elif letter in known:
                found[letter] = ""
            else:
                raise UnmodelledError(f"the option {word}")
    return found, words
