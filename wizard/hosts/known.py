"""Host keys: which are on record, where, which are revoked, and where the ones accepted now are written."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import HostUnreachable, UsageError
from wizard.hosts.configuration import Configuration
from wizard.hosts.program import said_by
from wizard.hosts.sshlib import SSHKnownHosts, asyncssh
from wizard.hosts.tokens import expand
from wizard.text import one_line

DEFAULT_PORT = 22

KRL_MAGIC = b"SSHKRL\n\0"
"""The head of a key revocation list that is no text; PROTOCOL.krl of OpenSSH."""

COMMAND = 20.0
"""Seconds for a KnownHostsCommand, or for ssh-keygen to look through a revocation list."""


@dataclass(slots=True)
class Lookup:
    """What is on record for one name.

    Args:
        host: The name or address, or the alias that stands for it.
        port: Where its sshd listens.
        keys: Keys that it may show.
        authorities: Keys that may sign its certificate.
        revoked: Keys that nobody may show.
        exact: ``keys`` are on record for just this name and port, so that another one has changed.
    """

    host: str
    port: int
    keys: Sequence[asyncssh.SSHKey] = ()
    authorities: Sequence[asyncssh.SSHKey] = ()
    revoked: Sequence[asyncssh.SSHKey] = ()
    exact: bool = False

    @property
    def pattern(self) -> str:
        """The host as a known_hosts file names it, sshd(8)."""
        return self.host if self.port == DEFAULT_PORT else f"[{self.host}]:{self.port}"


class Record:
    """Lines of known_hosts files."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines = SSHKnownHosts()
        self.add(lines)

    def add(self, lines: Iterable[str]) -> None:
        """Take these lines in; ssh(1) skips one it cannot read, and so do we."""
        for line in lines:
            with suppress(ValueError):
                self._lines.load(line)

    def look_up(self, host: str, port: int) -> Lookup:
        """What is on record for a name. An address is a name of its own: who reads it there has not proven another."""
        found = self._keys(host, port if port != DEFAULT_PORT else None)
        exact = bool(found[0])
        if port != DEFAULT_PORT and not (found[0] or found[1]):
            # A record without a port speaks for port 22; ssh(1) lets it vouch for others, never calls them changed.
            found = self._keys(host, None)
        revoked = [*found[2], *self._keys(host, None)[2]]
        return Lookup(host, port, found[0], found[1], revoked, exact)

    def _keys(self, host: str, port: int | None) -> tuple[Sequence[asyncssh.SSHKey], ...]:
        """Host keys, authorities' keys and revoked keys. X.509 is left out: its trust is not this file's to give."""
        # match() would fall back to records without a port by itself, and so hide which kind it found.
        return tuple(self._lines._match(host, "", port)[:3])  # noqa: SLF001 - no public way looks up one port alone


class KnownHosts:
    """The wizard's own file of host keys, and those that ssh reads; ``accepted`` holds fingerprints written down since.

    Args:
        own: The wizard's file; created, 0600, when a key is accepted.
    """

    def __init__(self, own: Path) -> None:
        self.accepted: set[str] = set()
        self._own = own.expanduser()
        self._records: dict[tuple[Path, ...], Record] = {}

    async def look_up(self, configuration: Configuration) -> Lookup:
        """What is on record for a host.

        Raises:
            UsageError: Revoked keys are configured and cannot be read.
        HostUnreachable: A command that tells keys failed.
        """
        record = self._record(tuple(configuration.known_hosts))
        # With an alias ssh(1) looks for no port; see get_hostfile_hostname_ipaddr in its sshconnect.c.
        port = DEFAULT_PORT if configuration.alias else configuration.port
        host = configuration.alias or configuration.hostname
        found = record.look_up(host, port)
        said = Record(await _told(configuration)).look_up(host, port)
        return Lookup(
            host,
            port,
            [*found.keys, *said.keys],
            [*found.authorities, *said.authorities],
            [*found.revoked, *said.revoked, *_listed(configuration.file("revokedhostkeys"))],
            exact=found.exact or said.exact,
        )

    def files(self, configuration: Configuration) -> tuple[Path, ...]:
        """Where keys of a host are looked for."""
        return (*configuration.known_hosts, self._own)

    def accept(self, lookup: Lookup, key: asyncssh.SSHKey) -> None:
        """Write a key that a person vouches for into the wizard's own file."""
        line = f"{lookup.pattern} {key.export_public_key('openssh').decode('ascii').strip()}\n"
        self._own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._own, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(line)
        for record in self._records.values():
            record.add([line])
        self.accepted.add(key.get_fingerprint())

    def _record(self, files: tuple[Path, ...]) -> Record:
        """Files are read once: who takes a run back over a broken link has the record that it began with."""
        if files not in self._records:
            self._records[files] = Record(line for path in (*files, self._own) for line in _lines(path))
        return self._records[files]


