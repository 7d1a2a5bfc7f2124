"""The one sanitiser: text from anywhere else passes it before a screen, a console or a report shows it.

What a terminal or a reader's eye would obey or overlook is shown as an escape of its own, so nothing is lost.
"""

from __future__ import annotations

import re

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_BYTES = range(0xDC80, 0xDD00)
"""Where Python's ``surrogateescape`` keeps bytes that are not UTF-8."""

_HIDDEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without newline and tab, DEL, C1
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # joiners and fillers without a glyph
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero-width, line separators, bidi controls
    r"\ud800-\udfff"  # lone surrogates
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls; tags and variation selectors that can carry text
)
# A run of carriage returns is taken whole, with the newline behind it if there is one: looked at from each of them
# anew, a long run would cost its length squared.
_FORBIDDEN = re.compile(f"\r+\n?|[{_HIDDEN}]")
_FORBIDDEN_ASCII = re.compile("\r+\n?|[\x00-\x08\x0b-\x1f\x7f]")
_ACTED_ON = bytes({*range(0x20), 0x7F} - set(b"\t\n"))
_BLANK = re.compile(r"\s+")


def decode(data: bytes) -> str:
    r"""Bytes as text; what is not UTF-8 is shown as ``\x..``."""
    return data.decode("utf-8", "backslashreplace")


def _shown(found: re.Match[str]) -> str:
    mark = found[0]
    if mark[0] == "\r":
        return "\n" if mark[-1] == "\n" else _PICTURES[0x0D] * len(mark)
    code = ord(mark)
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return _PICTURES.get(code) or mark.encode("ascii", "backslashreplace").decode()


def sanitise(text: str) -> str:
    r"""The same text with everything invisible or obeyed by a terminal made visible: ``␛``, ``\x9b``, ``\u202e``.

    Newlines and tabs stay. A carriage return ahead of a newline goes; any other is shown as ``␍``.
    """
    ascii_only = text.isascii()
    if ascii_only and text.isprintable():
        return text
    forbidden = _FORBIDDEN_ASCII if ascii_only else _FORBIDDEN
    return forbidden.sub(_shown, text)


def harmless(data: bytes) -> bool:
    """These bytes are ASCII, and `sanitise` would leave them as they are; told at a gigabyte a second."""
    return data.isascii() and len(data.translate(None, _ACTED_ON)) == len(data)


def hidden(text: str) -> re.Match[str] | None:
    """The first thing in ``text`` that `sanitise` would not leave as it is."""
    return _FORBIDDEN.search(text)


def one_line(text: str, width: int = 120) -> str:
    """An excerpt for a line of its own: sanitised, blanks folded, cut to ``width`` characters with ``…``."""
    folded = _BLANK.sub(" ", sanitise(text[: 8 * width + 1])).strip()
    return folded if len(folded) <= width and len(text) <= 8 * width + 1 else folded[: width - 1] + "…"
