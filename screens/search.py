"""Looking for words in a log: literally, through every line there is, beside the interface's own loop."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import AnyStr, Protocol

from wizard.text import decode, harmless, sanitise

PAUSE = 0.0005
"""Seconds after each piece in which others have their turn."""


class Searched(Protocol):
    """A log, as far as it is looked through."""

    @property
    def complete(self) -> int:
        """Lines that will not change any more."""

    def piece(self, start: int) -> tuple[int, Iterator[bytes]]:
        """How many whole lines there are together from a number on, and their bytes; called in another thread."""


class Needle:
    """What is looked for. An upper-case letter in it makes upper and lower case count.

    Args:
        text: As it was typed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._exact = any(letter.isupper() for letter in text)
        self._folded = text if self._exact else text.lower()
        self._foreign = not self._folded.isascii()
        # Bytes as they came are shown as they are, but for what only text tells: other scripts, and escapes of ours.
        self._raw = self._folded.encode() if text.isascii() and text.isprintable() and "\\" not in text else None

    def lines(self, data: bytes) -> Iterator[int]:
        """Which of these lines have it, by their place among them."""
        if self._raw is not None:
            hay = data if self._exact else data.lower()
            return _lines(hay, self._raw, b"\n")
        if self._foreign and harmless(data):
            return iter(())
        text = sanitise(decode(data))
        return _lines(text if self._exact else _lowered(text), self._folded, "\n")

    def spans(self, shown: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a line as it is shown."""
        hay, start = shown if self._exact else _lowered(shown), 0
        while self._folded and (start := hay.find(self._folded, start)) >= 0:
            yield start, start + len(self._folded)
            start += len(self._folded)


def _lowered(text: str) -> str:
    """In lower case, of the same length, so that places stay what they are."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _lines(hay: AnyStr, needle: AnyStr, end: AnyStr) -> Iterator[int]:
    line = counted = at = 0
    while (found := hay.find(needle, at)) >= 0:
        line += hay.count(end, counted, found)
        yield line
        counted = hay.find(end, found)
        if counted < 0:
            return
        at = counted + 1


class Search:
    """Lines of a log in which something is found, in order, as far as it was looked through.

    Args:
        needle: What is looked for.
        log: Where.
    """

    def __init__(self, needle: Needle, log: Searched) -> None:
        self.needle = needle
        self.log = log
        self.hits = array("Q")
        self._looked = 0
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def behind(self) -> bool:
        """There are lines that were not looked at yet."""
        return self._looked < self.log.complete

    def keep_up(self) -> None:
        """See that somebody looks at what came; to be called now and then, costs nothing where nothing came."""
        if self.behind and not (self._thread and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._look, name="search", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Look no further."""
        self._over.set()

    def after(self, line: int) -> int | None:
        """The next line from this one on, itself included; the first of all behind the last, None where none is."""
        if not self.hits:
            return None
        place = bisect_left(self.hits, max(0, line))
        return self.hits[place] if place < len(self.hits) else self.hits[0]

    def before(self, line: int) -> int | None:
        """The last line up to this one, itself included; the last of all ahead of the first, None where none is."""
        return self.hits[bisect_left(self.hits, line + 1) - 1] if self.hits else None

    def told(self, line: int) -> str:
        """How many there are, and which of them this line is."""
        count, more = len(self.hits), "…" if self.behind else ""
        if not count:
            return f"looking{more}" if more else "not found"
        place = bisect_left(self.hits, line)
        if place < count and self.hits[place] == line:
            return f"{place + 1:,} of {count:,}{more}"
        return f"{count:,}{more}"

    def _look(self) -> None:
        while not self._over.is_set():
            lines, parts = self.log.piece(self._looked)
            if not lines:
                return
            for part in parts:
                self._found(self._looked, lines, part)
                time.sleep(PAUSE)
            self._looked += lines

    def _found(self, first: int, lines: int, part: bytes) -> None:
        for line in self.needle.lines(part):
            # A block that grows meanwhile has more lines than were counted; they come with the next piece.
            if line >= lines:
                return
            if not self.hits or self.hits[-1] != first + line:
                self.hits.append(first + line)
