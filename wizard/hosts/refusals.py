"""Why a login did not come about, told apart and in a person's words. Imported lazily."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wizard.errors import HostError, HostKeyChanged, HostKeyUnknown, HostUnreachable, LoginRefused, UsageError
from wizard.hosts.known import KnownHosts, Lookup
from wizard.hosts.sshlib import asyncssh
from wizard.hosts.targets import Way


class KeyJudge(asyncssh.SSHClient):
    """Says yes to a key that is not on record only where a person did; keeps what was shown."""

    def __init__(self, known: KnownHosts, accept: frozenset[str]) -> None:
        self.known = known
        self.accept = accept
        self.lookup = Lookup()
        self.shown: asyncssh.SSHKey | None = None

    def match(self, host: str, addr: str, port: int | None) -> tuple[Any, ...]:
        """What the library asks for before the handshake."""
        return self.known.match(self.lookup, host, addr, port)

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - the library's signature
        """Asked by the library for a key that ``match`` did not give."""
        self.shown = key
        if self.lookup.exact or key.get_fingerprint() not in self.accept:
            return False
        self.known.accept(self.lookup, key)
        return True


@contextmanager
def explained(way: Way, judge: KeyJudge) -> Iterator[None]:
    """Turn what the library raises into the error a person can act on."""
    try:
        yield
    except (asyncssh.ConfigParseError, ValueError) as error:
        raise UsageError(f"the SSH configuration cannot be used: {error}", where=way.login.host) from error
    except asyncssh.HostKeyNotVerifiable as error:
        raise key_refused(judge, str(error)) from error
    except (asyncssh.PermissionDenied, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise _login_refused(way, str(error)) from error
    except FileNotFoundError as error:
        raise _login_refused(way, f"there is no {error.filename}") from error
    except TimeoutError as error:
        raise _unreachable(way, "it did not answer in time") from error
    except (asyncssh.Error, OSError) as error:
        raise _unreachable(way, str(error)) from error


def key_refused(judge: KeyJudge, said: str) -> HostError:
    """The error for a key that was shown but is not trusted."""
    where, shown = judge.lookup.pattern, judge.shown
    if judge.lookup.exact or shown is None:
        seen = f" and is now {shown.get_fingerprint()}" if shown is not None else f": {said}"
        return HostKeyChanged(
            f"the host's key is not the one on record{seen}",
            where=where,
            mend=f"Somebody may be in between. If the host was reinstalled: ssh-keygen -R {where!r}, then try again",
        )
    return HostKeyUnknown(
        f"nobody has accepted this host's key yet: {shown.get_algorithm()} {shown.get_fingerprint()}",
        fingerprint=shown.get_fingerprint(),
        where=where,
        mend="Compare it with ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub on the host's own console, then accept it: "
        f"--accept-host-key {shown.get_fingerprint()}",
    )


def _login_refused(way: Way, said: str) -> LoginRefused:
    key = f" with {way.identity}" if way.identity is not None else ""
    return LoginRefused(
        f"the host does not let {way.login.user or 'this user'} in{key}: {said}",
        where=way.login.host,
        mend="Check the user, the key, and authorized_keys on the host; a key with a passphrase belongs in the agent",
    )


def _unreachable(way: Way, said: str) -> HostUnreachable:
    port = f" on port {way.login.port}" if way.login.port else ""
    return HostUnreachable(
        f"no SSH connection{port}: {said}", where=way.login.host, mend="Is it up, and is it the right address and port?"
    )
