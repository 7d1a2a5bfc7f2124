"""Bytes that a script is given beside its text, so that no record of the script has them.

They are its standard input, made by a here-document, which every sh knows; what one cannot carry comes in base64. The
text with the here-document goes the way of secrets: in a file that is gone before the script begins.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from textwrap import wrap


def opened(content: bytes | None) -> str:
    """The sh that makes these bytes the script's standard input, ahead of it; empty where there are none."""
    if content is None:
        return ""
    text = _text(content)
    if text is None:
        text = "\n".join(wrap(b64encode(content).decode(), 76))
    lines, end = set(text.split("\n")), "END"
    while end in lines:
        end += "_"
    return f"exec <<'{end}'\n{text}{'' if text.endswith(chr(10)) else chr(10)}{end}\n"


def copied(content: bytes) -> str:
    """The command by which a script prints these bytes, below their size and checksum for a reader."""
    command = "base64 -d" if _text(content) is None else f"head -c {len(content)}"
    return f"# {told(content)}\n{command}"


def told(content: bytes) -> str:
    """What a record says of a content: ``1704 bytes, SHA-256 …``."""
    return f"{len(content)} bytes, SHA-256 {sha256(content).hexdigest()}"


def _text(content: bytes) -> str | None:
    """The content as text, where a here-document carries it unchanged."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\n\t" for character in text) else None
