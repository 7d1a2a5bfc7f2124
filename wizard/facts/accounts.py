"""Accounts and groups of a host, from wherever its name service keeps them."""

from __future__ import annotations

from shlex import quote

from wizard.errors import StepRefused
from wizard.facts.asking import PLAIN, ask, read, understood, unseen
from wizard.frozen import frozen
from wizard.hosts.base import Host
from wizard.hosts.numbers import LARGEST_ID, natural
from wizard.text import decode, one_line

_NOT_FOUND = 2
_FIELDS = 7
_NUMBER = 2
_NO_LOGIN = frozenset({"nologin", "false"})


class NoSuchName(StepRefused):
    """The host knows no such account or group."""


@frozen
class Account:
    """One account; ``groups`` are all it belongs to, the primary one first."""

    name: str
    uid: int
    gid: int
    shell: str
    groups: tuple[str, ...]

    @property
    def can_log_in(self) -> bool:
        """Its shell lets a person in; none named means /bin/sh."""
        return self.shell.rpartition("/")[2] not in _NO_LOGIN


def _lookup(database: str, name: str) -> str:
    """Sh that prints the entry by name or number, and exits 2 where there is none."""
    return f"""name={quote(name)}
if command -v getent >/dev/null 2>&1; then
    getent {database} -- "$name" || exit
else
    name="$name" awk -F: '$1 == ENVIRON["name"] || $3 == ENVIRON["name"] {{ print; found = 1 }}
        END {{ exit found ? 0 : 2 }}' /etc/{database} || exit
fi
"""


async def account(host: Host, name: str) -> Account | None:
    """The account of this name or number; None where there is none.

    Raises:
        Unseen: The name service did not answer.
    """
    about = f"account {one_line(name)}"
    script = f"{PLAIN}\n{_lookup('passwd', name)}"
    answer = await ask(host, script, about)
    if answer.exit_status == _NOT_FOUND:
        return None
    fields = decode(answer.stdout).partition("\n")[0].split(":")
    if answer.exit_status != 0 or len(fields) != _FIELDS:
        raise unseen(host, about, answer)
    member = quote(fields[0])
    groups = decode(await read(host, f"{PLAIN}\nid -gn -- {member} && id -Gn -- {member}\n", f"groups of {about}"))
    with understood(host, about):
        uid, gid = natural(fields[2], LARGEST_ID), natural(fields[3], LARGEST_ID)
        return Account(fields[0], uid, gid, fields[6], tuple(dict.fromkeys(groups.split())))


async def uid_of(host: Host, name: str) -> int:
    """The number of an account given by name or number; a number needs no account.

    Raises:
        NoSuchName: There is no such account.
        Unseen: The name service did not answer.
    """
    return int(name) if name.isdecimal() else await _number_of(host, "passwd", name, f"account {one_line(name)}")


async def gid_of(host: Host, name: str) -> int:
    """The number of a group given by name or number; a number needs no group.

    Raises:
        NoSuchName: There is no such group.
        Unseen: The name service did not answer.
    """
    return int(name) if name.isdecimal() else await _number_of(host, "group", name, f"group {one_line(name)}")


async def _number_of(host: Host, database: str, name: str, about: str) -> int:
    answer = await ask(host, f"{PLAIN}\n{_lookup(database, name)}", about)
    if answer.exit_status == _NOT_FOUND:
        raise NoSuchName(f"there is no {about}", where=host.name, mend="Create it or name another")
    fields = decode(answer.stdout).partition("\n")[0].split(":")
    if answer.exit_status != 0 or len(fields) <= _NUMBER:
        raise unseen(host, about, answer)
    with understood(host, about):
        return natural(fields[_NUMBER], LARGEST_ID)


async def require(host: Host, owner: str | None, group: str | None) -> None:
    """Refuse where an owner or group that something is to be given to is not there.

    Raises:
        NoSuchName: It is not on this host.
        Unseen: The name service did not answer.
    """
    if owner:
        await uid_of(host, owner)
    if group:
        await gid_of(host, group)
