"""The keys that a login offers, in ssh's order: of files and of the agent, with their certificates. Imported lazily.

The order is that of ``pubkey_prepare`` in OpenSSH's sshconnect2.c: sshd counts every key offered as a try, six by
default, so those that were named come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from wizard.frozen import frozen
from wizard.hosts.configuration import Configuration
from wizard.hosts.sshlib import asyncssh

_UNREADABLE = (OSError, ValueError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError)


@frozen
class Identity:
    """One key. ``private`` is None where only an agent can use it, ``public`` empty where its file does not tell it."""

    path: Path
    private: asyncssh.SSHKey | None = None
    public: bytes = b""


@frozen
class Identities:
    """What a login may offer.

    Args:
        keys: In the order in which they are offered.
        certificates: For these keys.
        agent: The agent's socket; empty for none.
        only: No other key of the agent is offered.
    """

    keys: Sequence[Identity] = ()
    certificates: Sequence[asyncssh.SSHCertificate] = ()
    agent: str = ""
    only: bool = False

    async def connect(self) -> asyncssh.SSHAgentClient | None:
        """The agent; None where there is none, or none that is there."""
        if not self.agent:
            return None
        try:
            return await asyncssh.connect_agent(self.agent)
        except (OSError, asyncssh.Error):
            return None

    async def pairs(self, agent: asyncssh.SSHAgentClient | None) -> list[asyncssh.SSHKeyPair]:
        """The pairs to sign with. An agent that does not answer holds none."""
        offered: list[asyncssh.SSHKeyPair] = []
        if agent is not None:
            with suppress(OSError, ValueError, asyncssh.Error):
                for key in self.keys:
                    offered += await self._held(agent, key)
                taken = {pair.public_data for pair in offered}
                held = [] if self.only else await agent.get_keys()
                offered += [pair for pair in held if pair.public_data not in taken]
        known = {pair.key_public_data for pair in offered}
        for key in self.keys:
            if key.private is not None and key.public not in known:
                offered += asyncssh.load_keypairs(key.private, certlist=self._for(key.public))
        return offered

    async def _held(self, agent: asyncssh.SSHAgentClient, key: Identity) -> list[asyncssh.SSHKeyPair]:
        """A key that the agent holds, with each of its certificates first."""
        found: list[asyncssh.SSHKeyPair] = []
        certificates = self._for(key.public)
        for certificate in certificates:
            # Each time anew, as a pair has one certificate.
            for pair in await agent.get_keys([key.public]):
                pair.set_certificate(certificate)
                found.append(pair)
        # An agent may hold a certificate as a key of its own.
        wanted = [each for each in (key.public, *(each.public_data for each in certificates)) if each]
        have = {pair.public_data for pair in found}
        # The library takes an empty list for all keys.
        held = await agent.get_keys(wanted) if wanted else []
        return found + [pair for pair in held if pair.public_data not in have]

    def _for(self, public: bytes) -> list[asyncssh.SSHCertificate]:
        return [each for each in self.certificates if each.key.public_data == public]


def named(path: Path, agent: str) -> Identities:
    """The one key that the checklist names.

    Raises:
        OSError, asyncssh.KeyImportError: It cannot be read.
    """
    return Identities([_read(path)], _certificates([_beside(path)]), agent, only=True)


def configured(configuration: Configuration) -> Identities:
    """The keys that ssh(1) would try; what is not there or cannot be read is passed over, as ssh does.

    Raises:
        UsageError: A name is written with a token that stands for nothing.
    """
    keys = []
    for path in configuration.identities:
        with suppress(*_UNREADABLE):
            keys.append(_read(path))
    paths = [*map(configuration.path, configuration.all("certificatefile")), *(_beside(key.path) for key in keys)]
    return Identities(keys, _certificates(paths), configuration.agent, only=configuration.flag("identitiesonly"))


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix('.pub')}-cert.pub")


def _certificates(paths: Iterable[Path]) -> list[asyncssh.SSHCertificate]:
    found: dict[bytes, asyncssh.SSHCertificate] = {}
    for path in paths:
        with suppress(*_UNREADABLE):
            certificate = asyncssh.read_certificate(str(path))
            found.setdefault(certificate.public_data, certificate)
    return list(found.values())


def _read(path: Path) -> Identity:
    """A key's file: a private key, locked or not, or a public half, whose other half an agent may hold.

    Raises:
        OSError, asyncssh.KeyImportError: It is none of these.
    """
    public = path.with_name(f"{path.name}.pub")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        # ssh(1) takes the public half for a name of the key that the agent holds.
        if not public.exists():
            raise
        return Identity(path, None, asyncssh.read_public_key(str(public)).public_data)
    try:
        private = asyncssh.import_private_key(data)
    except asyncssh.KeyEncryptionError:
        return Identity(path, None, _public_half(public))
    except asyncssh.KeyImportError as error:
        # The library has no class of its own for a key that wants a passphrase.
        if "assphrase" in str(error):
            return Identity(path, None, _public_half(public))
        return Identity(path, None, asyncssh.import_public_key(data).public_data)
    return Identity(path, private, private.public_data)


def _public_half(path: Path) -> bytes:
    try:
        return bytes(asyncssh.read_public_key(str(path)).public_data)
    except _UNREADABLE:
        return b""
