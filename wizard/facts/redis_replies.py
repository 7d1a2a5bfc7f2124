"""What a Redis server says, read into plain values; the same values by whichever way it was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from wizard.errors import StepRefused

Reply = str | int | None | Sequence["Reply"]
"""A reply; an array holds replies. Nothing that is asked here answers with deeper arrays than one level."""

_NUMBERED = re.compile(r" *\d+\) (.*)")
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}


class Trouble(StrEnum):
    """Why a server gave no usable answer."""

    ABSENT = "absent"
    DENIED = "denied"
    LOADING = "loading"
    SILENT = "silent"
    NO_CLIENT = "no client"
    ERROR = "error"


class RedisUnanswered(StepRefused):
    """The server is not there, does not let us in, or answered with an error: nothing may be built on it.

    Args:
        what: The server's or the client's own words.
        trouble: What kind of refusal it is.
        where: Host and address.
        mend: What to do next.
    """

    def __init__(self, what: str, *, trouble: Trouble, where: str = "", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.trouble = trouble


_DENIALS = ("NOAUTH", "WRONGPASS", "NOPERM", "DENIED", "ERR AUTH", "ERR invalid password")
_MENDS = {
    Trouble.ABSENT: "See whether the server runs and listens there",
    Trouble.DENIED: "Give the username and password of an account that may ask this",
    Trouble.LOADING: "Wait until it has read its data",
    Trouble.SILENT: "See whether the server is busy or its address is filtered",
    Trouble.NO_CLIENT: "Install redis-cli on the host, or say where it is with cli:",
}


def unanswered(what: str, trouble: Trouble, where: str = "") -> RedisUnanswered:
    """The error of this kind, with its mend."""
    return RedisUnanswered(what, trouble=trouble, where=where, mend=_MENDS.get(trouble, ""))


def error_reply(text: str, where: str = "") -> RedisUnanswered:
    """The error for an error reply such as ``NOAUTH Authentication required.``."""
    if text.startswith(_DENIALS):
        return unanswered(text, Trouble.DENIED, where)
    return unanswered(text, Trouble.LOADING if text.startswith("LOADING") else Trouble.ERROR, where)


def plain(raw: object) -> Reply:
    """A reply off the wire as plain values; bytes that are no UTF-8 become escapes."""
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "backslashreplace")
    if isinstance(raw, (list, tuple)):
        return [plain(part) for part in raw]
    return raw if isinstance(raw, (str, int)) else None


def formatted(text: str) -> Reply:
    r"""A reply as ``redis-cli --no-raw`` prints it: ``(integer) 1``, ``"a\n"``, ``1) "a"`` on each line, ``OK``.

    Raises:
        RedisUnanswered: It is an error reply.
    """
    if _NUMBERED.match(text):
        return [formatted(part) for part in _elements(text)]
    if text.startswith("(error) "):
        raise error_reply(text.removeprefix("(error) "))
    if text.startswith("(integer) "):
        return int(text.removeprefix("(integer) "))
    if text.startswith('"'):
        return _unquoted(text)
    return {"(nil)": None, "(empty array)": [], "(empty list or set)": []}.get(text, text)


def _elements(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if found := _NUMBERED.fullmatch(line):
            yield found[1]


def _unquoted(text: str) -> str:
    inner = text[1:-1].encode("utf-8", "surrogateescape")
    plain_bytes = _ESCAPE.sub(lambda m: bytes.fromhex(m[1].decode()) if m[1] else _LETTERS.get(m[2], m[2]), inner)
    return plain_bytes.decode("utf-8", "backslashreplace")


def fields(text: str) -> dict[str, str]:
    """The ``name:value`` lines of an ``INFO`` reply."""
    pairs = (line.split(":", 1) for line in text.split("\n") if ":" in line and not line.startswith("#"))
    return {name: value.strip() for name, value in pairs}
