"""Whether a value fits an input's type, and what templates then see of it."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable
from typing import Any

from wizard.checklist.scalars import Scalar, describe
from wizard.checklist.spec import parse_duration
from wizard.checklist.surroundings import Input
from wizard.patterns import PatternTooDear, fits

_HOST = re.compile(
    r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?"
    r"(?:(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)"
)
_ACCOUNT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?|[0-9]{1,10}")
_UNIT = re.compile(r"[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WORDS = {"true": True, "false": False}


LAST_PORT = 65535


class Unfit(Exception):
    """A value does not fit: what is wrong, and the mend."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f"expected text, found {describe(value)}", "write it in quotes")
    if "\0" in value:
        raise Unfit("it holds a NUL", "give plain text")
    return value


def _matching(pattern: re.Pattern[str], what: str, mend: str) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        text = _text(str(value) if type(value) is int else value)
        if not pattern.fullmatch(text):
            raise Unfit(f"{describe(text)} is not {what}", mend)
        return text

    return convert


def _path(value: Any) -> str:
    text = _text(value)
    if not text or _CONTROL.search(text):
        raise Unfit(f"{describe(text)} is not a path", "give one without control characters")
    return os.path.expanduser(text)  # noqa: PTH111 - Path would take a final slash and a leading ./ away


def _number(value: Any) -> int | float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"expected a number, found {describe(value)}", "give digits")
    return value


def _port(value: Any) -> int:
    number = _number(value)
    if not isinstance(number, int) or not 1 <= number <= LAST_PORT:
        raise Unfit(f"{describe(value)} is not a port", "give a whole number from 1 to 65535")
    return number


def _duration(value: Any) -> str:
    """Stays text, because a template puts it where a duration is written with its unit."""
    try:
        parse_duration(_text(value))
    except ValueError:
        raise Unfit(
            f"{describe(value)} is not a length of time", "give it with its unit, as in 30s, 5m or 1h30m"
        ) from None
    return str(value)


def _flag(value: Any) -> bool:
    found = _WORDS.get(value) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise Unfit(f"expected true or false, found {describe(value)}", "give true or false")
    return found


def _secret(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise Unfit("expected a secret as text", "write it in quotes")
    return value


_CONVERT: dict[str, Callable[[Any], Scalar]] = {
    "host": _matching(_HOST, "a host", "give user@host, user@host:port or an alias, without signs a shell would read"),
    "path": _path,
    "text": _text,
    "number": _number,
    "port": _port,
    "account": _matching(_ACCOUNT, "an account", "give a user's name or number"),
    "unit": _matching(_UNIT, "a systemd unit", "give its name, as in redis-server.service"),
    "duration": _duration,
    "flag": _flag,
    "secret": _secret,
    "choice": _text,
}


def convert(value: Any, declared: Input) -> Scalar:
    """The value as the input's type.

    Raises:
        Unfit: It is not of that type, not among the choices, or does not match the pattern, or that cannot be told
            within a bound. A secret is never repeated.
    """
    done = _CONVERT[declared.type](value)
    if declared.choices and done not in declared.choices:
        raise Unfit(f"{describe(done)} is not among the choices", f"choose one of {', '.join(declared.choices)}")
    if declared.pattern and not _fits(declared.pattern, str(done)):
        shown = "it" if declared.type == "secret" else describe(done)
        raise Unfit(f"{shown} does not match {declared.pattern}", "give one that does")
    return done


def _fits(pattern: str, text: str) -> bool:
    try:
        return fits(pattern, text)
    except PatternTooDear as problem:
        raise Unfit(problem.what, problem.mend) from None
