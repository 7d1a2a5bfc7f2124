"""Words of a command that a shell obeys or computes with, whatever the quoting.

Arithmetic is code in bash and ksh: in ``[[ $n -gt 1 ]]`` the value ``a[$(reboot)]`` reboots. POSIX.1-2024, Shell
Command Language, 2.6.4, leaves it open what the value of a variable may be in arithmetic.
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
BY_WORD = """write the commands out and give the value as a word: sh -c 'ls -- "$1"' sh {{ … }}"""
"""The mend where a shell would run it."""
_AHEAD = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "command", "builtin", "exec"}
_COMPARING = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"}
_COMPUTING = {"let", "exit", "return", "shift", "break", "continue", "ulimit", "integer"}
_NAMING = {"read", "unset", "getopts", "export", "readonly", "local", "typeset", "declare", "mapfile", "readarray"}
_SHELLS = {"sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "rbash", "su", "runuser"}
_TAKES_SCRIPT = re.compile(r"[-+][A-Za-z]*c[A-Za-z]*|--command|--session-command")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=", re.ASCII)
_INDEX = re.compile(r"[A-Za-z_]\w*\[[^]]*\0", re.ASCII)  # with HOST in it
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


def _is_obeyed(name: str, words: Sequence[str]) -> bool:
    """A host's text is, or is part of, what a shell takes for commands."""
    if name == "eval":
        return any(HOST in word for word in words[1:])
    if name == "trap":
        operands = [word for word in words[1:] if word != "--"]
        return HOST in "".join(operands[:1])
    return any(_is_shell(word) and HOST in _script(words[at + 1 :]) for at, word in enumerate(words))


def _is_shell(word: str) -> bool:
    return word.rpartition("/")[2] in _SHELLS


def _script(words: Sequence[str]) -> str:
    """What stands behind the -c of a shell, or nothing."""
    for at, word in enumerate(words):
        if word.startswith(("--command=", "--session-command=")):
            return word
        if _TAKES_SCRIPT.fullmatch(word):
            return next((text for text in words[at + 1 :] if text.startswith(HOST) or text[:1] not in {"-", "+"}), "")
        if word.startswith("-c") and HOST in word:
            return word
    return ""


def flaws(words: Sequence[str], *, tested: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the words of a simple command, and the mend.

    Args:
        words: Without their quotes; ``HOST`` stands for a host's text.
        tested: They stand in ``[[ ]]``.
    """
    command = command_of(words)
    name = command[0].rpartition("/")[2] if command else ""
    if _is_obeyed(name, command):
        yield "a host's text stands where a shell takes it for commands, whatever the quoting", BY_WORD
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
