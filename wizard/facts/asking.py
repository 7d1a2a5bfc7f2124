"""Asking a host for a fact: an answer, or an error that says why there is none.

A check turns the error into UNKNOWN; an action that meets it while it captures must not go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote

from wizard.errors import StepRefused
from wizard.hosts.base import Answer, Host
from wizard.text import one_line

PLAIN = "LC_ALL=C; export LC_ALL"
"""The first line of a script whose messages are compared: tools then complain in English."""


class Unseen(StepRefused):
    """A fact could not be read, so nothing may be built on it."""


async def ask(host: Host, script: str, about: str, *, limit: float = 30.0) -> Answer:
    """The host's whole answer, whatever its exit status.

    Args:
        host: Whom to ask.
        script: POSIX sh that changes nothing.
        about: The fact, as the subject of the error's sentence.
        limit: Seconds.

    Raises:
        Unseen: It was cut short or its end was not learnt.
    """
    answer = await host.ask(script, limit=limit)
    if answer.timed_out:
        raise Unseen(f"{about} could not be read: no answer within {limit:.0f} s", where=host.name)
    if answer.exit_status is None:
        raise Unseen(f"{about} could not be read: the answer's end was not learnt", where=host.name)
    if answer.truncated:
        raise Unseen(f"{about} could not be read: the answer is too long", where=host.name)
    return answer


async def read(host: Host, script: str, about: str, *, limit: float = 30.0) -> bytes:
    """What a script that exits 0 printed.

    Raises:
        Unseen: As for `ask`, or it exited otherwise.
    """
    answer = await ask(host, script, about, limit=limit)
    if answer.exit_status != 0:
        raise unseen(host, about, answer)
    return answer.stdout


@contextmanager
def understood(host: Host, about: str) -> Iterator[None]:
    """Around what makes something of an answer: one that is not as its program prints it shows nothing.

    Raises:
        Unseen: It is not.
    """
    try:
        yield
    except (ValueError, LookupError, ArithmeticError) as error:
        raise Unseen(f"{about} could not be read: the host's answer makes no sense", where=host.name) from error


def unseen(host: Host, about: str, answer: Answer) -> Unseen:
    """The error for a script that ended badly, with what it complained of."""
    reason = one_line(answer.complaint, 300).rstrip(".") or f"exit status {answer.exit_status}"
    return Unseen(f"{about} could not be read: {reason}", where=host.name)


def operand(path: str) -> str:
    """A path quoted for sh, and never taken for an option.

    Raises:
        Unseen: It holds a NUL, which no path can.
    """
    if "\0" in path:
        raise Unseen("a path cannot hold a NUL character")
    return quote(f"./{path}" if path.startswith("-") else path)
