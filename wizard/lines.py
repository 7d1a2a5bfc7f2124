"""Bytes as the lines of a console: each made harmless and none without bounds, in one pass."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.text import decode, sanitise

LONGEST = 64 * 1024
"""Bytes of one line that are shown; the rest is counted."""


def plain(text: str) -> str:
    """Text from outside, fit for one line of a terminal."""
    return sanitise(text).replace("\n", " ⏎ ")


class Lines:
    """Bytes in, whole lines out; a line without an end waits for it, and only its beginning is kept."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._more = 0

    def feed(self, data: bytes) -> Iterator[str]:
        """Whole lines so far."""
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._keep(data, start, end)
            yield self._line()
            start = end + 1
        self._keep(data, start, len(data))

    def flush(self) -> Iterator[str]:
        """What waited for an end that did not come."""
        if self._begun:
            yield self._line()

    def _keep(self, data: bytes, start: int, end: int) -> None:
        room = min(end - start, LONGEST - len(self._begun))
        self._begun += data[start : start + room]
        self._more += end - start - room

    def _line(self) -> str:
        data, more = bytes(self._begun), self._more
        self._begun.clear()
        self._more = 0
        if not more:
            return plain(decode(data))
        return f"{plain(data.decode('utf-8', 'ignore'))} … {more:,} bytes more of this line"
