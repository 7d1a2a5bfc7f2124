"""Whether there is a terminal that can show the interface."""

from __future__ import annotations

import os
import sys

from wizard.errors import UsageError


def need_terminal() -> None:
    """Refuse where nobody could see or answer anything.

    Raises:
        UsageError: There is no terminal.
    """
    mend = "Run with --headless, which passes a gate only on what is observed"
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise UsageError("this terminal cannot show the interface (TERM is not set, or dumb)", mend=mend)
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("the interface needs a terminal", mend=mend)
