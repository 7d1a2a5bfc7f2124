"""What is written as one word and means a place: a login (``user@host:port``) or what a tunnel leads to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wizard.errors import UsageError
from wizard.frozen import frozen

MAX_PORT = 65535


def _split_port(text: str) -> tuple[str, int | None]:
    """Host and port; brackets hold an IPv6 address, as in a URL."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(text)
        port = rest[1:]
    elif text.count(":") > 1:
        host, port = text, ""
    else:
        host, _, port = text.partition(":")
    if not host or host.startswith("-") or any(character.isspace() for character in host):
        raise ValueError(text)
    return host, _port(port) if port else None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= MAX_PORT):
        raise ValueError(text)
    return int(text)


@frozen
class Login:
    """Who logs in where. Empty and None mean: as ssh_config(5) says."""

    host: str
    user: str = ""
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Login:
        """Read ``[user@]host[:port]``.

        Raises:
            UsageError: It is not one.
        """
        user, at, place = text.rpartition("@")
        try:
            # ssh(1) would take a user that starts with a dash for an option.
            host, port = _split_port("" if at and (not user or user.startswith("-")) else place)
        except ValueError:
            raise UsageError(f"not a host to log in to: {text!r}", mend="Write user@host or user@host:port") from None
        return cls(host, user, port)


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
            host, port = _split_port(text)
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
