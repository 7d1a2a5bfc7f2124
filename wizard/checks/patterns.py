"""Regular expressions in a check's spec, checked when the checklist is read."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.checklist.spec import Flaw, is_template
from wizard.patterns import flaw_of


def pattern_flaw(field: str, pattern: str | None) -> Iterator[Flaw]:
    """The flaw of a pattern that is no regular expression; one with a template in it is known only when rendered."""
    if pattern is None or is_template(pattern):
        return
    if problem := flaw_of(pattern):
        yield Flaw((field,), f"not a regular expression: {problem}", "Correct it; a backslash takes . and ( literally")
