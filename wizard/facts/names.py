r"""File names as text that any JSON, script and screen can hold, and back: a name is bytes, any but ``/`` and NUL.

What cannot be shown as it is becomes ``\0`` and three octal digits a byte, which ``printf %b`` of every sh reads.
"""

from __future__ import annotations

import re

_OCTAL = re.compile(rb"\\0([0-7]{3})")

UNESCAPE = r"""case $path in *\\*) path=$(printf '%b.' "$path"); path=${path%.} ;; esac"""
"""The line of sh that turns an escaped ``$path`` back; the dot keeps a newline at its end."""


def escaped(name: bytes) -> str:
    """A file name as printable text without blanks at its ends."""
    text = "".join(_shown(character) for character in name.decode("utf-8", "surrogateescape"))
    inner = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(inner) - before
    return r"\0040" * before + inner + r"\0040" * after


def _shown(character: str) -> str:
    if character.isprintable() and character != "\\":
        return character
    return "".join(f"\\0{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))


def unescaped(text: str) -> bytes:
    """The file name that `escaped` wrote so."""
    return _OCTAL.sub(lambda octal: bytes([int(octal[1], 8)]), text.encode())
