"""The lines a control channel is fed: calls of the functions in ``sh/channel.sh``, every value quoted."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from shlex import quote

from wizard.errors import UsageError
from wizard.frozen import frozen
from wizard.hosts.base import MEBIBYTE, Attempt
from wizard.hosts.content import opened

ANSWER_CAP = MEBIBYTE
"""Bytes of standard output, and as many of standard error, that an answer may have."""

_FUNCTIONS = ("channel.sh", "spool.sh", "attempts.sh", "following.sh")
TICKS = 5
"""Of a channel's clock, in a second."""

WHOLE = "whole"
"""The last word of a line that changes something: without it the host does nothing, as the line was cut off."""

NO_CORE = "ulimit -S -c 0\n"
"""Ahead of what holds a secret. A program that needs dumps may allow them again, as the hard limit stays."""

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_UNFIT = re.compile(r"[^A-Za-z0-9@._:+-]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = frozenset(range(0x20, 0x7F)) | {0x0A, 0x09}


@cache
def _source(name: str) -> str:
    text = Path(__file__).with_name("sh").joinpath(name).read_text("utf-8")
    return "".join(f"{line}\n" for line in text.splitlines() if line and not line.lstrip().startswith("#"))


def bootstrap(nonce: str, name: str, spool: str, path: Sequence[str]) -> bytes:
    """What makes a fresh ``/bin/sh`` into a control channel.

    Args:
        nonce: What its frames carry; must stay unknown to what runs there.
        name: Names its runner and the directories it makes: letters and digits, unique on the host.
        spool: Where attempts are kept, a full path; empty for the default.
        path: Directories put before the host's own PATH.
    """
    settings = {
        "wz_nonce": nonce,
        "wz_id": name,
        "wz_spool": spool.rstrip("/") or spool,
        "wz_path": ":".join(path),
        "wz_runner": _source("runner.sh"),
    }
    assignments = "".join(f"{name}={quote(value)}\n" for name, value in settings.items())
    return (assignments + "".join(map(_source, _FUNCTIONS)) + "wz_setup\n").encode()


def call(function: str, *words: str | float, background: bool = True) -> bytes:
    """One line that calls a function, as a job of its own where it may take time."""
    line = " ".join([function, *(quote(_spelt(word)) for word in words)])
    return encoded(f"{line} &\n" if background else f"{line}\n")


def _spelt(word: str | float) -> str:
    return word if isinstance(word, str) else f"{word:.3f}".rstrip("0").rstrip(".")


def encoded(text: str) -> bytes:
    """Text as the host's bytes; file names that are not UTF-8 keep theirs.

    Raises:
        UsageError: It holds a NUL, which no shell can be given.
    """
    if "\0" in text:
        raise UsageError("a script or value holds a NUL byte", mend="Remove it; a shell cannot be given one")
    return text.encode("utf-8", "surrogateescape")


def printf_format(data: bytes) -> str:
    """A ``printf`` format that prints exactly these bytes."""
    return "".join(_escaped(byte) for byte in data)


def _escaped(byte: int) -> str:
    if byte in _PLAIN and byte not in b"%\\-":  # a dash could start an option
        return chr(byte)
    return f"\\{byte:03o}"


def assigned(words: Mapping[str, str | int | Iterable[str]]) -> str:
    """Assignments ahead of a script, of words in which nothing is left that a shell would make anything of.

    There is no single quote in them: a kill may cut a line anywhere, and half of a script must be no command at all.
    """
    many = {name: [str(value)] if isinstance(value, str | int) else value for name, value in words.items()}
    return "".join(f'{name}="{" ".join(map(_fit, value))}"\n' for name, value in many.items())


def _fit(word: str) -> str:
    return _UNFIT.sub("_", word)


def checked_key(key: str) -> str:
    """The key, where it is one.

    Raises:
        UsageError: It is not, so it must not become part of a path.
    """
    if not _KEY.fullmatch(key):
        raise UsageError(f"not a key for an attempt: {key!r}", mend="Use letters, digits, dot, dash and underscore")
    return key


def checksum(script: str) -> str:
    """The SHA-256 of a script, in hex: what a claim carries of it."""
    return hashlib.sha256(encoded(script)).hexdigest()


def secrets_file(secrets: Mapping[str, str]) -> str:
    """Shell assignments, one a secret, for a script that leaves no core dump; empty where there are none.

    Raises:
        UsageError: A name is not one that an environment variable can have.
    """
    for name in secrets:
        if not _NAME.fullmatch(name):
            raise UsageError(f"not a name for an environment variable: {name!r}")
    given = "".join(f"{name}={quote(value)}\n" for name, value in secrets.items())
    return f"{NO_CORE}{given}" if given else ""


@frozen
class Launch:
    """How a channel starts an attempt, and what must still be so as the host claims it; an empty word asks nothing.

    Args:
        place: Which of the channel's directories is meant for it.
        slot: Whose FIFO is used meanwhile.
        apart: The channel's runner is taken up with another attempt.
        machine: The machine-id that the host said on connecting.
        hold: That by which the run holds it, and which no higher number may have followed.
        held: Its whole text.
    """

    place: int
    slot: int
    apart: bool = False
    machine: str = ""
    hold: str = ""
    held: str = ""


def start(number: int, attempt: Attempt, grace: float, launch: Launch) -> bytes:
    """Prepare, claim, launch and follow.

    Args:
        number: Which call it is.
        attempt: What is to be started.
        grace: Seconds between TERM and KILL.
        launch: How.
    """
    return call(
        "wz_start",
        number,
        checked_key(attempt.key),
        launch.place,
        checksum(attempt.script),
        attempt.limit,
        attempt.cap,
        grace,
        launch.slot,
        "yes" if launch.apart else "",
        attempt.script,
        secrets_file(attempt.secrets) + opened(attempt.content),
        launch.machine,
        launch.hold,
        launch.held,
        WHOLE,
    )


def ask(number: int, slot: int, limit: float, script: str, stdin: bytes) -> bytes:
    """Run a read-only script in the background of the channel."""
    return call("wz_ask", number, slot, math.ceil(limit * TICKS), ANSWER_CAP, script, printf_format(stdin))


def follow(number: int, key: str, offset: int, slot: int) -> bytes:
    """Send output from ``offset`` on until it is over."""
    return call("wz_follow", number, checked_key(key), offset, slot)


def status(number: int, key: str) -> bytes:
    """Say how it stands."""
    return call("wz_status", number, checked_key(key))


def cancel(number: int, key: str, grace: float) -> bytes:
    """See that it never starts, or ends."""
    return call("wz_cancel", number, checked_key(key), grace, WHOLE)
