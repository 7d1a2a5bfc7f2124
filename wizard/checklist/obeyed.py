"""Words of a command that a shell computes with, whatever the quoting: arithmetic is code in bash and ksh.

In ``[[ $n -gt 1 ]]`` the value ``a[$(reboot)]`` reboots. POSIX.1-2024, Shell Command Language, 2.6.4, leaves it open
what the value of a variable may be in arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

HOST = "\0"
"""Stands in a word for a host's text."""
OTHER = "\1"
"""Stands in a word for any other value that is not written out."""

BY_NUMBER = "write {{ … | int }}, which lets whole numbers through and nothing else"
"""The mend in arithmetic."""
_AHEAD = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "command", "builtin", "exec"}
_COMPARING = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"}
_COMPUTING = {"let", "exit", "return", "shift", "break", "continue", "ulimit", "integer"}
_NAMING = {"read", "unset", "getopts", "export", "readonly", "local", "typeset", "declare", "mapfile", "readarray"}
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=", re.ASCII)
_INDEX = re.compile(r"[A-Za-z_]\w*\[[^]]*" + HOST, re.ASCII)
_NUMBER = re.compile(r"%[^%a-zA-Z]*[diouxXeEfFgGaA]")


def command_of(words: Sequence[str]) -> Sequence[str]:
    """The words from the command's name on: behind assignments and words such as ``if``."""
    for number, word in enumerate(words):
        if word not in _AHEAD and not _ASSIGNMENT.match(word):
            return words[number:]
    return ()


def assigned(words: Sequence[str]) -> Iterator[str]:
    """The variables that are given a host's text."""
    for word in words:
        name = _ASSIGNMENT.match(word)
        if name and HOST in word:
            yield name[1]


def _compared(words: Sequence[str]) -> bool:
    return any((a in _COMPARING and HOST in b) or (b in _COMPARING and HOST in a) for a, b in pairwise(words))


def _named(name: str, words: Sequence[str]) -> bool:
    """A host says the name of a variable, which may be one of an array with a computed index."""
    if name == "printf":
        return words[1:2] == ["-v"] and HOST in "".join(words[2:3])
    return name in _NAMING and any(HOST in word.partition("=")[0] for word in words[1:])


def _computed(name: str, words: Sequence[str]) -> bool:
    if name == "printf":
        return bool(_NUMBER.search("".join(words[1:2]).replace("%%", ""))) and any(HOST in word for word in words[2:])
    integers = name in _NAMING and any(re.match(r"-\w*[iEF]", word) for word in words[1:])
    return (name in _COMPUTING or integers) and any(HOST in word for word in words[1:])


def flaws(words: Sequence[str], *, tested: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the words of a simple command, and the mend.

    Args:
        words: Without their quotes; ``HOST`` stands for a host's text.
        tested: They stand in ``[[ ]]``.
    """
    command = command_of(words)
    name = command[0].rpartition("/")[2] if command else ""
    testing = tested or name in {"[", "[[", "test"}
    if (testing and _compared(words)) or _computed(name, command):
        yield f"a host's text stands where `{name or '[['}` computes with it, and arithmetic is code", BY_NUMBER
    elif any(_INDEX.match(word) for word in words):
        yield "a host's text stands in an array's index, which is computed, and arithmetic is code", BY_NUMBER
    elif _named(name, command) or (testing and any(a == "-v" and HOST in b for a, b in pairwise(words))):
        yield (
            f"a host's text stands where `{name or '[['}` takes the name of a variable, whose index may be code",
            "write the name out",
        )
