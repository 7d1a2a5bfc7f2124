"""The client's side of a control channel: calls out, frames back, and a link that is known to live or to be lost."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count

from wizard.errors import LinkLost
from wizard.hosts import commands, waking
from wizard.hosts.frames import Frame, FrameError, FrameParser
from wizard.hosts.replies import refusal
from wizard.hosts.transport import Duplex

PING_EVERY = 5.0
"""Seconds between pings, while nothing is awaited too: what stands between forgets a connection that is silent."""

SILENCE = 15.0
"""Seconds without a byte after which a link is lost that can be lost without a word."""

AWAKE = 3.0
"""Seconds in which a host must answer once this machine has slept: most connections do not outlive that."""

Call = Callable[[int], bytes]
"""Makes the line of a call from the number its answers will carry."""


class Channel:
    """One shell on a host, asked many things at once.

    ``places`` counts the directories it is given for attempts; ``under_way`` holds the keys of the attempts given to it
    and not known to be over; ``gone`` is set once the link is known to be lost, or was closed.

    Args:
        duplex: The shell's standard input and output.
        where: Named in errors.
        remote: There is a link that can be lost in silence. Without one a shell that says nothing has only not been
            scheduled, as its end would be the end of its output.
        silence: Seconds without a byte after which such a link is lost, where the configuration says; else `SILENCE`.
    """

    def __init__(self, duplex: Duplex, where: str, *, remote: bool = True, silence: float | None = None) -> None:
        self.nonce = secrets.token_hex(16)
        self.places = count()
        self.under_way: set[str] = set()
        self._duplex = duplex
        self._where = where
        self._remote = remote
        self._silence = SILENCE if silence is None else silence
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Queue[Frame | None]] = {}
        self._lost = ""
        self.gone = asyncio.Event()
        self._complaint = bytearray()
        self._clock = asyncio.get_running_loop().time
        self._heard = self._clock()
        self._asked = False
        self._pinged = False
        self._answering = 0.0
        self._limits: dict[asyncio.Timeout, float] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> bool:
        """Nothing has yet shown the link to be gone."""
        return not self._lost

    async def open(self, spool: str, path: tuple[str, ...]) -> Frame:
        """Give the shell its functions; returns its hello.

        Raises:
            LinkLost: It ended or stayed silent.
            HostError: It is there but cannot do what a channel needs.
        """
        self._tasks = [asyncio.create_task(work()) for work in (self._listen, self._drain, self._watch)]
        await self._send(commands.bootstrap(self.nonce, secrets.token_hex(6), spool, path))
        return await self.request(lambda number: commands.call("wz_hello", number, background=False), 20.0)

    async def tell(self, line: bytes) -> None:
        """Send a line that has no answer."""
        await self._send(line)

    async def request(self, call: Call, patience: float) -> Frame:
        """Send a call and wait for its one answer.

        Args:
            call: Makes the line.
            patience: Seconds after which a channel that answers pings but not this is given up. They are counted in
                answered pings: a machine that is too busy for one has not failed to do the other.

        Raises:
            LinkLost: The link is gone, or patience ended.
            HostError: The host could not do it; in its own words.
            NoRoom: It could not, as its disk is full.
        """
        async with self.stream(call) as frames:
            return await self.answer(frames, patience)

    async def answer(self, frames: AsyncIterator[Frame], patience: float) -> Frame:
        """The next of a stream's answers, where it must come soon; see ``request``."""
        try:
            async with self._while_answering(patience):
                return await anext(frames)
        except TimeoutError:
            self._lose(f"no answer within {patience:.0f} s")
            raise self._loss() from None

    @asynccontextmanager
    async def _while_answering(self, patience: float) -> AsyncIterator[None]:
        async with asyncio.timeout(None) as limit:
            # The next answer may be to a ping that was sent before this.
            self._limits[limit] = self._answering + patience + PING_EVERY
            try:
                yield
            finally:
                self._limits.pop(limit, None)

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[AsyncIterator[Frame]]:
        """Send a call and iterate over its answers, without end: the caller knows the last by its kind."""
        number = next(self._numbers)
        queue: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._waiting[number] = queue
        frames = self._answers(queue)
        try:
            await self._send(call(number))
            yield frames
        finally:
            del self._waiting[number]
            await frames.aclose()

    async def _answers(self, queue: asyncio.Queue[Frame | None]) -> AsyncGenerator[Frame, None]:
        while True:
            frame = await queue.get()
            if frame is None:
                raise self._loss()
            if frame.kind == "X":
                said = frame.payload.decode("utf-8", "backslashreplace").strip()
                raise refusal(said, self._where)
            yield frame

    async def close(self) -> None:
        """Let go of the shell; what was awaited is lost."""
        self._lose("closed")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._duplex.close()

    async def _send(self, line: bytes) -> None:
        if self._lost:
            raise self._loss()
        try:
            await self._duplex.write(line)
        except LinkLost as error:
            # Known at once: who tries again must not be given this channel until its end has been read as well.
            self._lose(error.what)
            raise

    def _loss(self) -> LinkLost:
        said = self._complaint.decode("utf-8", "backslashreplace").strip()
        return LinkLost(f"the link was lost: {self._lost}" + (f" ({said})" if said else ""), where=self._where)

    def _lose(self, why: str) -> None:
        self._lost = self._lost or why
        self.gone.set()
        for queue in self._waiting.values():
            queue.put_nowait(None)

    async def _listen(self) -> None:
        parser = FrameParser(self.nonce)
        why = "the shell ended"
        try:
            while data := await self._duplex.read():
                self._heard, self._asked = self._clock(), False
                for frame in parser.feed(data):
                    self._deliver(frame)
        except FrameError as error:
            why = str(error)
        self._lose(why)

    def _deliver(self, frame: Frame) -> None:
        queue = self._waiting.get(frame.id)
        if frame.kind == "P":
            self._answered_ping()
        elif queue is not None:
            queue.put_nowait(frame)

    def _answered_ping(self) -> None:
        self._pinged = False
        self._answering += PING_EVERY
        for limit in [limit for limit, end in self._limits.items() if self._answering >= end]:
            del self._limits[limit]
            limit.reschedule(self._clock())

    async def _drain(self) -> None:
        """Standard error is kept, its last part only, to explain an end."""
        while data := await self._duplex.read_error():
            self._complaint += data
            del self._complaint[:-1000]

    async def _watch(self) -> None:
        while not self._lost:
            passed = await waking.lapse(self._until_next())
            # Who does not run hears nobody.
            self._heard = min(self._clock(), self._heard + passed.stalled)
            if passed.slept and self._remote:
                await self._prove()
            elif passed.stalled or not self._silent:
                await self._keep_up()
            else:
                self._lose(f"silent for {self._silence:.0f} s")
        await self._duplex.close()

    def _until_next(self) -> float:
        """Seconds to the next ping, or to the end of patience with a silence where that is sooner."""
        left = self._heard + self._silence - self._clock() if self._remote else PING_EVERY
        return min(PING_EVERY, max(left, PING_EVERY / 50))

    @property
    def _silent(self) -> bool:
        return self._remote and self._asked and self._clock() - self._heard >= self._silence

    async def _prove(self) -> None:
        """Few connections outlive a sleep, and patience with a silence would only begin now."""
        asked = self._clock()
        await self._ping()
        while await waking.lapse(AWAKE) != waking.Lapse():
            continue
        if self._heard < asked:
            self._lose("silent since this machine slept, or its clock was set")

    async def _keep_up(self) -> None:
        """One ping at a time, so that a host that was busy for long answers one and not all of them at once."""
        self._asked = True
        if not self._pinged:
            await self._ping()

    async def _ping(self) -> None:
        self._pinged = True
        with suppress(LinkLost, TimeoutError):
            async with asyncio.timeout(PING_EVERY):
                await self._send(commands.call("wz_ping", 0, background=False))