def _lines(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text("utf-8", "replace").splitlines()
    return []


def is_list(path: Path | None) -> bool:
    """The revoked keys are in a list that only ssh-keygen reads."""
    if path is None:
        return False
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(KRL_MAGIC)) == KRL_MAGIC
    return False


def _listed(path: Path | None) -> list[asyncssh.SSHKey]:
    """The keys of a text file of revoked ones, one a line; ssh_config(5), RevokedHostKeys.

    Raises:
        UsageError: It cannot be read: ssh(1) refuses every host then.
    """
    if path is None or is_list(path):
        return []
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise UsageError(
            f"RevokedHostKeys of the SSH configuration cannot be read: {error.strerror}",
            where=str(path),
            mend="Without it no host is trusted; mend the file or the option",
        ) from error
    keys = []
    for line in lines:
        with suppress(ValueError):
            keys.append(asyncssh.import_public_key(line))
    return keys


async def revoked_by_list(path: Path, key: asyncssh.SSHKey) -> bool:
    """A key revocation list has this key; ssh-keygen(1), -Q. What cannot be told is revoked."""
    program = shutil.which("ssh-keygen")
    if program is None:
        return True
    with tempfile.NamedTemporaryFile(prefix="wizard-", suffix=".pub") as file:
        file.write(key.export_public_key("openssh"))
        file.flush()
        try:
            told = await said_by([program, "-Q", "-f", str(path), file.name], COMMAND)
        except (TimeoutError, OSError):
            return True
    return told.status != 0


async def _told(configuration: Configuration) -> list[str]:
    """The lines that a KnownHostsCommand prints; ssh_config(5). It is run without a shell, as ssh(1) does.

    Raises:
        HostUnreachable: It fails, as it may where the network is not back yet.
        UsageError: It asks for the key that was shown, which is known too late here.
    """
    template = configuration.text("knownhostscommand")
    if not template:
        return []
    name = configuration.alias or configuration.hostname
    shown = name if configuration.alias or configuration.port == DEFAULT_PORT else f"[{name}]:{configuration.port}"
    try:
        words = [expand(word, {**configuration.tokens, "H": shown, "I": "HOSTNAME"}) for word in shlex.split(template)]
        told = await said_by(words, COMMAND)
    except TimeoutError:
        raise _command_failed(configuration, f"it did not end within {COMMAND:.0f} s") from None
    except (OSError, ValueError) as error:
        raise _command_failed(configuration, str(error)) from error
    if told.status != 0:
        raise _command_failed(configuration, told.complaint or f"it ended with {told.status}")
    return told.output.decode("utf-8", "replace").splitlines()


def _command_failed(configuration: Configuration, why: str) -> HostUnreachable:
    return HostUnreachable(
        f"KnownHostsCommand of the SSH configuration failed: {one_line(why, 300)}",
        where=configuration.login.host,
        mend="Without it no key is on record; try the command by hand",
    )
