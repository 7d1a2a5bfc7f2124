"""Who acts: the account that this process runs as, as the system knows it, and who is said to be behind it.

No other module asks for this. ``getpass.getuser()`` believes LOGNAME, USER, LNAME and USERNAME, which anybody may set.
"""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

LOGIN_UID = Path("/proc/self/loginuid")
"""The uid that logged in at first, which the kernel keeps through su and sudo (proc_pid_loginuid(5))."""

UNSET = 4294967295
"""What it holds for a process that no login is behind."""

_NAME = re.compile(r"[\w.@\\+-]{1,64}\$?", re.ASCII)
"""What a variable may say of an account: nothing in it can be taken for the words around it."""

_BESIDE = re.compile(r" \(\w{1,16}=[\w.@\\+?$-]{1,65}(?:, \w{1,16}=[\w.@\\+?$-]{1,65}){0,2}\)", re.ASCII)


def account_name(uid: int | None = None) -> str:
    """The name of an account by its uid, that of this process where it is None; ``uid 4711`` where it has none."""
    number = os.getuid() if uid is None else uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def operator(environ: Mapping[str, str] | None = None) -> str:
    """Who acts, for the record: ``alice``, or ``root (loginuid=alice, SUDO_USER=alice)``.

    The name in front is the account's. What stands beside it, where it differs, bears its own name: the kernel vouches
    for ``loginuid``; ``SUDO_USER`` and ``SUDO_UID`` are variables, which sudo sets and others may.

    Args:
        environ: The variables; those of the process where it is None.
    """
    account = account_name()
    told = ", ".join(_beside(account, os.environ if environ is None else environ))
    return f"{account} ({told})" if told else account


def in_one_word(who: str) -> str:
    """The same without blanks, for a place that holds words: ``root(loginuid=alice,SUDO_USER=alice)``."""
    return "".join(who.split())


def is_of(who: str, account: str) -> bool:
    """Whether these words name that account, alone or with something beside it, as ``operator`` writes them."""
    return who == account or (who.startswith(account) and _BESIDE.fullmatch(who.removeprefix(account)) is not None)


def _beside(account: str, environ: Mapping[str, str]) -> Iterator[str]:
    login = _login_uid()
    if login is not None and login != os.getuid():
        yield f"loginuid={_word(account_name(login))}"
    name, number = environ.get("SUDO_USER", ""), environ.get("SUDO_UID", "")
    if name and name != account:
        yield f"SUDO_USER={_word(name)}"
    if number and _word(number) not in {_number(name or account), "?"}:
        yield f"SUDO_UID={_word(number)}"


def _word(text: str) -> str:
    """What is not a name is not repeated."""
    known = text.removeprefix("uid ") if text.removeprefix("uid ").isdecimal() else text
    return known if _NAME.fullmatch(known) else "?"


def _number(name: str) -> str:
    try:
        return str(pwd.getpwnam(name).pw_uid)
    except (KeyError, ValueError):
        return ""


def _login_uid() -> int | None:
    """None where no login is behind this process, or the system does not tell."""
    try:
        told = int(LOGIN_UID.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return None if told == UNSET else told
