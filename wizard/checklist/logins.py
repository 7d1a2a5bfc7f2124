"""Who logs in where, written as one word: ``user@host:port``, by OpenSSH's rules for names."""

from __future__ import annotations

from urllib.parse import unquote

from wizard.errors import UsageError
from wizard.frozen import frozen

MAX_PORT = 65535

SCHEME = "ssh://"

NOT_IN_HOST = frozenset("'`\"$\\;&<>|(){}")
"""What ``valid_hostname`` of OpenSSH's ssh.c refuses, white space and control characters beside."""

NOT_IN_USER = frozenset("'`\"$;&<>|(){}*?~#[]")
"""What ``valid_ruser`` of OpenSSH's ssh.c refuses, and what the shell of a ProxyCommand would make more of: a
variable, names of files, somebody's home, a comment. White space and control characters are refused beside."""

MEND = "Write user@host or user@host:port, without signs a shell would read"


def valid_host(name: str) -> bool:
    """The name of a host may go into a command line, and into one that a shell reads, as a ProxyCommand's ``%h`` does.

    The rules of ``valid_hostname`` in OpenSSH's ssh.c; characters that show nothing on a screen are refused too.
    """
    return bool(name) and not name.startswith("-") and not any(map(_no_host, name))


def _no_host(character: str) -> bool:
    return character in NOT_IN_HOST or character.isspace() or not character.isprintable()


def valid_user(name: str) -> bool:
    """The same of a user's name, ``%r``: ``valid_ruser`` in OpenSSH's ssh.c, stricter as ``valid_host`` is."""
    return bool(name) and not name.startswith("-") and not name.endswith("\\") and not any(map(_no_user, name))


def _no_user(character: str) -> bool:
    return character in NOT_IN_USER or character.isspace() or not character.isprintable()


def split_port(text: str) -> tuple[str, int | None]:
    """Host and port; brackets hold an IPv6 address, as in a URL.

    Raises:
        ValueError: It is neither.
    """
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(text)
        port = rest[1:]
    elif text.count(":") > 1:
        host, port = text, ""
    else:
        host, _, port = text.partition(":")
    if not valid_host(host):
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
        """Read ``[user@]host[:port]``, or ``ssh://[user@]host[:port]`` (RFC 3986, ssh(1)).

        Raises:
            UsageError: It is not one, or a name in it breaks OpenSSH's rules.
        """
        try:
            return cls(*(_of_uri(text) if text.startswith(SCHEME) else _of_word(text)))
        except ValueError:
            raise UsageError(f"not a host to log in to: {text!r}", mend=MEND) from None


def _of_word(text: str) -> tuple[str, str, int | None]:
    user, at, place = text.rpartition("@")
    if at and not valid_user(user):
        raise ValueError(user)
    host, port = split_port(place)
    return host, user, port


def _of_uri(text: str) -> tuple[str, str, int | None]:
    """The draft of ssh:// has parameters behind the user, which ssh(1) passes over too."""
    user, at, place = text.removeprefix(SCHEME).removesuffix("/").rpartition("@")
    if "/" in place:
        raise ValueError(place)
    return _of_word(f"{unquote(user.partition(';')[0], errors='strict')}{at}{place}")
