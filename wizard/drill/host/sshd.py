"""The practice host's SSH server: one login with one key, real shells, and a way through to Redis."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress

import asyncssh

from wizard.drill.host.orders import Orders
from wizard.drill.host.sweep import MARK
from wizard.drill.layout import LOGIN, Layout

LOOPBACK = "127.0.0.1"
_CHUNK = 65_536

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


class Login(asyncssh.SSHServer):
    """Lets the one account in with the drill's key, and through to Redis and nowhere else.

    Args:
        fingerprint: Of the key.
        port: Redis' own.
    """

    def __init__(self, fingerprint: str, port: int) -> None:
        self._fingerprint = fingerprint
        self._port = port

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


async def listen(layout: Layout, key: asyncssh.SSHKey, orders: Orders) -> asyncssh.SSHAcceptor:
    """Serve, with the host's own key, on the socket that the wizard has bound."""
    login = functools.partial(Login, orders.client, orders.port)

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
        "/bin/sh", "-c", process.command or "exec /bin/sh",
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
