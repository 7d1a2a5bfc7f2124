"""The garbage collector in step with the interface: many short looks, as a long one would hold up a key."""

from __future__ import annotations

import gc

YOUNG = 2_000
"""Objects after which it looks for garbage among them, in less than a millisecond; a command waits for 100,000."""


def keep_short() -> None:
    """What there is by now stays for good and is not looked through again."""
    gc.freeze()
    gc.set_threshold(YOUNG, 5, 20)
