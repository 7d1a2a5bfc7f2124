"""Hosts from plain values, so that whoever reads a checklist needs to know no class of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from wizard.checklist.logins import Login
from wizard.errors import UsageError
from wizard.hosts.attachment import Settings
from wizard.hosts.base import Host, OnLink
from wizard.hosts.local import LocalTransport
from wizard.hosts.shellhost import ShellHost
from wizard.hosts.targets import Way
from wizard.hosts.transport import Transport


def make_host(  # noqa: PLR0913 - the fields of a host in a checklist, each by its name
    name: str,
    *,
    ssh: str = "",
    port: int | None = None,
    identity: Path | str | None = None,
    known_hosts: Path | None = None,
    accept: Iterable[str] = (),
    sudo: bool = False,
    sudo_password: str | None = None,
    path: Sequence[str] = (),
    spool: str = "",
    give_up: float = 600.0,
    on_link: OnLink | None = None,
    ssh_config: Sequence[Path] | None = None,
) -> Host:
    """A host, not yet connected.

    Args:
        name: The name the checklist gives it.
        ssh: ``[user@]host[:port]``, the host possibly an alias of ~/.ssh/config; empty for this machine.
        port: Wins over the one in ``ssh``.
        identity: A private key's file; without, those of ~/.ssh/config, the agent, and the usual files.
        known_hosts: The wizard's own file of accepted host keys; needed with ``ssh``.
        accept: ``SHA256:…`` fingerprints of host keys that a person vouches for now.
        sudo: Become root.
        sudo_password: Sent only when sudo asks; None where it must not ask.
        path: Directories put before the host's own PATH.
        spool: Where attempts are kept on the host; empty for the default.
        give_up: Seconds of reconnecting after which the link is lost for good.
        on_link: Told when the connection goes and when it is back.
        ssh_config: OpenSSH client configuration files; without, the user's.

    Raises:
        UsageError: A value cannot be what it should be.
    """
    settings = Settings(sudo=sudo, password=sudo_password, path=tuple(path), spool=_absolute(spool), give_up=give_up)
    if not ssh:
        return ShellHost(name, LocalTransport(), settings, on_link)
    login = Login.parse(ssh)
    way = Way(
        login=replace(login, port=port or login.port),
        known_hosts=known_hosts or Path("~/.ssh/known_hosts"),
        identity=Path(identity).expanduser() if identity else None,
        accept=frozenset(accept),
        config=tuple(ssh_config) if ssh_config is not None else None,
    )
    return ShellHost(name, _ssh(way), settings, on_link)


def _ssh(way: Way) -> Transport:
    from wizard.hosts.ssh import SshTransport  # noqa: PLC0415 - the SSH library is heavy; local runs need none

    return SshTransport(way)


def _absolute(spool: str) -> str:
    if spool and not spool.startswith("/"):
        raise UsageError(f"not a full path: {spool!r}", where="spool", mend="Write it from / on")
    return spool.rstrip("/")
