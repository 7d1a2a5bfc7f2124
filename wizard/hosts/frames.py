r"""Frames: how a host's answers are told apart from whatever else comes out of a connection.

``\\036<nonce> <kind> <id> <fields> <length>\\n<bytes>``. The nonce is random for each channel and the payload is never
looked into, so neither a login banner nor hostile output can pass for a frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.hosts.numbers import natural

MAX_HEADER = 512
MAX_PAYLOAD = 4 * 1024 * 1024


class FrameError(Exception):
    """The connection carries something that no channel of ours would say; it must be closed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One answer. ``id`` is that of the call it answers; ``fields`` are as printed by the host."""

    kind: str
    id: int
    fields: tuple[str, ...] = ()
    payload: bytes = b""


class FrameParser:
    """Finds frames in a stream that comes in pieces of any size.

    Args:
        nonce: What every frame of this channel carries.
    """

    def __init__(self, nonce: str) -> None:
        self._mark = b"\036" + nonce.encode("ascii") + b" "
        self._buffer = bytearray()
        self._header: tuple[str, int, tuple[str, ...], int] | None = None
        self._missing = 0
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that ``data`` completes.

        Raises:
            FrameError: A header is not one, or says more bytes than any frame may have.
        """
        at = 0
        while True:
            if self._header is None:
                at = self._begun(data, at)
            if self._header is None:
                return
            at = self._filled(data, at)
            if self._missing:
                return
            yield self._frame(*self._header)

    def _begun(self, data: bytes, at: int) -> int:
        """Look for a header, no more than one is long at a time: what many short frames bring is not copied for each.

        Returns:
            Where the data goes on behind it; its end where no header has come yet.
        """
        while self._header is None and at < len(data):
            piece = data[at : at + MAX_HEADER]
            at += len(piece)
            self._buffer += piece
            self._header = self._read_header()
        if self._header is not None:
            self._missing = self._header[-1]
            at -= len(self._buffer)
            self._buffer.clear()
        return at

    def _filled(self, data: bytes, at: int) -> int:
        """Keep what is the payload's, as it came: a flood is copied once only; where the data goes on behind it."""
        part = data[at : at + self._missing]
        self._parts.append(part)
        self._missing -= len(part)
        return at + len(part)

    def _frame(self, kind: str, number: int, fields: tuple[str, ...], _length: int) -> Frame:
        payload = b"".join(self._parts)
        self._header, self._parts = None, []
        return Frame(kind, number, fields, payload)

    def _read_header(self) -> tuple[str, int, tuple[str, ...], int] | None:
        if not self._skip_noise():
            return None
        end = self._buffer.find(b"\n", 0, MAX_HEADER)
        if end < 0:
            if len(self._buffer) >= MAX_HEADER:
                raise FrameError("a frame's header has no end")
            return None
        line = bytes(self._buffer[len(self._mark) : end])
        del self._buffer[: end + 1]
        return _parsed(line)

    def _skip_noise(self) -> bool:
        start = self._buffer.find(self._mark)
        if start < 0:
            del self._buffer[: max(0, len(self._buffer) - len(self._mark) + 1)]
            return False
        del self._buffer[:start]
        return True


def _parsed(line: bytes) -> tuple[str, int, tuple[str, ...], int]:
    try:
        kind, number, *fields, length = line.decode("ascii").split(" ")
        size = natural(length)
        header = kind, natural(number), tuple(fields), size
    except ValueError as error:
        raise FrameError(f"not a frame's header: {line!r}") from error
    if size > MAX_PAYLOAD:
        raise FrameError(f"a frame of {size} bytes")
    return header
