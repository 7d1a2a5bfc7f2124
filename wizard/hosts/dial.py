"""Logging in over SSH: every hop with the same care, and each refusal told apart. Imported lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wizard.checklist.logins import Login
from wizard.errors import UsageError
from wizard.hosts import waking
from wizard.hosts.known import KnownHosts
from wizard.hosts.refusals import KeyJudge, explained
from wizard.hosts.sshlib import asyncssh
from wizard.hosts.targets import Way

Connection = asyncssh.SSHClientConnection

MAX_HOPS = 8

LOGIN = 10.0
"""Seconds for one hop, from its address to a connection that is logged in."""

PATIENCE = 20.0
"""Seconds for a channel on a connection that is there."""

_FIXED: dict[str, Any] = {
    "agent_forwarding": False,
    "client_host_keysign": False,
    "x509_trusted_certs": None,
    "x509_trusted_cert_paths": (),
    "utf8_decode_errors": "replace",
    # The library's own would count seconds in which this process did not run.
    "connect_timeout": None,
    "login_timeout": 0,
    "keepalive_interval": 5,
    "keepalive_count_max": 3,
    "command": None,
    "env": (),
    "send_env": (),
    "request_pty": False,
    "x11_forwarding": False,
    "encoding": None,
    # The fastest with OpenSSL, measured; ^ puts it first and keeps the rest.
    "encryption_algs": "^aes128-gcm@openssh.com",
}


class Dialler:
    """Makes connections to one place.

    Args:
        way: Where to, and as whom.
        known: Host keys on record.
    """

    def __init__(self, way: Way, known: KnownHosts) -> None:
        self._way = way
        self._known = known

    async def dial(self) -> asyncssh.SSHClientConnection:
        """A connection, logged in.

        Raises:
            HostUnreachable, HostKeyUnknown, HostKeyChanged, LoginRefused.
        """
        return await self._reach(self._way, None, MAX_HOPS)

    async def _reach(self, way: Way, through: Connection | None, hops: int) -> Connection:
        client = KeyJudge(self._known, way.accept)
        with explained(way, client):
            options = await self._options(way, client)
            through = through or await self._jump(way, options.tunnel, hops)
            try:
                connection = await _handshake(way, options, through, client)
            except BaseException:
                if through is not None:
                    through.abort()
                raise
        connection.set_tunnel(through)
        return connection

    async def _jump(self, way: Way, jump: object, hops: int) -> Connection | None:
        """What ProxyJump of ssh_config(5) names; our own hops, so that each has our host keys and keepalive."""
        if not isinstance(jump, str) or jump in {"", "none"}:
            return None
        if hops == 0:
            raise UsageError("ProxyJump leads through itself", where=way.login.host, mend="Mend ~/.ssh/config")
        through: Connection | None = None
        for login in map(Login.parse, jump.split(",")):
            if login.host == way.login.host:
                continue
            hop = Way(login, way.known_hosts, accept=way.accept, config=way.config)
            through = await self._reach(hop, through, hops - 1)
        return through

    async def _options(self, way: Way, client: KeyJudge) -> asyncssh.SSHClientConnectionOptions:
        given: dict[str, Any] = dict(_FIXED)
        # () reads the user's file; None, the library's default here, would read none.
        given["config"] = () if way.config is None else [str(path) for path in way.config]
        if way.login.port:
            given["port"] = way.login.port
        if way.login.user:
            given["username"] = way.login.user
        if way.identity is not None:
            given |= _only(way.identity)
        options: asyncssh.SSHClientConnectionOptions = await asyncssh.SSHClientConnectionOptions.construct(
            host=way.login.host, client_factory=lambda: client, known_hosts=client.match, **given
        )
        return options


async def _handshake(
    way: Way, options: asyncssh.SSHClientConnectionOptions, through: Connection | None, judge: KeyJudge
) -> Connection:
    try:
        async with waking.timeout(LOGIN):
            return await asyncssh.connect(way.login.host, options=options, tunnel=through)
    except (asyncssh.ConnectionLost, asyncssh.KeyExchangeFailed, ConnectionResetError):
        if not judge.lookup.exact:
            raise
    # Only the kinds of key on record were asked for, and a server that has none of them just hangs up. Asked for any
    # kind, it shows the key it has now.
    async with waking.timeout(LOGIN):
        return await asyncssh.connect(way.login.host, options=options, tunnel=through, server_host_key_algs="default")


def _only(identity: Path) -> dict[str, Any]:
    """Offer this key and no other: sshd counts every key offered as a try, six by default."""
    public = identity.with_name(f"{identity.name}.pub")
    chosen: dict[str, Any] = {"client_keys": [str(identity)], "ignore_encrypted": True}
    # An agent may hold the key unlocked; the public half lets it be asked for this one alone.
    return chosen | ({"agent_identities": [str(public)]} if public.exists() else {"agent_path": None})
