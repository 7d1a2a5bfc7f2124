"""Content that others may not read, and what of it a record may show: what the checklist says itself, and sizes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import sha256
from itertools import groupby

from wizard.checklist.spec import Spec
from wizard.checklist.walking import strings

OTHERS_READ = 0o004
"""The permission of everybody else to read a file, in its mode."""


def is_private(secret: bool | None, *modes: int | str | None) -> bool:  # noqa: FBT001 - a field of the checklist
    """Whether others may not read a content: as the checklist says, else by the modes of the files that it is in.

    Args:
        secret: ``secret`` of the checklist; None where it says nothing.
        modes: Permission bits, or as octal text; None where one is not known.
    """
    if secret is not None:
        return secret
    bits = (int(mode, 8) if isinstance(mode, str) else mode for mode in modes if mode is not None)
    return any(not each & OTHERS_READ for each in bits)


def lines_of(spec: Spec | None) -> frozenset[str]:
    """The lines of every text of a part of the checklist as it was written, without the blanks around them."""
    if spec is None:
        return frozenset()
    return frozenset(line.strip() for _, text, _ in strings(spec) for line in text.splitlines())


def shown(text: str, known: Collection[str]) -> str:
    """The lines of a text that stand in the checklist, and how many others there are in between."""
    return "\n".join(_shown(text.splitlines(), known))


def _shown(lines: Collection[str], known: Collection[str]) -> Iterator[str]:
    for told, group in groupby(lines, key=lambda line: not line.strip() or line.strip() in known):
        some = list(group)
        yield from some if told else [f"[{len(some)} {'line' if len(some) == 1 else 'lines'} not shown]"]


def kept_out(value: str) -> str:
    """What a record has instead of a value: two that are the same can be told to be so."""
    data = value.encode("utf-8", "surrogatepass")
    return f"not shown: {len(data)} bytes, SHA-256 {sha256(data).hexdigest()[:16]}…"
