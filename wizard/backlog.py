"""What waits between the engine's thread and a console: records whole, output as far as a reader keeps up with it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from wizard.frozen import frozen
from wizard.run.events import Record
from wizard.run.recorder import Output

HELD = 4 * 1024 * 1024
"""Bytes of output that wait at most, with what each piece of it costs beside its bytes."""

COST = 256
"""Bytes of memory that a piece of output takes beside its own, about."""

PIECE = 4 * 1024
"""Bytes of output that are told in one go: a thousand short lines in colours take a tenth of a second."""

CATCH_UP = 2.0
"""Seconds after the end in which a reader that is behind is still told output; what is left then is passed over."""


@frozen
class Missed:
    """Output that came faster than it could be told.

    Args:
        count: Bytes.
        file: The output of the run directory that they are kept in; empty where they are kept nowhere.
    """

    count: int
    file: str


Told = Record | Output | Missed
"""What a console is told."""


class Backlog:
    """A queue that never holds up a run and does not grow with what a host prints.

    The reader looks into it now and then; to be woken for each message would cost a quick run a tenth of its time.

    Args:
        limit: Bytes of output held at most; beyond it the oldest are passed over, down to half of it.
    """

    def __init__(self, limit: int = HELD) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[Told] = deque()
        self._held = 0
        self._over = threading.Event()
        self._ended = 0.0
        self._hushed = False

    def __call__(self, message: Record | Output) -> None:
        """Take a message; called in the engine's thread."""
        with self._lock:
            if not isinstance(message, Output):
                self._waiting.append(message)
                return
            if not message.data:
                return
            self._waiting.append(message)
            self._held += len(message.data) + COST
            if self._held > self._limit:
                self._thin(self._limit // 2)

    def wake(self) -> None:
        """End the wait for messages: there will be no more."""
        self._ended = time.monotonic()
        self._over.set()

    def hush(self) -> None:
        """From here on output is passed over, as somebody wants the end. May be called in a signal handler."""
        self._hushed = True

    def drain(self, reader: Callable[[Told], None], wait: float) -> None:
        """Wait ``wait`` seconds, or until there will be no more, then hand over everything there is."""
        self._over.wait(wait)
        while (message := self._next()) is not None:
            if isinstance(message, Output) and len(message.data) > PIECE:
                self._in_pieces(reader, message)
            else:
                reader(message)

    def _next(self) -> Told | None:
        with self._lock:
            if self._held and self._behind():
                self._thin(0)
            if not self._waiting or self._may_grow():
                return None
            message = self._waiting.popleft()
            if isinstance(message, Output):
                self._held -= len(message.data) + COST
            return message

    def _may_grow(self) -> bool:
        """What was passed over is told once, and not for each piece that is passed over."""
        return self._hushed and not self._ended and len(self._waiting) == 1 and isinstance(self._waiting[0], Missed)

    def _behind(self) -> bool:
        """Nobody wants to wait for the rest of the output."""
        return self._hushed or (self._ended > 0 and time.monotonic() - self._ended > CATCH_UP)

    def _in_pieces(self, reader: Callable[[Told], None], output: Output) -> None:
        data = memoryview(output.data)
        for start in range(0, len(data), PIECE):
            if self._behind():
                reader(Missed(len(data) - start, output.file))
                return
            reader(Output(output.step, output.host, bytes(data[start : start + PIECE]), output.file))

    def _thin(self, left: int) -> None:
        """Pass over the oldest output until no more than so many bytes are held."""
        thinned: deque[Told] = deque()
        for message in self._waiting:
            if isinstance(message, Output) and self._held > left:
                self._held -= len(message.data) + COST
                _add(thinned, Missed(len(message.data), message.file))
            elif isinstance(message, Missed):
                _add(thinned, message)
            else:
                thinned.append(message)
        self._waiting = thinned


def _add(messages: deque[Told], missed: Missed) -> None:
    last = messages[-1] if messages else None
    if isinstance(last, Missed) and last.file == missed.file:
        messages[-1] = Missed(last.count + missed.count, missed.file)
    else:
        messages.append(missed)
