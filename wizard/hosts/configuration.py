"""What ssh_config(5) says for one login, as ssh(1) itself understands it: ``ssh -G -- NAME``.

Where there is no ssh, the SSH library's reader is asked, which knows less. Either way the library gets explicit options
and no file, so that nothing is followed that is not named here.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path

from wizard.checklist.logins import Login
from wizard.errors import HostUnreachable, UsageError
from wizard.frozen import frozen
from wizard.hosts.program import said_by
from wizard.hosts.tokens import expand, expand_path, local_tokens

RESOLVING = 30.0
"""Seconds for ``ssh -G``: it may ask a name server, and runs what a ``Match exec`` names."""

SYSTEM = Path("/etc/ssh/ssh_config")

IDENTITIES = tuple(f"~/.ssh/id_{kind}" for kind in ("rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk"))
"""Keys that are tried where none is named; ssh_config(5), IdentityFile."""

USER_KNOWN = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
GLOBAL_KNOWN = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")

_OFF = frozenset({"no", "false", "none", ""})


@frozen
class Configuration:
    """The options for one login.

    Args:
        login: Who logs in where, as it was written.
        options: Every value of each option, by the option's name in lower case.
        expanded: Tokens and variables are replaced already.
    """

    login: Login
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    expanded: bool = False

    def all(self, name: str) -> Sequence[str]:
        """The values of an option that may stand several times, without ``none``."""
        return [value for value in self.options.get(name, ()) if value.lower() != "none"]

    def text(self, name: str, default: str = "") -> str:
        """The value of an option; ``none`` is no value."""
        given = self.options.get(name)
        return default if given is None else next(iter(self.all(name)), "")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """The option is on, in whatever way."""
        given = self.options.get(name)
        return default if given is None else self.text(name).lower() not in _OFF

    def number(self, name: str) -> int:
        """The value of an option that counts, or says seconds; 0 where it is not set."""
        return int(self.text(name)) if self.text(name).isdecimal() else 0

    def file(self, name: str) -> Path | None:
        """The file that an option names.

        Raises:
            UsageError: As ``tokens.expand``.
        """
        return self.path(self.text(name)) if self.text(name) else None

    def path(self, text: str) -> Path:
        """One file, written with tokens.

        Raises:
            UsageError: As ``tokens.expand``.
        """
        return Path(text).expanduser() if self.expanded else expand_path(text, self.tokens)

    @property
    def proxy_command(self) -> str:
        """The command whose standard input and output are the way to the host, for a shell, which knows variables.

        Raises:
            UsageError: As ``tokens.expand``.
        """
        text = self.text("proxycommand")
        return text if self.expanded else expand(text, self.tokens, variables=False)

    @property
    def hostname(self) -> str:
        """The address to connect to."""
        return self.text("hostname") or self.login.host

    @property
    def user(self) -> str:
        """Who logs in; as ssh(1), the account of this machine where nobody is named."""
        return self.login.user or self.text("user") or local_user()

    @property
    def port(self) -> int:
        """Where sshd listens."""
        return self.login.port or self.number("port") or 22

    @property
    def alias(self) -> str:
        """The name that stands for the host in known_hosts files; empty for its address."""
        return self.text("hostkeyalias")

    @property
    def known_hosts(self) -> Sequence[Path]:
        """The known_hosts files, the user's first."""
        return [
            Path(path).expanduser()
            for name, usual in (("userknownhostsfile", USER_KNOWN), ("globalknownhostsfile", GLOBAL_KNOWN))
            for path in (_files(self.all(name)) if name in self.options else usual)
        ]

    @property
    def identities(self) -> Sequence[Path]:
        """Files of keys to try, which need not be there.

        Raises:
            UsageError: As ``tokens.expand``.
        """
        named = self.all("identityfile") if "identityfile" in self.options else IDENTITIES
        return [self.path(text) for text in named]

    @property
    def agent(self) -> str:
        """The agent's socket; empty where none is to be asked.

        Raises:
            UsageError: As ``tokens.expand``.
        """
        given = self.text("identityagent", "SSH_AUTH_SOCK")
        if given.startswith("$") and not given.startswith("${"):
            return os.environ.get(given[1:], "")
        if given == "SSH_AUTH_SOCK":
            return os.environ.get(given, "")
        return str(self.path(given)) if given else ""

    @property
    def tokens(self) -> Mapping[str, str]:
        """What the letters behind a per cent sign stand for; ssh_config(5), TOKENS."""
        return {
            **local_tokens(),
            "h": self.hostname,
            "n": self.login.host,
            "p": str(self.port),
            "r": self.user,
            "u": local_user(),
            "k": self.alias or self.login.host,
            "j": self.text("proxyjump"),
        }


