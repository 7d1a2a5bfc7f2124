"""Numbers that a host tells: plain decimal digits within bounds, as everything else there is what somebody wrote."""

from __future__ import annotations

MOST = 2**63 - 1
"""What a shell's arithmetic on a host can come to, at most: no true number is larger."""

LATEST = 253_402_300_799
"""Seconds since the epoch that a clock shows, at most: the year 9999 ends."""

LARGEST_ID = 2**32 - 1
"""Of an account or a group: credentials(7) counts them in 32 bits."""

LARGEST_PORT = 65535

_DIGITS = len(str(MOST))


def natural(text: str, most: int = MOST) -> int:
    """A number of ASCII digits and nothing else, from 0 to ``most``.

    Raises:
        ValueError: It is anything else.
    """
    # Python's int() takes blanks, signs, underscores and the digits of every script, and refuses 4,301 digits.
    if len(text) > _DIGITS or not (text.isascii() and text.isdecimal()) or (number := int(text)) > most:
        raise ValueError(f"not a number from 0 to {most}: {text[:_DIGITS]!r}")
    return number
