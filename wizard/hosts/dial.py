"""Logging in over SSH: every hop with the same care, and each refusal told apart. Imported lazily."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from wizard.checklist.logins import Login
from wizard.errors import HostError, UsageError
from wizard.hosts import sshoptions, waking
from wizard.hosts.configuration import Configuration, configuration
from wizard.hosts.identities import Identities, configured, named
from wizard.hosts.judge import KeyJudge
from wizard.hosts.known import KnownHosts, is_list, revoked_by_list
from wizard.hosts.proxy import Proxy
from wizard.hosts.refusals import explained, key_refused
from wizard.hosts.sshlib import asyncssh
from wizard.hosts.targets import Way

Connection = asyncssh.SSHClientConnection

MAX_HOPS = 8

CONNECTING = 10.0
"""Seconds for one hop until it has proven who it is, where ConnectTimeout says nothing."""

AUTHENTICATING = 60.0
"""Seconds for it to let us in then: it may ask a directory, or run an AuthorizedKeysCommand for each key."""

PATIENCE = 20.0
"""Seconds for a channel on a connection that is there."""


@dataclass(slots=True)
class _Hop:
    """One login on the way."""

    way: Way
    configuration: Configuration
    judge: KeyJudge
    options: dict[str, Any]
    identities: Identities
    through: Connection | None = None


class Dialler:
    """Makes connections to one place. ``configuration`` is what was configured for it at the last time.

    Args:
        way: Where to, and as whom.
        known: Host keys on record.
    """

    def __init__(self, way: Way, known: KnownHosts) -> None:
        self.configuration = Configuration(way.login)
        self._way = way
        self._known = known

    async def dial(self) -> Connection:
        """A connection, logged in.

        Raises:
            HostUnreachable, HostKeyUnknown, HostKeyChanged, LoginRefused, UsageError.
        """
        connection, self.configuration = await self._reach(self._way, None, MAX_HOPS)
        return connection

    async def _reach(self, way: Way, through: Connection | None, hops: int) -> tuple[Connection, Configuration]:
        found = await configuration(way.login, way.config)
        lookup = await self._known.look_up(found)
        judge = KeyJudge(
            lookup, way.accept, lambda key: self._known.accept(lookup, key), found.number("requiredrsasize")
        )
        with explained(way, found, judge):
            identities = await asyncio.to_thread(_identities, way, found)
            hop = _Hop(way, found, judge, sshoptions.options(found), identities)
            hop.through = through or await self._jump(hop, hops)
            try:
                connection = await _log_in(hop)
            except BaseException:
                if hop.through is not None:
                    hop.through.abort()
                raise
        if hop.through is not None:
            connection.set_tunnel(hop.through)
        return connection, found

    async def _jump(self, hop: _Hop, hops: int) -> Connection | None:
        """What ProxyJump of ssh_config(5) names; our own hops, so that each has our host keys and keepalive."""
        jump = hop.configuration.text("proxyjump")
        if not jump:
            return None
        if hops == 0:
            raise UsageError("ProxyJump leads through itself", where=hop.way.login.host, mend="Mend ~/.ssh/config")
        through: Connection | None = None
        for login in [Login.parse(each.strip()) for each in jump.split(",")]:
            if login.host == hop.way.login.host:
                continue
            way = Way(login, hop.way.known_hosts, accept=hop.way.accept, config=hop.way.config)
            through, _ = await self._reach(way, through, hops - 1)
        return through


def _identities(way: Way, found: Configuration) -> Identities:
    return named(way.identity, found.agent) if way.identity is not None else configured(found)


async def _log_in(hop: _Hop) -> Connection:
    """Log in, asking for one kind of key after another where a person vouched for one and it is not the first.

    A certificate that is no good leaves the plain key to be looked at, as with ssh(1).
    """
    found, judge = hop.configuration, hop.judge
    certified = bool(judge.lookup.authorities) and not is_list(found.file("revokedhostkeys"))
    kinds = sshoptions.host_key_algorithms(found, judge.lookup, certified=certified)
    refusal: HostError | None = None
    while True:
        try:
            return await _handshake(hop, kinds)
        except asyncssh.HostKeyNotVerifiable as error:
            said = str(error)
            if certified and judge.shown is None and "revoked" not in said:
                judge.certificate, certified = said.partition(" for host ")[0], False
                kinds = [kind for kind in kinds if not kind.endswith(sshoptions.CERTIFIED)]
                continue
            refusal = refusal or key_refused(judge, said)
            shown = judge.shown
            if shown is None or judge.lookup.exact or judge.short or not hop.way.accept:
                raise refusal from error
            kinds = sshoptions.without(kinds, shown)
            if not kinds:
                raise refusal from error
        except (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost, ConnectionResetError) as error:
            if refusal is not None:
                raise refusal from error
            raise


async def _handshake(hop: _Hop, kinds: list[str]) -> Connection:
    found, judge = hop.configuration, hop.judge
    judge.shown = None
    patience = float(found.number("connecttimeout") or CONNECTING)
    proxy: Proxy | None = None
    try:
        async with _offering(hop), waking.timeout(patience) as countdown:
            judge.on_proven = lambda: countdown.grant(max(AUTHENTICATING, patience))
            if found.proxy_command and hop.through is None:
                proxy = await Proxy.start(found.proxy_command)
                judge.on_lost = proxy.close
            options = await asyncssh.SSHClientConnectionOptions.construct(
                host=found.hostname,
                port=found.port,
                client_factory=lambda: judge,
                known_hosts=judge.match,
                server_host_key_algs=kinds,
                **hop.options,
            )
            way = {"sock": proxy.socket} if proxy else {"tunnel": hop.through or ()}
            connection = await asyncssh.connect(found.hostname, found.port, options=options, config=None, **way)
            await _unrevoked(hop, connection)
    except BaseException as error:
        if proxy is not None:
            if isinstance(error, Exception):
                judge.proxy_words = await proxy.complaint()
            proxy.close()
        raise
    return connection


@asynccontextmanager
async def _offering(hop: _Hop) -> AsyncIterator[None]:
    """Meanwhile give our keys to the host once it has proven who it is; the agent is let go of afterwards."""
    agent: asyncssh.SSHAgentClient | None = None

    async def offer(connection: Connection) -> Sequence[asyncssh.SSHKeyPair]:
        nonlocal agent
        await _unrevoked(hop, connection)
        agent = await hop.identities.connect()
        return await hop.identities.pairs(agent)

    hop.judge.offer = offer
    try:
        yield
    finally:
        if agent is not None:
            agent.close()


async def _unrevoked(hop: _Hop, connection: Connection) -> None:
    """Ask a list of revoked keys about the one that the host showed, before anything of ours is given to it.

    Raises:
        asyncssh.HostKeyNotVerifiable: It is revoked.
    """
    revoked, key = hop.configuration.file("revokedhostkeys"), connection.get_server_host_key()
    if revoked is None or key is None or hop.judge.cleared == key or not is_list(revoked):
        return
    if await revoked_by_list(revoked, key):
        hop.judge.revoked = True
        connection.abort()
        raise asyncssh.HostKeyNotVerifiable("Host key is revoked")
    hop.judge.cleared = key
