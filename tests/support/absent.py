"""What is surely not on the machine that runs the tests, whatever else it has."""

from __future__ import annotations

from secrets import token_hex


def absent_name(kind: str) -> str:
    """A name that no account, group or program has: its random part makes it so."""
    return f"no-{kind}-{token_hex(4)}"
