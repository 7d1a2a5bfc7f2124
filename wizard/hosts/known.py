"""Host keys: which are on record, where, and where the ones accepted now are written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.hosts.names import USER_KNOWN
from wizard.hosts.sshlib import SSHKnownHosts, asyncssh

USER_FILES = USER_KNOWN
"""Where ssh(1) keeps host keys."""

DEFAULT_PORT = 22


@dataclass(slots=True)
class Lookup:
    """What was looked up, and whether keys are on record for just that, so that a refusal can be explained."""

    host: str = ""
    port: int = DEFAULT_PORT
    exact: bool = False

    @property
    def pattern(self) -> str:
        """The host as a known_hosts file names it, sshd(8)."""
        return self.host if self.port == DEFAULT_PORT else f"[{self.host}]:{self.port}"


class KnownHosts:
    """The user's host keys and the wizard's own, read once; ``accepted`` holds fingerprints written down since.

    Args:
        own: The wizard's file; created, 0600, when a key is accepted.
        others: More files to read; missing ones are none.
    """

    def __init__(self, own: Path, others: Iterable[Path] = USER_FILES) -> None:
        self.accepted: set[str] = set()
        self._own = own
        self._record = SSHKnownHosts()
        for path in (*others, own):
            self._read(path.expanduser())

    def _read(self, path: Path) -> None:
        with suppress(OSError):
            for line in path.read_text("utf-8", "replace").splitlines():
                with suppress(ValueError):  # ssh(1) skips a line it cannot read; so do we
                    self._record.load(line)

    def match(self, lookup: Lookup, host: str, addr: str, port: int | None) -> tuple[Any, ...]:
        """Keys on record, as the SSH library's ``known_hosts`` callable gives them; notes the finding in ``lookup``."""
        found = self._keys(host, addr, port)
        lookup.host, lookup.port = host or addr, port or DEFAULT_PORT
        lookup.exact = bool(found[0] or found[1])
        # A record without a port speaks for port 22; ssh(1) lets it vouch for others but never calls them changed.
        return found if lookup.exact or not port else self._keys(host, addr, None)

    def _keys(self, host: str, addr: str, port: int | None) -> tuple[Any, ...]:
        """Host keys, authorities' keys and revoked keys. X.509 is left out: its trust is not this file's to give."""
        # match() would fall back to records without a port by itself, and so hide which kind it found.
        return tuple(self._record._match(host, addr, port)[:3])  # noqa: SLF001 - no public way looks up one port alone

    def accept(self, lookup: Lookup, key: asyncssh.SSHKey) -> None:
        """Write a key that a person vouches for into the wizard's own file."""
        line = f"{lookup.pattern} {key.export_public_key('openssh').decode('ascii').strip()}\n"
        self._own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._own, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(line)
        self._record.load(line)
        self.accepted.add(key.get_fingerprint())
