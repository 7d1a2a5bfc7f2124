"""The bridge from the engine's thread to the interface's: appended to there, emptied here, bounded in between."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wizard.run.events import Record
from wizard.run.recorder import Output

HELD = 8 * 1024 * 1024
"""Bytes of output that wait at most: a terminal that stops being read must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Output that went by unseen, in bytes; its file in ``output/`` has all of it."""

    step: str
    host: str
    count: int


Message = Record | Output | Passed
"""What the interface hears of a run."""


class Feed:
    """A reader of the engine that only appends. Records are never dropped; of output the newest is kept.

    Args:
        limit: Bytes of output held at most.
    """

    def __init__(self, limit: int = HELD) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()
        self._held = 0

    def __call__(self, message: Record | Output) -> None:
        """Take a message; called in the engine's thread."""
        with self._lock:
            self._waiting.append(message)
            if isinstance(message, Output):
                self._held += len(message.data)
                if self._held > self._limit:
                    self._thin()

    def take(self) -> Sequence[Message]:
        """Everything since the last time, in order; called in the interface's thread."""
        with self._lock:
            taken, self._waiting, self._held = self._waiting, deque(), 0
        return taken

    def _thin(self) -> None:
        """Drop the oldest output down to half of the limit, so that dropping costs little for each message."""
        excess = self._held - self._limit // 2
        thinned: deque[Message] = deque()
        for message in self._waiting:
            if isinstance(message, Output) and excess > 0:
                excess -= len(message.data)
                self._held -= len(message.data)
                _count(thinned, message)
            else:
                thinned.append(message)
        self._waiting = thinned


def _count(messages: deque[Message], dropped: Output) -> None:
    """Say how much went by, in one message for many that followed each other."""
    last = messages[-1] if messages else None
    count = len(dropped.data)
    if isinstance(last, Passed) and (last.step, last.host) == (dropped.step, dropped.host):
        messages[-1] = Passed(last.step, last.host, last.count + count)
    else:
        messages.append(Passed(dropped.step, dropped.host, count))


def batches(messages: Sequence[Message]) -> Iterator[Message]:
    """The same messages with neighbouring output of one step and host joined, so that each is taken in once."""
    pending: list[Output] = []
    for message in messages:
        if pending and not (isinstance(message, Output) and _alike(message, pending[0])):
            yield _joined(pending)
            pending = []
        if isinstance(message, Output):
            pending.append(message)
        else:
            yield message
    if pending:
        yield _joined(pending)


def _alike(one: Output, other: Output) -> bool:
    return (one.step, one.host) == (other.step, other.host)


def _joined(outputs: Sequence[Output]) -> Output:
    first = outputs[0]
    return first if len(outputs) == 1 else Output(first.step, first.host, b"".join(one.data for one in outputs))
