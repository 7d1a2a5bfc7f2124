"""ssh_config(5) as the SSH library reads it, for a machine without an ssh(1). Imported lazily."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from wizard.checklist.logins import Login
from wizard.errors import UsageError
from wizard.hosts.configuration import local_user
from wizard.hosts.sshlib import asyncssh

USUAL = (Path("~/.ssh/config"), Path("/etc/ssh/ssh_config"))

Config = asyncssh.config.SSHClientConfig


class _Config(Config):
    """The library's reader, with options that must not be passed over."""

    _handlers = Config._handlers | {  # noqa: SLF001 - it has no public way to learn an option
        name.lower(): (name, Config._set_string)  # noqa: SLF001
        for name in ("RevokedHostKeys", "KnownHostsCommand", "ProxyUseFdpass", "BindInterface", "RequiredRSASize")
    }
    _no_split = Config._no_split | {"knownhostscommand"}  # noqa: SLF001
    _percent_expand = Config._percent_expand | {"RevokedHostKeys"}  # noqa: SLF001


_FAMILIES = {socket.AF_INET: "inet", socket.AF_INET6: "inet6"}


def read(login: Login, files: Sequence[Path] | None) -> dict[str, list[str]]:
    """The options for a login, as ``ssh -G`` would name them; tokens are replaced.

    Args:
        login: Who logs in where.
        files: Configuration files; None for the user's and the system's.

    Raises:
        UsageError: The library cannot read them.
    """
    paths = [path for path in (each.expanduser() for each in (USUAL if files is None else files)) if path.is_file()]
    try:
        config = _load(login, paths, final=False)
        if config.has_match_final():
            config = _load(login, paths, final=True)
    except (ValueError, OSError) as error:  # its own errors are ValueErrors
        raise UsageError(
            f"the SSH configuration cannot be used: {error}",
            where=login.host,
            mend="There is no ssh on this machine, whose own reader knows more; install one, or mend the file",
        ) from error
    options = config.get_options(reload=False)
    return {name.lower(): _values(value) for name, value in options.items() if name != "RekeyLimit"}


def _load(login: Login, paths: Sequence[Path], *, final: bool) -> asyncssh.config.SSHConfig:
    who = (local_user(), login.user or (), login.host, login.port or ())
    return _Config.load(None, list(paths), *(False, False, final), *who)


def _values(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value] or ["none"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, socket.AddressFamily):
        return [_FAMILIES.get(value, "any")]
    return ["none" if value is None else str(value)]
