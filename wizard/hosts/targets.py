"""Ways to a host, and what a tunnel from it leads to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wizard.checklist.logins import Login, split_port
from wizard.errors import UsageError
from wizard.frozen import frozen


@frozen
class Way:
    """How to reach a login over SSH.

    Args:
        login: Who logs in where.
        known_hosts: The wizard's own file of accepted host keys.
        identity: A private key's file; None for those of the configuration, the agent, and the usual files.
        accept: ``SHA256:…`` fingerprints that a person vouches for now.
        config: OpenSSH client configuration files; None for the user's.
    """

    login: Login
    known_hosts: Path
    identity: Path | None = None
    accept: frozenset[str] = frozenset()
    config: tuple[Path, ...] | None = None


@frozen
class Target:
    """What a tunnel leads to: a port, or a unix socket's path."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read ``host:port``, or an absolute path.

        Raises:
            UsageError: It is neither.
        """
        if text.startswith("/"):
            return cls(path=text)
        try:
            host, port = split_port(text)
        except ValueError:
            host, port = text, None
        if port is None:
            raise UsageError(f"not a target for a tunnel: {text!r}", mend="Write host:port, or a socket's full path")
        return cls(host, port)


@contextmanager
def socket_directory() -> Iterator[Path]:
    """A fresh directory, mode 0700, gone afterwards: whoever cannot enter it cannot use the sockets in it."""
    with tempfile.TemporaryDirectory(prefix="wizard-") as directory:
        yield Path(directory)
