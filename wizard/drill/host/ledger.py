"""Whose each path of the practice host is, its mode and access list: the one truth that every stand-in shows.

A path is known by its file, which is held open: a rename takes the entry along, and no other file can get its number
meanwhile. The directories that Redis writes to obey the ledger: whoever runs Redis really may write there, or not.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.drill.host.access import READ, SEARCH, WRITE, Access
from wizard.drill.host.accounts import ROOT, Accounts


@dataclass(slots=True)
class Entry:
    """What is on record of one file; ``access`` is None where its real mode says it."""

    uid: int
    gid: int
    access: Access | None = None
    immutable: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """One path as the practice host shows it; ``real`` is what this machine says of it."""

    uid: int
    gid: int
    access: Access
    real: os.stat_result

    @property
    def kind(self) -> int:
        """The bits of stat(2) that tell a file from a directory or link."""
        return stat.S_IFMT(self.real.st_mode)

    @property
    def mode(self) -> int:
        """Kind and permissions, as stat(2) has them together."""
        return self.kind | self.access.mode


class ImmutableError(PermissionError):
    """The path is marked immutable, and not even root changes it."""


class Ledger:
    """Owners, modes and access lists.

    Args:
        host: The practice host's directory; what is outside belongs to whom this machine says.
        accounts: Its accounts.
        tended: Directories that only the account running Redis writes to; they obey the ledger.
        home: Where files belong to an ordinary account, and to which.
        servant: The real account behind Redis where this process is root; None where all is one account's.
    """

    def __init__(
        self, host: Path, accounts: Accounts, tended: tuple[Path, ...], home: tuple[Path, str], servant: int | None
    ) -> None:
        self._host = host
        self._accounts = accounts
        self._tended = tended
        self._home = home
        self._servant = servant
        self._held: dict[tuple[int, int], tuple[int, Entry]] = {}
        self.tenant = ROOT

    def facts(self, path: Path) -> Facts:
        """What the practice host shows of a path, links not followed.

        Raises:
            OSError: It cannot be looked at.
        """
        real = path.lstat()
        entry = self._entry(path, real)
        access = entry.access or Access.of_mode(stat.S_IMODE(real.st_mode))
        return Facts(entry.uid, entry.gid, access, real)

    def _entry(self, path: Path, real: os.stat_result) -> Entry:
        held = self._held.get((real.st_dev, real.st_ino))
        if held:
            return held[1]
        where = path.absolute()
        if not where.is_relative_to(self._host):
            return Entry(real.st_uid, real.st_gid)
        return self._of(self._default(where))

    def _default(self, path: Path) -> str:
        if any(path.is_relative_to(place) for place in self._tended):
            return str(self.tenant)
        place, name = self._home
        return name if path.is_relative_to(place) else "root"

    def _of(self, name: str) -> Entry:
        account = self._accounts.find(name)
        return Entry(account.uid, account.gid) if account else Entry(int(name), int(name))

    def record(self, path: Path) -> Entry:
        """The entry of a path, made where there is none.

        Raises:
            OSError: There is no such path.
        """
        real = path.lstat()
        number = (real.st_dev, real.st_ino)
        if number not in self._held:
            held = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
            self._held[number] = held, self._entry(path, real)
        return self._held[number][1]

    def adopt(self) -> None:
        """What appeared in the tended directories belongs to who runs Redis now; what is gone is forgotten."""
        for number, (held, _) in list(self._held.items()):
            if os.fstat(held).st_nlink == 0:
                os.close(held)
                del self._held[number]
        for place in self._tended:
            for path in place.rglob("*"):
                try:
                    self.record(path)
                except FileNotFoundError:
                    continue

    def own(self, path: Path, uid: int | None, gid: int | None) -> None:
        """Give a path to somebody, as chown(2).

        Raises:
            OSError: There is no such path, or it is immutable.
        """
        entry = self._changeable(path)
        entry.uid, entry.gid = entry.uid if uid is None else uid, entry.gid if gid is None else gid
        self.obey()

    def chmod(self, path: Path, mode: int) -> None:
        """Change a mode: really, unless the directory obeys the ledger or there is an access list.

        Raises:
            OSError: There is no such path, or it is immutable.
        """
        entry = self._entry(path, path.lstat())
        self._refuse_immutable(entry, path)
        if path.absolute() in self._tended:
            self.access(path).chmod(mode)
        elif entry.access is not None:
            entry.access.chmod(mode)
        else:
            # Nothing goes on record: Ansible moves what it has prepared in its login's home to where root keeps it.
            path.chmod(mode)
        self.obey()

    def access(self, path: Path) -> Access:
        """The path's rights, to be changed in place; call `obey` afterwards.

        Raises:
            OSError: There is no such path, or it is immutable.
        """
        entry = self._changeable(path)
        if entry.access is None:
            entry.access = Access.of_mode(stat.S_IMODE(path.lstat().st_mode))
        return entry.access

    def _changeable(self, path: Path) -> Entry:
        entry = self.record(path)
        self._refuse_immutable(entry, path)
        return entry

    def _refuse_immutable(self, entry: Entry, path: Path) -> None:
        if entry.immutable:
            raise ImmutableError(1, "Operation not permitted", str(path))

    def may(self, uid: int, path: Path, bits: int) -> bool:
        """Somebody may do this with a path; a directory above it on the practice host may forbid it too.

        Raises:
            OSError: There is no such path.
        """
        above = [folder for folder in path.absolute().parents if folder.is_relative_to(self._host)]
        return self._rights(uid, path) & bits == bits and all(self._rights(uid, folder) & SEARCH for folder in above)

    def _rights(self, uid: int, path: Path) -> int:
        facts, who = self.facts(path), self._accounts.find(str(uid))
        if uid == ROOT and stat.S_ISREG(facts.real.st_mode) and not facts.access.mode & 0o111:
            return READ | WRITE
        return facts.access.rights(uid, {who.gid} if who else set(), facts.uid, facts.gid)

    def obey(self) -> None:
        """Let who runs Redis really write to the tended directories, or not, as the ledger has it."""
        for place in self._tended:
            writes = self.may(self.tenant, place, WRITE | SEARCH)
            if self._servant is None:
                place.chmod(0o755 if writes else 0o555)
            else:
                os.chown(place, self._servant if writes else ROOT, -1)

    def listing(self) -> Iterator[str]:
        """The tended directories path by path, for a comparison: owner, group, mode and access list."""
        self.adopt()
        for place in self._tended:
            for path in [place, *sorted(place.rglob("*"))]:
                facts = self.facts(path)
                acl = ",".join(facts.access.lines()) if facts.access.extended else ""
                yield f"{path.relative_to(self._host)} {facts.uid}:{facts.gid} {facts.access.mode:o} {acl}".rstrip()