def _account() -> pwd.struct_passwd:
    return pwd.getpwuid(os.getuid())


def local_user() -> str:
    """The account that runs this, by its number: what LOGNAME says anybody may set."""
    return _account().pw_name if _has_account() else str(os.getuid())


def _files(values: Sequence[str]) -> Iterator[str]:
    """``ssh -G`` writes several files in one line, without quotes: each begins with a slash or a tilde."""
    for value in values:
        yield from re.split(r"(?<=\S)\s+(?=[/~])", value)


def parse(text: str) -> dict[str, list[str]]:
    """The options that ``ssh -G`` writes, one a line: its name in lower case, and its value."""
    options: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, blank, value = line.partition(" ")
        if blank:
            options.setdefault(name.lower(), []).append(value.strip())
    return options


async def configuration(login: Login, files: Sequence[Path] | None = None) -> Configuration:
    """Ask what is configured for a login.

    Args:
        login: Who logs in where.
        files: OpenSSH client configuration files; None for the user's and the system's.

    Raises:
        UsageError: What is configured cannot be used; in ssh's own words where there is an ssh.
        HostUnreachable: It takes too long to tell, as it may where the network is not back yet.
    """
    program = shutil.which("ssh")
    text = await _told(program, login, files) if program and _has_account() else None
    if text is not None:
        return Configuration(login, parse(text))
    from wizard.hosts.libraryconfig import read  # noqa: PLC0415 - only where there is no ssh

    return Configuration(login, await asyncio.to_thread(read, login, files), expanded=True)


def _has_account() -> bool:
    """A user without an entry in passwd(5), as in a container, is one that ssh(1) does nothing for."""
    try:
        return bool(_account())
    except KeyError:
        return False


async def _told(program: str, login: Login, files: Sequence[Path] | None) -> str | None:
    """What ``ssh -G`` prints; None where this ssh is too old to know the option."""
    words = [*(["-l", login.user] if login.user else []), *(["-p", str(login.port)] if login.port else [])]
    with _files_named(files) as named:
        try:
            told = await said_by([program, "-G", "-T", *named, *words, "--", login.host], RESOLVING)
        except TimeoutError:
            raise HostUnreachable(
                f"`ssh -G` did not end within {RESOLVING:.0f} s",
                where=login.host,
                mend="Does a name server answer? What does a `Match exec` of the SSH configuration run?",
            ) from None
    if told.status == 0:
        return told.output.decode("utf-8", "surrogateescape")
    if "usage:" in told.complaint:
        return None
    raise _unusable(login, told.complaint or f"`ssh -G` ended with {told.status}")


def _unusable(login: Login, said: str) -> UsageError:
    reason = " / ".join(said.splitlines()[-2:])
    return UsageError(
        f"the SSH configuration cannot be used: {reason}", where=login.host, mend=f"Try: ssh -G -- {login.host}"
    )


@contextmanager
def _files_named(files: Sequence[Path] | None) -> Iterator[Sequence[str]]:
    """The option that names the files, or none.

    ssh(1) finds the user's files by passwd(5), whatever HOME says; we go by HOME in all else, and so here too.
    """
    home = Path.home()
    if files is None and home == Path(_account().pw_dir):
        yield ()
        return
    lines = [f'Include "{path.expanduser()}"' for path in ((home / ".ssh/config", SYSTEM) if files is None else files)]
    if files is None:
        lines.append("UserKnownHostsFile " + " ".join(f'"{home / name[2:]}"' for name in USER_KNOWN))
    with tempfile.NamedTemporaryFile("w", prefix="wizard-", suffix=".ssh_config", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        yield ("-F", file.name)
