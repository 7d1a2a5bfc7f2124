"""What the frames that answer a call mean, and what a host complains of."""

from __future__ import annotations

from wizard.errors import HostError, NoRoom, WizardError
from wizard.hosts.base import Answer, AttemptState, Ending
from wizard.hosts.frames import Frame
from wizard.hosts.numbers import natural

FULL = ("No space left on device", "Disk quota exceeded", "Read-only file system")
"""What programs say in the C locale where nothing more can be written: strerror(3) of ENOSPC, EDQUOT and EROFS."""

LARGEST_STATUS = 255
"""Of an exit: wait(2) has eight bits for it."""


def refusal(said: str, where: str) -> WizardError:
    """The error of a host that could not do it, by what it complained of."""
    if not any(words in said for words in FULL):
        return HostError(said or "the host could not do it", where=where)
    first = said.partition("\n")[0]
    return NoRoom(
        f"the host cannot write down that this begins, so nothing was started: {first}",
        where=where,
        mend="Make room there, for bytes (`df -P`) and for files (`df -Pi`), then run it again",
    )


def no_spool(said: str, where: str) -> WizardError:
    """The error of a host where attempts cannot be kept, by what it complained of."""
    error = refusal(said, where)
    if isinstance(error, NoRoom):
        return error
    return HostError(
        f"attempts cannot be kept there: {error.what}",
        where=where,
        mend="Every directory up to it must be root's or the login's, and closed to other accounts; `spool:` of the "
        "host in the checklist names another place",
    )


def answer_of(frame: Frame, seconds: float) -> Answer:
    """Fields: exit status, was it late, was output cut, bytes of standard output.

    Raises:
        HostError: They are not there.
    """
    try:
        exited, overdue, shortened, printed = frame.fields
        status, late, cut = natural(exited, LARGEST_STATUS), natural(overdue, 1), natural(shortened, 1)
        length = natural(printed, len(frame.payload))
    except ValueError as error:
        raise _nonsense(frame) from error
    return Answer(
        exit_status=None if late else status,
        stdout=frame.payload[:length],
        stderr=frame.payload[length:],
        timed_out=bool(late),
        truncated=bool(cut),
        seconds=seconds,
    )


def ending_of(frame: Frame) -> Ending:
    """Fields: the state's name with its exit status and manner, bytes kept, bytes dropped, the script's checksum.

    Raises:
        HostError: They are not there.
    """
    try:
        state, total, dropped, _ = frame.fields
        word, *manner = state.split(".")
        known = AttemptState(word)
        status = natural(manner.pop(0), LARGEST_STATUS) if known is AttemptState.DONE else None
        return Ending(known, status, "timeout" in manner, "killed" in manner, natural(total), natural(dropped))
    except (ValueError, IndexError) as error:
        raise _nonsense(frame) from error


def _nonsense(frame: Frame) -> HostError:
    return HostError(f"the host answered nonsense: {frame.kind} {' '.join(frame.fields)}")
