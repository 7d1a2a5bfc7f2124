"""A host over SSH: one connection, its key checked against the record, and channels on it. Imported lazily."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from wizard.errors import HostError, HostUnreachable, LinkLost
from wizard.hosts import sshoptions, waking
from wizard.hosts.base import Destination
from wizard.hosts.dial import PATIENCE, Dialler
from wizard.hosts.known import KnownHosts
from wizard.hosts.sshlib import asyncssh
from wizard.hosts.streams import Streams
from wizard.hosts.targets import Target, Way, socket_directory

CLOSING = 2.0
"""Seconds a connection gets to say goodbye; waiting longer can hang for ever (asyncssh issue 628)."""

ACKNOWLEDGED = 0.002
"""Seconds between two acknowledgements while a channel opens."""

# The library's own log would be written across the screen; what matters of it comes as errors.
logging.getLogger("asyncssh").addHandler(logging.NullHandler())
logging.getLogger("asyncssh").propagate = False


class _Wire:
    """The TCP connection beneath a channel. Where there is none, as through a jump host, nothing is set.

    tcp(7): a cork keeps back what is written until it is drawn, so that the library's two packets a line travel as one;
    quick acknowledgements have to be asked for again and again, and sshd waits for them between two answers.
    """

    def __init__(self, beneath: socket.socket | None = None) -> None:
        self.socket = beneath
        self._asked = 0.0

    def acknowledge(self) -> None:
        """Something came. In a flood, a call for each packet would slow it down, and the kernel needs none."""
        now = time.monotonic()
        if now - self._asked >= ACKNOWLEDGED:
            self._asked = now
            self.set("TCP_QUICKACK", 1)

    def set(self, option: str, value: int) -> None:
        number = getattr(socket, option, None)
        if self.socket is not None and number is not None:
            with suppress(OSError):
                self.socket.setsockopt(socket.IPPROTO_TCP, number, value)

    @contextmanager
    def corked(self) -> Iterator[None]:
        self.set("TCP_CORK", 1)
        try:
            yield
        finally:
            self.set("TCP_CORK", 0)

    @asynccontextmanager
    async def acknowledging(self) -> AsyncIterator[None]:
        """Meanwhile let the server wait for no acknowledgement: it would for 40 ms, between two answers to a login."""
        task = asyncio.create_task(self._acknowledge())
        try:
            yield
        finally:
            task.cancel()

    async def _acknowledge(self) -> None:
        while True:
            self.set("TCP_QUICKACK", 1)
            await asyncio.sleep(ACKNOWLEDGED)


class _Session(asyncssh.SSHClientSession[bytes]):
    def __init__(self) -> None:
        self.streams = Streams()
        self.wire = _Wire()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.wire.acknowledge()
        (self.streams.error if datatype else self.streams.output).feed_data(data)

    def eof_received(self) -> bool:
        self.streams.end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the library's signature
        self.streams.end()

    def pause_writing(self) -> None:
        self.streams.hold()

    def resume_writing(self) -> None:
        self.streams.release()


class SshDuplex:
    """One exec channel of a connection."""

    def __init__(self, channel: asyncssh.SSHClientChannel[bytes], session: _Session) -> None:
        self._channel = channel
        self._streams = session.streams
        self._wire = session.wire
        self._wire.socket = channel.get_extra_info("socket")
        self._streams.throttle(channel)
        self.read = session.streams.read
        self.read_error = session.streams.read_error

    async def write(self, data: bytes) -> None:
        """Send to its standard input; see ``Duplex.write``."""
        if self._streams.lost:
            raise LinkLost("the connection is gone")
        try:
            with self._wire.corked():
                self._channel.write(data)
        except OSError as error:
            raise LinkLost("the connection is gone") from error
        await self._streams.writable()

    async def close(self) -> None:
        """Close its standard input, which ends the shell, and the channel."""
        with suppress(OSError):
            self._channel.write_eof()
        self._channel.close()
        self._streams.end()


class SshTransport:
    """Logs in when first used, and again when used after ``close``.

    Args:
        way: Where to, and as whom.
    """

    remote = True

    def __init__(self, way: Way) -> None:
        self._known = KnownHosts(way.known_hosts)
        self._dialler = Dialler(way, self._known)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._way = way
        self.key = ""

    @property
    def accepted(self) -> bool:
        """The key was written down just now, as a person vouched for it."""
        return self.key in self._known.accepted

    def vouch(self, fingerprint: str) -> None:
        """A person compared this key; see ``Host.vouch``."""
        self._way = replace(self._way, accept=self._way.accept | {fingerprint})
        self._dialler = Dialler(self._way, self._known)

    @property
    def where(self) -> str:
        """Who we are where, as the checklist says it."""
        login = self._way.login
        place = f"{login.host}:{login.port}" if login.port else login.host
        return f"{login.user}@{place}" if login.user else place

    @property
    def destination(self) -> Destination | None:
        """How it was reached; None before that."""
        if self._connection is None:
            return None
        told = self._connection.get_extra_info
        known = self._known.files(self._dialler.configuration)
        return Destination(told("username"), told("host"), told("port"), self._way.identity, known)

    @property
    def silence(self) -> float | None:
        """Seconds without a byte that the SSH configuration lets pass; None where it says nothing."""
        return sshoptions.silence(self._dialler.configuration)

    @property
    def _patience(self) -> float:
        return max(PATIENCE, float(self._dialler.configuration.number("connecttimeout")))

    async def open(self, command: str) -> SshDuplex:
        """Start a fixed command there."""
        connection = await self._connected()
        try:
            beneath = connection.get_extra_info("socket")
            async with waking.timeout(self._patience), _Wire(beneath).acknowledging():
                channel, session = await connection.create_session(
                    _Session, command, encoding=None, env=None, send_env=None, request_pty=False, x11_forwarding=False
                )
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise HostUnreachable(f"the host gives no channel: {error}", where=self.where) from error
        return SshDuplex(channel, cast("_Session", session))

    async def _connected(self) -> asyncssh.SSHClientConnection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._dialler.dial()
            self.key = fingerprint(self._connection)
        return self._connection

    @asynccontextmanager
    async def tunnel(self, target: str) -> AsyncIterator[Path]:
        """A unix socket in a directory of our own; a TCP port would be open to every user of this machine."""
        goal = Target.parse(target)
        connection = await self._connected()
        await self._probe(connection, goal)
        with socket_directory() as directory:
            path = directory / "socket"
            listener = await _forward(connection, path, goal)
            try:
                yield path
            finally:
                listener.close()

    async def _probe(self, connection: asyncssh.SSHClientConnection, goal: Target) -> None:
        """Open the far end once: a server that forbids forwarding only says so then."""
        try:
            async with waking.timeout(self._patience):
                _, writer = await _far_end(connection, goal)
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise HostError(
                f"no tunnel to {goal}: {error}",
                where=self.where,
                mend="Is it listening, and does sshd allow forwarding?",
            ) from error
        writer.close()

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.close()
        with suppress(TimeoutError, asyncssh.Error, OSError):
            async with asyncio.timeout(CLOSING):
                await connection.wait_closed()
        connection.abort()


async def _far_end(connection: asyncssh.SSHClientConnection, goal: Target) -> tuple[Any, Any]:
    if goal.path:
        return await connection.open_unix_connection(goal.path)
    return await connection.open_connection(goal.host, goal.port)


async def _forward(connection: asyncssh.SSHClientConnection, path: Path, goal: Target) -> asyncssh.SSHListener:
    if goal.path:
        return await connection.forward_local_path(str(path), goal.path)
    return await connection.forward_local_path_to_port(str(path), goal.host, goal.port)


def fingerprint(connection: asyncssh.SSHClientConnection) -> str:
    """The ``SHA256:…`` of the key the host showed."""
    key = connection.get_server_host_key()
    return key.get_fingerprint() if key is not None else ""
