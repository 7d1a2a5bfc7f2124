"""The bridge from the engine's thread to the interface's: appended to there, emptied here, bounded in between."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wizard.run.events import Record
from wizard.run.recorder import Output

HELD = 4 * 1024 * 1024
"""Bytes of output that wait at most: a terminal that stops being read must not fill the memory."""

PIECES = 16 * 1024
"""Pieces of output that wait at most: of very small ones, what each takes beside its bytes would fill the memory."""

TOGETHER = 64 * 1024
"""Bytes of output in a file that one message tells of, at most one output more: what is looked at is read by these."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Output that is told of without its bytes.

    Args:
        step: Whose output.
        host: Where it ran.
        count: Bytes.
        file: The output they stand in by its name; empty where they are nowhere.
        offset: Where in it they begin.
        lines: Ends of lines among them.
        head: Bytes ahead of the first of these.
        tail: Bytes behind the last of these.
        at: When it came; empty where that is now.
    """

    step: str
    host: str
    count: int
    file: str = ""
    offset: int = 0
    lines: int = 0
    head: int = 0
    tail: int = 0
    at: str = ""

    def then(self, other: Passed) -> Passed | None:
        """Both as one, where they follow each other and are not too much to be read together."""
        if (self.step, self.host, self.file) != (other.step, other.host, other.file):
            return None
        if self.file and (self.count >= TOGETHER or self.offset + self.count != other.offset):
            return None
        return Passed(
            self.step,
            self.host,
            self.count + other.count,
            self.file,
            self.offset,
            self.lines + other.lines,
            self.head if self.lines else self.count + other.head,
            other.tail if other.lines else self.tail + other.count,
            self.at,
        )


Message = Record | Output | Passed
"""What the interface hears of a run."""


def passed(output: Output) -> Passed:
    """The same output without its bytes."""
    data, count = output.data, len(output.data)
    first, last = data.find(b"\n"), data.rfind(b"\n")
    head, tail = (first, count - last - 1) if first >= 0 else (count, count)
    lines = data.count(b"\n")
    return Passed(output.step, output.host, count, output.file, output.offset, lines, head, tail, output.at)


class Feed:
    """A reader of the engine that only appends. Records are never dropped; of output the newest bytes are kept.

    Args:
        limit: Bytes of output held at most.
    """

    def __init__(self, limit: int = HELD) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()
        self._held = self._pieces = 0

    def __call__(self, message: Record | Output) -> None:
        """Take a message; called in the engine's thread."""
        with self._lock:
            self._waiting.append(message)
            if isinstance(message, Output):
                self._held += len(message.data)
                self._pieces += 1
                if self._held > self._limit or self._pieces > PIECES:
                    self._thin()

    def take(self) -> Sequence[Message]:
        """Everything since the last time, in order; called in the interface's thread."""
        with self._lock:
            taken, self._waiting, self._held, self._pieces = self._waiting, deque(), 0, 0
        return taken

    def _thin(self) -> None:
        """Drop the oldest bytes down to half of the limits, so that dropping costs little for each message."""
        thinned: deque[Message] = deque()
        for message in self._waiting:
            much = self._held > self._limit // 2 or self._pieces > PIECES // 2
            if isinstance(message, Output) and much:
                self._held -= len(message.data)
                self._pieces -= 1
                add(thinned, passed(message))
            else:
                thinned.append(message)
        self._waiting = thinned


def add(messages: deque[Message], dropped: Passed) -> None:
    """Say what went by, in one message for many that followed each other."""
    last = messages[-1] if messages else None
    both = last.then(dropped) if isinstance(last, Passed) else None
    if both:
        messages[-1] = both
    else:
        messages.append(dropped)


def batches(messages: Sequence[Message]) -> Iterator[Message]:
    """The same messages with neighbouring little output of one step and host joined, so that it is taken in once."""
    pending: list[Output] = []
    size = 0
    for message in messages:
        if pending and not (isinstance(message, Output) and _follows(message, pending[0], size)):
            yield _joined(pending)
            pending, size = [], 0
        if isinstance(message, Output):
            pending.append(message)
            size += len(message.data)
        else:
            yield message
    if pending:
        yield _joined(pending)


def _follows(one: Output, first: Output, size: int) -> bool:
    if (one.step, one.host, one.file) != (first.step, first.host, first.file):
        return False
    return size < TOGETHER and (not one.file or one.offset == first.offset + size)


def _joined(outputs: Sequence[Output]) -> Output:
    first = outputs[0]
    if len(outputs) == 1:
        return first
    return Output(first.step, first.host, b"".join(one.data for one in outputs), first.file, first.offset)
