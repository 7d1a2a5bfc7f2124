"""What is wrong with a document: every problem with its position, in plain words, and the mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from wizard.errors import UsageError
from wizard.text import one_line


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong.

    Args:
        line: One-based.
        column: One-based, in characters.
        path: Where in the document, as in ``phases[0].steps[2].run.command``.
        what: What is wrong, without a final full stop.
        mend: What to do about it.
        file: The document.
        caution: It is allowed, and may do harm.
    """

    line: int
    column: int
    path: str
    what: str
    mend: str
    file: str = ""
    caution: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: {self.path or 'document'}"
        what = f"caution: {self.what}" if self.caution else self.what
        return one_line(f"{where}: {what}; {self.mend}" if self.mend else f"{where}: {what}", 1000)


class ChecklistInvalid(UsageError):
    """A document that cannot be used, with everything that is wrong with it.

    Args:
        problems: At least one, in any order; kept in the order of the file.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(sorted(set(problems)))
        first = self.problems[0]
        super().__init__(first.what, where=f"{first.file}:{first.line}:{first.column}", mend=first.mend)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def guess(word: str, known: Iterable[str]) -> str:
    """``did you mean `x`?``, or the known words where none is close; empty where there are none."""
    known = sorted(set(known))
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known here: {', '.join(known)}" if known else ""
