"""A host that is a POSIX shell at the other end of a transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

from wizard.errors import HostError, HostRebooted, LinkLost, NoRoom
from wizard.hosts import commands
from wizard.hosts.attachment import Attachment, Settings
from wizard.hosts.base import Answer, Attempt, AttemptState, Destination, Ending, Identity, OnLink, OnOutput
from wizard.hosts.channel import Call, Channel
from wizard.hosts.frames import Frame
from wizard.hosts.pull import Pull
from wizard.hosts.replies import answer_of, ending_of, no_spool
from wizard.hosts.transport import Transport

GRACE = 10
"""Seconds between TERM and KILL."""

ASKS = 16
"""Questions a host is asked at the same time, at most."""

SPARE = 15.0
"""Seconds beyond its own limit after which a silent answer means a broken channel."""

REPEATS = 5
"""Times that a call which may be repeated is sent again over a new channel."""


class ShellHost:
    """See ``Host``.

    Args:
        name: The name the checklist gives it.
        transport: The way to it.
        settings: How it is used.
        on_link: Told when the connection goes and when it is back.
    """

    def __init__(self, name: str, transport: Transport, settings: Settings, on_link: OnLink | None = None) -> None:
        self._name = name
        self._attached = Attachment(transport, settings, on_link)
        self._asks = asyncio.Semaphore(ASKS)
        self._slots: list[int] = []
        self._fresh = count()
        self._spooled: Channel | None = None
        self._spooling = asyncio.Lock()
        self._hold = ("", "")

    @property
    def name(self) -> str:
        """The name the checklist gives it."""
        return self._name

    @property
    def label(self) -> str:
        """Where it really is."""
        where = self._attached.transport.where
        return f"{where} · sudo" if self._attached.settings.sudo else where

    @property
    def destination(self) -> Destination | None:
        """How it is reached; None for this machine."""
        return self._attached.transport.destination

    def vouch(self, fingerprint: str) -> None:
        """A person compared this key; see ``Host.vouch``."""
        self._attached.transport.vouch(fingerprint)

    def guard(self, hold: str, text: str = "") -> None:
        """Start nothing more without this hold; see ``Host.guard``."""
        self._hold = (hold, text)

    async def connect(self) -> Identity:
        """Connect where that has not happened yet; see ``Host.connect``."""
        await self._attached.channel()
        return self._identity()

    def _identity(self) -> Identity:
        if self._attached.identity is None:
            raise HostError("the host is not connected", where=self.label)
        return self._attached.identity

    async def ask(self, script: str, *, limit: float = 30.0, stdin: bytes = b"") -> Answer:
        """Run a read-only script; sent once more where the link is lost, as asking twice does no harm."""
        async with self._asks:
            slot = self._slot()
            began = asyncio.get_running_loop().time()
            frame = await self._repeated(
                lambda number: commands.ask(number, slot, limit, script, stdin), limit + SPARE, repeats=1
            )
            answer = answer_of(frame, asyncio.get_running_loop().time() - began)
            if not answer.timed_out:
                self._slots.append(slot)
            return answer

    def _slot(self) -> int:
        """Names the files of a call on the host; given back only where nothing there uses them any more."""
        return self._slots.pop() if self._slots else next(self._fresh)

    async def prepare(self) -> None:
        """Make the spool ready, and have a runner; see ``Host.prepare``."""
        await self._spool()

    async def run(self, attempt: Attempt, on_claimed: Callable[[], None], on_output: OnOutput) -> Ending:
        """Start it and follow it; see ``start`` and ``follow``."""
        pull, slot = Pull(attempt.key, 0, on_output, cap=attempt.cap), self._slot()
        async with AsyncExitStack() as stack:
            try:
                frames = await self._started(attempt, slot, stack)
            except HostRebooted:
                return await self._of_another_boot(attempt.key)
            on_claimed()
            try:
                ending = await pull.over(frames)
            except LinkLost:
                return await self._followed(pull)
        self._slots.append(slot)
        return self._noted(attempt.key, ending)

    async def start(self, attempt: Attempt) -> None:
        """Prepare, claim and launch; repeating it is safe for as long as the host has not rebooted since.

        Raises:
            HostError: It cannot be claimed, or its key was claimed for another script.
            NoRoom: It cannot be claimed, as the host's disk is full.
            LinkLost: Whether it was started cannot be known any more; ``HostRebooted`` where that is why.
        """
        async with AsyncExitStack() as stack:
            await self._started(attempt, self._slot(), stack)

    async def _started(self, attempt: Attempt, slot: int, stack: AsyncExitStack) -> AsyncIterator[Frame]:
        """Start it; returns the frames that follow, for as long as the stack is open."""
        boot, left = "", REPEATS
        while True:
            try:
                channel = await self._spool()
                boot = self._same_boot(boot)
                frames = await stack.enter_async_context(channel.stream(self._start_call(channel, attempt, slot)))
                self._same_script(attempt, await channel.answer(frames, 60.0))
            except HostRebooted:
                raise
            except LinkLost:
                left -= 1
                if not left:
                    raise
            else:
                return frames

    async def _of_another_boot(self, key: str) -> Ending:
        """How an attempt stands that was being started as the host rebooted; the claim may have gone with the power."""
        ending = await self.status(key)
        return Ending(AttemptState.REBOOTED) if ending.state is AttemptState.ABSENT else ending

    def _start_call(self, channel: Channel, attempt: Attempt, slot: int) -> Call:
        place, apart = next(channel.places), bool(channel.under_way)
        channel.under_way.add(attempt.key)
        launch = commands.Launch(place, slot, apart, self._identity().machine_id, *self._hold)
        return lambda number: commands.start(number, attempt, GRACE, launch)

    def _noted(self, key: str, ending: Ending) -> Ending:
        """The ending; where it is a known one, the channel's runner is free again, else it may be gone or stuck."""
        if self._spooled and ending.state.known:
            self._spooled.under_way.discard(key)
        return ending

    def _same_boot(self, boot: str) -> str:
        now = self._identity().boot_id
        if boot and now != boot:
            raise HostRebooted("the host rebooted while the step was being started", where=self.label)
        return now

    def _same_script(self, attempt: Attempt, frame: Frame) -> None:
        if frame.fields[:1] != (commands.checksum(attempt.script),):
            raise HostError(
                f"{attempt.key} was claimed on the host with another script",
                where=self.label,
                mend="The checklist changed since; look at what ran before starting a new attempt",
            )

    async def _spool(self) -> Channel:
        """A channel whose spool has been checked."""
        channel = await self._attached.channel()
        if missing := {"flock", "setsid"} - self._attached.tools:
            raise HostError(
                f"the host has no {' and no '.join(sorted(missing))}", where=self.label, mend="Install util-linux there"
            )
        if "proc" not in self._attached.tools:
            raise HostError(
                "the host has no /proc, without which no step's limit of time can be kept there",
                where=self.label,
                mend="Mount it: mount -t proc proc /proc",
            )
        async with self._spooling:
            if self._spooled is not channel:
                await self._ready_spool(channel)
                self._spooled = channel
        return channel

    async def _ready_spool(self, channel: Channel) -> None:
        try:
            await channel.request(lambda number: commands.call("wz_ready_spool", number), 60.0)
        except (LinkLost, NoRoom):
            raise
        except HostError as error:
            raise no_spool(error.what, error.where) from error
        await channel.tell(commands.call("wz_enter", background=False))

    async def follow(self, key: str, offset: int, on_output: OnOutput) -> Ending:
        """Pull output until the attempt is over; see ``Host.follow``."""
        return await self._followed(Pull(key, offset, on_output))

    async def _followed(self, pull: Pull) -> Ending:
        while True:
            channel = await self._attached.channel()
            slot = self._slot()
            try:
                ending = await pull.again(channel, slot)
            except LinkLost:
                continue
            self._slots.append(slot)
            return self._noted(pull.key, ending)

    async def status(self, key: str) -> Ending:
        """What the host says of the attempt right now."""
        return ending_of(await self._repeated(lambda number: commands.status(number, key), 60.0))

    async def cancel(self, key: str) -> Ending:
        """Make sure it never starts, or end it; see ``Host.cancel``."""
        await self._spool()
        frame = await self._repeated(lambda number: commands.cancel(number, key, GRACE), 2 * GRACE + SPARE)
        return self._noted(key, ending_of(frame))

    async def _repeated(self, call: Call, patience: float, *, repeats: int = REPEATS) -> Frame:
        while True:
            channel = await self._attached.channel()
            try:
                return await channel.request(call, patience)
            except LinkLost:
                if not repeats:
                    raise
                repeats -= 1

    @asynccontextmanager
    async def tunnel(self, target: str) -> AsyncIterator[Path]:
        """A unix socket here that reaches ``target`` from there; see ``Host.tunnel``."""
        await self._attached.channel()
        async with self._attached.transport.tunnel(target) as path:
            yield path

    async def close(self) -> None:
        """Let go of the connection; what runs on the host goes on."""
        await self._attached.close()
