"""The operator's own machine, spoken to like any other host: a shell on a pair of pipes."""

from __future__ import annotations

import asyncio
import fcntl
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

from wizard.account import account_name
from wizard.errors import HostUnreachable, LinkLost
from wizard.hosts import waking
from wizard.hosts.streams import Streams
from wizard.hosts.targets import Target, socket_directory

CLOSING = 2.0
"""Seconds a shell gets to clean up after its standard input closed."""

LINGERING = 0.5
"""Seconds without a byte after which a program that has ended has left no more in its pipes."""

PIPE = 1 << 20
"""Bytes a shell may be ahead of us: what Linux gives anybody (pipe(7))."""


class _Process(asyncio.SubprocessProtocol):
    def __init__(self) -> None:
        self.streams = Streams()
        self.ended = asyncio.Event()
        self._came = 0

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._came += len(data)
        if not self.streams.over:
            (self.streams.output if fd == 1 else self.streams.error).feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if fd == 1:
            self.streams.end_output()
        elif fd == 2:  # noqa: PLR2004 - standard error
            self.streams.error.feed_eof()

    def process_exited(self) -> None:
        self.ended.set()
        self._linger(self._came, self._came)

    def _linger(self, first: int, before: int) -> None:
        """Its last words may still be in the pipes, which hold so much; who else has these open is not waited for."""
        asyncio.get_running_loop().call_later(LINGERING, self._look, first, before)

    def _look(self, first: int, before: int) -> None:
        more = self.streams.output.paused or self._came > before
        if not self.streams.over and more and self._came - first < 2 * PIPE:
            self._linger(first, self._came)
        else:
            self.streams.end()

    def pause_writing(self) -> None:
        self.streams.hold()

    def resume_writing(self) -> None:
        self.streams.release()


class LocalDuplex:
    """A child process in a session of its own, so that no terminal signal reaches it."""

    def __init__(self, transport: asyncio.SubprocessTransport, process: _Process) -> None:
        self._transport = transport
        self._process = process
        self._input = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
        output = transport.get_pipe_transport(1)
        process.streams.throttle(output)
        _widen(output)
        self.read = process.streams.read
        self.read_error = process.streams.read_error

    async def write(self, data: bytes) -> None:
        """Send to its standard input; see ``Duplex.write``."""
        if self._input.is_closing():
            raise LinkLost("the shell is gone")
        self._input.write(data)
        await self._process.streams.writable()

    async def close(self) -> None:
        """Close its standard input, wait for it a little, then end it."""
        self._input.close()
        with suppress(TimeoutError):
            async with waking.timeout(CLOSING):
                await self._process.ended.wait()
        with suppress(PermissionError):  # a root shell is not ours to kill; its closed pipes end it
            self._transport.close()
        self._process.streams.end()


def _widen(pipe: asyncio.BaseTransport | None) -> None:
    """A flood is taken in larger pieces where the system lets a pipe hold more (fcntl(2))."""
    resize = getattr(fcntl, "F_SETPIPE_SZ", None)
    if pipe is not None and resize is not None:
        with suppress(OSError, ValueError):  # a process that ended at once has closed it
            fcntl.fcntl(pipe.get_extra_info("pipe"), resize, PIPE)


class LocalTransport:
    """Opens shells on this machine."""

    remote = False
    silence: float | None = None
    key = ""
    accepted = False
    destination = None

    def vouch(self, fingerprint: str) -> None:
        """There is no key here."""

    @property
    def where(self) -> str:
        """Who we are, here."""
        return f"{account_name()}@this machine"

    async def open(self, command: str) -> LocalDuplex:
        """Start a command here."""
        loop = asyncio.get_running_loop()
        try:
            transport, process = await loop.subprocess_exec(_Process, *shlex.split(command), start_new_session=True)
        except OSError as error:
            raise HostUnreachable(f"cannot start a shell: {error.strerror}", where=self.where) from error
        return LocalDuplex(transport, process)

    @asynccontextmanager
    async def tunnel(self, target: str) -> AsyncIterator[Path]:
        """A socket here is its own tunnel; a port is relayed to, so that every caller has a path to open."""
        goal = Target.parse(target)
        if goal.path:
            yield Path(goal.path)
            return
        with socket_directory() as directory:
            path = directory / "socket"
            server = await asyncio.start_unix_server(lambda *ends: _relay(goal, *ends), path)
            try:
                yield path
            finally:
                server.close()

    async def close(self) -> None:
        """Nothing is shared between shells here."""


async def _relay(goal: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        far_reader, far_writer = await asyncio.open_connection(goal.host, goal.port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
