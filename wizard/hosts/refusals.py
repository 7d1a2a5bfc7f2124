"""Why a login did not come about, told apart and in a person's words. Imported lazily."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wizard.errors import HostError, HostKeyChanged, HostKeyUnknown, HostUnreachable, LoginRefused, UsageError
from wizard.hosts.configuration import Configuration
from wizard.hosts.judge import KeyJudge
from wizard.hosts.sshlib import asyncssh
from wizard.hosts.sshoptions import unfollowed
from wizard.hosts.targets import Way

_CERTIFICATE = {
    "Certificate expired": ("has expired", "Have it renewed"),
    "Certificate not yet valid": ("is not valid yet", "Look at the clocks of both machines"),
    "Certificate principal mismatch": ("is for another name", "Name the host as its certificate does"),
    "Host CA key is not trusted": (
        "is by an authority that is not on record for it",
        "Put the authority on record, as a @cert-authority line of a known_hosts file",
    ),
}
"""What the SSH library says of a certificate, and what a person can do."""


@contextmanager
def explained(way: Way, configuration: Configuration, judge: KeyJudge) -> Iterator[None]:
    """Turn what the library raises into the error a person can act on."""
    try:
        yield
    except asyncssh.HostKeyNotVerifiable as error:
        raise key_refused(judge, str(error)) from error
    except (asyncssh.PermissionDenied, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise _login_refused(way, configuration, str(error)) from error
    except FileNotFoundError as error:
        raise _login_refused(way, configuration, f"there is no {error.filename}") from error
    except ValueError as error:
        raise UsageError(f"the SSH configuration cannot be used: {error}", where=way.login.host) from error
    except TimeoutError as error:
        raise _unreachable(way, "it did not answer in time", judge) from error
    except (asyncssh.Error, OSError) as error:
        raise _unreachable(way, str(error), judge) from error


def key_refused(judge: KeyJudge, said: str) -> HostError:
    """The error for a key that was shown but is not trusted.

    Args:
        judge: Saw it.
        said: The SSH library's words.
    """
    where, shown = judge.lookup.pattern, judge.shown
    if judge.revoked or "revoked" in said:
        return HostKeyChanged(
            "the host's key is revoked" + (f": {shown.get_fingerprint()}" if shown is not None else ""),
            where=where,
            mend="Somebody else may have it: ask who revoked it, in a known_hosts file or in RevokedHostKeys",
        )
    if judge.short:
        return HostKeyChanged(
            f"the host's RSA key has {judge.short} bits, fewer than RequiredRSASize of the SSH configuration wants",
            where=where,
            mend="Give the host a longer key, or one of another kind",
        )
    if judge.lookup.exact or shown is None:
        seen = f" and is now {shown.get_fingerprint()}" if shown is not None else f": {said}"
        return HostKeyChanged(
            f"the host's key is not the one on record{seen}",
            where=where,
            mend=f"Somebody may be in between. If the host was reinstalled: ssh-keygen -R {where!r}, then try again",
        )
    return _key_unknown(judge, shown)


def _key_unknown(judge: KeyJudge, shown: asyncssh.SSHKey) -> HostKeyUnknown:
    fault, mend = _CERTIFICATE.get(judge.certificate, (f"is no good ({judge.certificate})", "Look at it"))
    fingerprint = shown.get_fingerprint()
    return HostKeyUnknown(
        (f"the host's certificate {fault}, and " if judge.certificate else "")
        + f"nobody has accepted this host's key yet: {shown.get_algorithm()} {fingerprint}",
        fingerprint=fingerprint,
        where=judge.lookup.pattern,
        mend=(f"{mend}. Or compare the key" if judge.certificate else "Compare it")
        + " with ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub on the host's own console, then accept it: "
        f"--accept-host-key {fingerprint}",
    )


def _login_refused(way: Way, configuration: Configuration, said: str) -> LoginRefused:
    key = f" with {way.identity}" if way.identity is not None else ""
    names = unfollowed(configuration)
    missing = f"; {', '.join(names)} of the SSH configuration has no equivalent here" if names else ""
    return LoginRefused(
        f"the host does not let {configuration.user} in{key}: {said}{missing}",
        where=way.login.host,
        mend="Check the user, the key, and authorized_keys on the host; a key with a passphrase belongs in the agent",
    )


def _unreachable(way: Way, said: str, judge: KeyJudge) -> HostUnreachable:
    port = f" on port {way.login.port}" if way.login.port else ""
    heard = f" (its ProxyCommand says: {judge.proxy_words})" if judge.proxy_words else ""
    return HostUnreachable(
        f"no SSH connection{port}: {said}{heard}",
        where=way.login.host,
        mend="Is it up, and is it the right address and port?",
    )
