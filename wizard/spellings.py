"""How a secret may be spelt where it is printed: quoted, encoded, line by line or folded into one."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters; a shorter secret would mask half the report, so it is masked only as a whole word."""

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_BREAKS = re.compile(r"[\r\n]+")


def is_weak(secret: str) -> bool:
    """Too short to be masked inside other words."""
    return len(_BREAKS.sub("", secret.strip())) < SHORTEST


def _pieces(secret: str) -> set[str]:
    """The secret without outer white space and, where it has several lines, each line and all folded into one."""
    lines = [line.strip() for line in _BREAKS.split(secret.strip())]
    if len(lines) == 1:
        return set(lines)
    words = secret.split()
    return {secret.strip(), *lines, " ".join(lines), " ".join(words), "".join(words)}


def _quotations(text: str) -> Iterator[str]:
    """The text as it is, inside JSON and inside the quotes of a shell (shlex's way, and that of ``set -x``)."""
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield text.replace("'", "'\"'\"'")
    yield text.replace("'", "'\\''")


def _url_encodings(data: bytes) -> Iterator[bytes]:
    for text in (quote_plus(data), *(quote(data, safe=safe) for safe in ("", "/", "!'()*"))):
        yield text.encode()
        yield re.sub("%..", lambda match: match[0].lower(), text).encode()


def _base64(data: bytes) -> Iterator[bytes]:
    """The characters that are the same whatever stands before and after, at the three alignments."""
    for before in range(3):
        whole = b64encode(bytes(before) + data)
        core = whole[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
        yield core
        yield core.translate(_URL_SAFE)


def _encoded(text: str) -> set[bytes]:
    """The text's bytes; two answers where it holds surrogates: undecodable bytes, or surrogates meant as such."""
    found = set()
    for errors in ("surrogateescape", "surrogatepass"):
        with suppress(UnicodeEncodeError):
            found.add(text.encode("utf-8", errors))
    return found


def _plain_spellings(piece: str) -> Iterator[bytes]:
    for text in _quotations(piece):
        yield from _encoded(text)
    for data in _encoded(piece):
        yield from _url_encodings(data)


def spellings(secret: str) -> set[bytes]:
    """Every spelling of a secret, of its lines and of its foldings, that is long enough to be looked for anywhere."""
    found: set[bytes] = set()
    for piece in _pieces(secret):
        if is_weak(piece):
            continue
        found.update(_plain_spellings(piece))
        for data in _encoded(piece):
            found.update(_base64(data), (data.hex().encode(), data.hex().upper().encode()))
    return found


def word_spellings(secret: str) -> set[bytes]:
    """Every spelling of a short secret; its encodings only where they are not still shorter than they should be."""
    found: set[bytes] = set()
    for piece in _pieces(secret) - {""}:
        found.update(_plain_spellings(piece))
        for data in _encoded(piece):
            coded = {b64encode(data), b64encode(data).rstrip(b"="), data.hex().encode(), data.hex().upper().encode()}
            found.update(text for text in coded if len(text) >= SHORTEST)
    return found
