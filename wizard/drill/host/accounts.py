"""The accounts of the practice host, whoever they are on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROOT = 0
NOLOGIN = "/usr/sbin/nologin"


@dataclass(frozen=True, slots=True)
class Account:
    """One account; its primary group has its name."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str = NOLOGIN

    @property
    def passwd(self) -> str:
        """Its line in the file of accounts, `getent passwd`."""
        return f"{self.name}:x:{self.uid}:{self.gid}::{self.home}:{self.shell}"

    @property
    def group(self) -> str:
        """Its group's line, `getent group`."""
        return f"{self.name}:x:{self.gid}:"


class Accounts:
    """All of them, found by name or number."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._all = tuple(accounts)

    def find(self, text: str) -> Account | None:
        """By name or user id."""
        return next((one for one in self._all if text in {one.name, str(one.uid)}), None)

    def find_group(self, text: str) -> Account | None:
        """The account whose group has this name or id."""
        return next((one for one in self._all if text in {one.name, str(one.gid)}), None)

    def user_name(self, uid: int) -> str:
        """As `stat` prints it; ``UNKNOWN`` where nobody has the number."""
        found = self.find(str(uid))
        return found.name if found else "UNKNOWN"

    def group_name(self, gid: int) -> str:
        """As `stat` prints it; ``UNKNOWN`` where no group has the number."""
        found = self.find_group(str(gid))
        return found.name if found else "UNKNOWN"


def practice_accounts(home: str, data: str) -> Accounts:
    """Those of the report's host; the account that Ansible names, redis-stack, is missing there too.

    Args:
        home: Where the homes are.
        data: The home of the service account, as the package has it.
    """
    return Accounts(
        (
            Account("root", ROOT, 0, f"{home}/root", "/bin/bash"),
            Account("backup", 34, 34, "/var/backups"),
            Account("redis", 106, 112, data),
            Account("autobot", 1000, 1000, f"{home}/autobot", "/bin/bash"),
        )
    )
