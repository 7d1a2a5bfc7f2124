"""Who decides on a host's key, and only then gives our own keys. Imported lazily."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wizard.hosts.known import Lookup
from wizard.hosts.sshlib import asyncssh


class KeyJudge(asyncssh.SSHClient):
    """Takes a key that is on record, and another one only where a person vouched for it; keeps what was shown.

    The SSH library is told of no key that it could trust without asking, so that each comes past here.

    Args:
        lookup: What is on record.
        accept: Fingerprints that a person vouches for.
        on_accept: Told of a key that was taken on a person's word.
        shortest: Bits that an RSA key must have; ssh_config(5), RequiredRSASize.
    """

    def __init__(
        self,
        lookup: Lookup,
        accept: frozenset[str],
        on_accept: Callable[[asyncssh.SSHKey], None],
        shortest: int = 0,
    ) -> None:
        self.lookup = lookup
        self.shown: asyncssh.SSHKey | None = None
        self.certificate = ""
        self.revoked = False
        self.short = 0
        self.proxy_words = ""
        self.on_proven: Callable[[], None] = lambda: None
        self.on_lost: Callable[[], None] = lambda: None
        self.offer: Callable[[asyncssh.SSHClientConnection], Awaitable[Sequence[asyncssh.SSHKeyPair]]] | None = None
        self.cleared: asyncssh.SSHKey | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._accept = accept
        self._on_accept = on_accept
        self._shortest = shortest

    def match(self, host: str, addr: str, port: int | None) -> tuple[Any, ...]:  # noqa: ARG002 - the library's signature
        """What the library asks for before the handshake, as its ``known_hosts`` callable."""
        return [], [], self.lookup.revoked

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """Called by the library once there is a connection, of which nothing is known yet."""
        self._connection = conn

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the library's signature
        """Called by the library at its end."""
        self.on_lost()

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - the library's signature
        """Asked by the library for the key that the host shows and that is not revoked."""
        self.shown = key
        bits = _rsa_bits(key)
        if bits and bits < self._shortest:
            self.short = bits
            return False
        if key in self.lookup.keys:
            self.on_proven()
            return True
        if self.lookup.exact or key.get_fingerprint() not in self._accept:
            return False
        self._on_accept(key)
        self.on_proven()
        return True

    def validate_host_ca_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - the library's signature
        """Asked for the authority that signed the host's certificate, whose name and time the library then looks at."""
        trusted = key in self.lookup.authorities
        if trusted:
            self.on_proven()
        return trusted

    async def public_key_auth_requested(self) -> Sequence[asyncssh.SSHKeyPair]:
        """Asked once the host has proven who it is, again and again until there is nothing more to offer."""
        offer, self.offer = self.offer, None
        return await offer(self._connection) if offer is not None and self._connection is not None else ()


def _rsa_bits(key: asyncssh.SSHKey) -> int:
    """How long an RSA key is; 0 of another kind."""
    if key.get_algorithm() != "ssh-rsa":
        return 0
    return int(getattr(key.pyca_key, "key_size", 0))
