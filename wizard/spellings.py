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


_DIRECTLY = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"})
"""What Go's encoding/json escapes beside what JSON has to."""
_HEXED = str.maketrans({"<": r"\u003C", ">": r"\u003E", "&": r"\u0026", "'": r"\u0027"})
"""PHP's JSON_HEX_TAG, JSON_HEX_AMP and JSON_HEX_APOS."""
_APOSTROPHES, _QUOTES = ("'", "&#39;", "&#x27;", "&#039;", "&apos;"), ('"', "&quot;", "&#34;")
"""How HTML and XML writers put them: Go and jq, Python, PHP, XML; or not at all, in text."""
_UNQUOTED = re.compile(r"""([ !"$&'()*,;<>?\[\\\]^`{|}])""")
"""What bash's ``printf %q`` puts a backslash before."""
_SHOWN = frozenset(range(0x20, 0x7F))
_UNIT = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:_.")
"""What systemd-escape leaves as it is (systemd.unit(5))."""


def _json(text: str) -> set[str]:
    """Inside a JSON string: Python's way, Go's and PHP's."""
    wide, narrow = json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]
    php = {narrow.replace("/", r"\/"), narrow.replace("/", r"\/").translate(_HEXED)}
    return {wide, narrow, wide.translate(_DIRECTLY), narrow.translate(_DIRECTLY), *php}


def _markup(text: str) -> Iterator[str]:
    """In HTML or XML."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for one in {plain, plain.encode("ascii", "xmlcharrefreplace").decode()}:
        for apostrophe in _APOSTROPHES:
            for quote_ in _QUOTES:
                yield one.replace('"', quote_).replace("'", apostrophe)


def _shell(text: str) -> Iterator[str]:
    """In the quotes of a shell (shlex's way, and that of ``set -x``), or with a backslash before what is special."""
    yield text.replace("'", "'\"'\"'")
    yield text.replace("'", "'\\''")
    yield re.sub(r'([\\"$`])', r"\\\1", text)
    escaped = _UNQUOTED.sub(r"\\\1", text)
    yield escaped
    if escaped[:1] in {"#", "~"}:
        yield f"\\{escaped}"


def _literals(text: str) -> Iterator[str]:
    """In a string of Python, of C, or of SQL and YAML, whatever quotes are around it."""
    yield text.replace("'", "''")
    yield text.replace('"', '""')
    escaped = text.replace("\\", r"\\")
    yield escaped.replace("'", r"\'")
    for shown in (repr(text)[1:-1], ascii(text)[1:-1]):
        bare = shown.replace(r"\'", "'")
        yield bare
        yield bare.replace("'", r"\'")
        yield bare.replace('"', r"\"")


def _quotations(text: str) -> Iterator[str]:
    """The text as it is, and as it is written inside a string of something else."""
    yield text
    for once in _json(text):
        yield once
        yield from _json(once)
    yield from _markup(text)
    yield from _shell(text)
    yield from _literals(text)


def _escaped_bytes(data: bytes) -> Iterator[bytes]:
    """What is not ASCII as git, ls, Python and C have it; the name of a unit (systemd-escape)."""
    for form in (b"\\%03o", b"\\x%02x", b"\\x%02X"):
        some = b"".join(b"\\\\" if byte in b"\\" else bytes([byte]) if byte in _SHOWN else form % byte for byte in data)
        yield some
        yield some.replace(b'"', b'\\"')
        yield some.replace(b"'", b"\\'")
    unit = b"".join(b"-" if byte in b"/" else bytes([byte]) if byte in _UNIT else b"\\x%02x" % byte for byte in data)
    yield unit
    yield b"\\x2e" + unit[1:] if unit.startswith(b".") else unit


def _digits(data: bytes) -> Iterator[bytes]:
    """As a row of numbers in hexadecimal or octal, as ``od``, ``xxd -i``, fingerprints and strings of C have them."""
    for form in (b"\\%03o", b"\\x%02x", b"\\x%02X"):
        yield b"".join(form % byte for byte in data)
    for code in (data.hex(" "), data.hex(":"), data.hex("-")):
        yield code.encode()
        yield code.upper().encode()
    yield data.hex(" ").replace(" ", ", 0x").encode()
    yield b" ".join(b"%03o" % byte for byte in data)
    for start in range(2):
        pairs = [data[:start], *(data[at : at + 2] for at in range(start, len(data), 2))]
        yield b" ".join(pair.hex().encode() for pair in pairs if pair)


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
        yield from _escaped_bytes(data)


def dumped(secret: str) -> set[bytes]:
    """The bytes of a secret and of its lines, as they stand in a dump."""
    return {data for piece in _pieces(secret) if not is_weak(piece) for data in _encoded(piece)}


def spellings(secret: str) -> set[bytes]:
    """Every spelling of a secret, of its lines and of its foldings, that is long enough to be looked for anywhere."""
    found: set[bytes] = set()
    for piece in _pieces(secret):
        if is_weak(piece):
            continue
        found.update(_plain_spellings(piece))
        for data in _encoded(piece):
            found.update(_base64(data), (data.hex().encode(), data.hex().upper().encode()))
    # Of the whole alone: numbers are in every log, and each line of a key would cost time on all of them.
    for data in _encoded(secret.strip()):
        found.update(_digits(data))
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
