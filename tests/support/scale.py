"""How much of a trial that is the same again and again is done: a part for each change, the whole on demand."""

from __future__ import annotations

import os

EXPLORE = "EXPLORE" in os.environ
"""Set by ``make explore``: the whole scale, and examples that are drawn anew."""


def scaled(part: int, whole: int) -> int:
    """The number of rounds.

    Args:
        part: Rounds that every change is tried with. Each asserts what every other one asserts.
        whole: Rounds by hand, for what only luck finds.
    """
    return whole if EXPLORE else part
