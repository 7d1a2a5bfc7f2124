"""The practice host's SSH server: one login with one key, real shells, and a way through to Redis."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import asyncssh

from wizard.drill.host.orders import Orders
from wizard.drill.host.sweep import MARK
from wizard.drill.layout import LOGIN, Layout
from wizard.hosts.sudo import PROGRAMS

LOOPBACK = "127.0.0.1"
_CHUNK = 65_536

Connections = set[asyncssh.SSHServerConnection]
_Writer = asyncio.StreamWriter | asyncssh.SSHWriter[bytes]


def environment(layout: Layout, uid: int) -> Mapping[str, str]:
    """What a process of the practice host gets, as an account of its own.

    Args:
        layout: Where it is.
        uid: The account's number on the practice host.
    """
    name = LOGIN if uid else "root"
    return {
        MARK: str(layout.root),
        "WIZARD_DRILL_UID": str(uid),
        "HOME": str(layout.homes / name),
        "USER": name,
        "LOGNAME": name,
        "SHELL": "/bin/sh",
        "PATH": f"{layout.standins}:{os.defpath}:/usr/local/bin:/usr/sbin:/sbin",
    }


def modelled(command: str, layout: Layout) -> str:
    """A command that asks for sudo by its full path, which is this machine's own, asks for the stand-in instead."""
    for program in PROGRAMS:
        command = command.replace(f" {program}", f" {layout.standins}/sudo")
    return command


class Login(asyncssh.SSHServer):
    """Lets the one account in with the drill's key, and through to Redis and nowhere else.

    Args:
        fingerprint: Of the key.
        port: Redis' own.
        connections: Those that are open.
    """

    def __init__(self, fingerprint: str, port: int, connections: Connections) -> None:
        self._fingerprint = fingerprint
        self._port = port
        self._connections = connections

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember it, so that it can be ended."""
        self._connections.add(conn)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - the library's signature
        """Nobody comes in without a key."""
        return True

    def public_key_auth_supported(self) -> bool:
        """Keys are taken, and nothing else is."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """It is the account and its key."""
        return username == LOGIN and key.get_fingerprint() == self._fingerprint

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:  # noqa: ARG002 - the library's signature
        """A tunnel may lead to Redis."""
        return dest_host == LOOPBACK and dest_port == self._port


@asynccontextmanager
async def serving(layout: Layout, key: asyncssh.SSHKey, orders: Orders) -> AsyncIterator[None]:
    """Serve, with the host's own key, on the socket that the wizard has bound; then end every connection.

    A shell whose connection has ended finds its input at its end, and cleans up after itself.
    """
    connections: Connections = set()
    acceptor = await _listen(layout, key, orders, connections)
    try:
        yield
    finally:
        acceptor.close()
        for connection in connections:
            connection.abort()


async def _listen(
    layout: Layout, key: asyncssh.SSHKey, orders: Orders, connections: Connections
) -> asyncssh.SSHAcceptor:
    login = functools.partial(Login, orders.client, orders.port, connections)

    async def run(process: asyncssh.SSHServerProcess[bytes]) -> None:
        await _run(process, layout)

    return await asyncssh.listen(
        sock=socket.socket(fileno=orders.gate),
        server_host_keys=[key],
        server_factory=login,
        process_factory=run,
        sftp_factory=True,
        allow_scp=True,
        encoding=None,
        agent_forwarding=False,
        login_timeout=30,
        # The defaults compress what only goes from one process of this machine to another.
        compression_algs=["none"],
    )


async def _run(process: asyncssh.SSHServerProcess[bytes], layout: Layout) -> None:
    """A shell for one channel; it ends when its standard input does, as under any sshd."""
    env = environment(layout, 1000)
    child = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", modelled(process.command or "exec /bin/sh", layout),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=env["HOME"], env=env, start_new_session=True,
    )  # fmt: skip
    assert child.stdin and child.stdout and child.stderr  # noqa: S101, PT018 - they were asked for
    fed = asyncio.create_task(_copy(process.stdin, child.stdin))
    await asyncio.gather(_copy(child.stdout, process.stdout), _copy(child.stderr, process.stderr))
    status = await child.wait()
    fed.cancel()
    with suppress(asyncssh.Error, OSError):
        process.exit(status) if status >= 0 else process.exit_with_signal(signal.Signals(-status).name[3:])


async def _copy(source: asyncio.StreamReader | asyncssh.SSHReader[bytes], target: _Writer) -> None:
    """Until the source or the target ends; the end of the source, also of its connection, is passed on."""
    with suppress(asyncssh.Error, OSError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
    if isinstance(target, asyncio.StreamWriter):
        target.close()
