"""``tree``: every path of a directory belongs to whom it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from wizard.checklist.spec import AccountName, CheckSpec, Count, Flag, Flaw, Mode, Text
from wizard.checks.base import Check, Observation, failed, judged, unknown
from wizard.facts import accounts
from wizard.facts.manifest import Entry, Manifest, survey
from wizard.hosts.base import Host
from wizard.text import one_line

SHOWN = 5
"""Offending paths that are named."""


class TreeSpec(CheckSpec):
    """A directory and all below it, on its file system. ``dir_mode`` is the top's; ``no_acl`` allows only modes."""

    kind: ClassVar[str] = "tree"

    path: Text
    owner: AccountName | None = None
    group: AccountName | None = None
    dir_mode: Mode | None = None
    no_acl: Flag = False
    min_entries: Count = 1

    def flaws(self) -> Iterator[Flaw]:
        """Something to ask of the paths."""
        if not any((self.owner, self.group, self.dir_mode, self.no_acl)):
            yield Flaw(("path",), "nothing is asked of the paths", "Give owner, group, dir_mode or no_acl")


class TreeCheck(Check[TreeSpec]):
    """Looks at every path; what cannot be read is UNKNOWN."""

    Spec = TreeSpec

    def title(self) -> str:
        """Whose everything must be."""
        whose = ":".join(name for name in (self.spec.owner, self.spec.group) if name)
        return f"everything in {one_line(self.spec.path)} {f'belongs to {whose}' if whose else 'is as it should be'}"

    async def observe(self) -> Observation:
        """Read the whole tree once."""
        expected = self._expected()
        manifest = await survey(self.host, self.spec.path, recursive=True)
        if not manifest.entries:
            return failed(expected, f"{one_line(self.spec.path)} is not there")
        try:
            wrong = list(self._wrong(manifest, await self._ids()))
        except accounts.NoSuchName as missing:
            return failed(expected, missing.what)
        if self.spec.no_acl and not await _sees_acls(self.host):
            return unknown(expected, "getfacl is not installed, so ACLs cannot be seen")
        below = len(manifest.entries) - 1
        if below < self.spec.min_entries:
            return failed(expected, f"{below} entries")
        seen = f"{below} entries and the top, {len(wrong)} not so"
        return judged(not wrong, expected, seen, [*wrong[:SHOWN], *_more(len(wrong))])

    def _expected(self) -> str:
        named = {"owner": self.spec.owner, "group": self.spec.group, "mode of the top": self.spec.dir_mode}
        wishes = [f"{name} {value}" for name, value in named.items() if value is not None]
        wishes += ["no ACL"] if self.spec.no_acl else []
        return ", ".join([*wishes, f"{self.spec.min_entries} entries or more"])

    async def _ids(self) -> tuple[int | None, int | None]:
        """The numbers of owner and group.

        Raises:
            NoSuchName: The host has no such account or group.
        """
        uid = gid = None
        if self.spec.owner is not None:
            uid = await accounts.uid_of(self.host, self.spec.owner)
        if self.spec.group is not None:
            gid = await accounts.gid_of(self.host, self.spec.group)
        return uid, gid

    def _wrong(self, manifest: Manifest, ids: tuple[int | None, int | None]) -> Iterator[str]:
        uid, gid = ids
        top = next(iter(manifest.entries))
        for path, entry in manifest.entries.items():
            whose = uid in {None, entry.uid} and gid in {None, entry.gid}
            mode = path != top or self.spec.dir_mode is None or int(entry.mode, 8) == int(self.spec.dir_mode, 8)
            if not (whose and mode and not (self.spec.no_acl and entry.acl)):
                yield _told(path, entry)


def _told(path: str, entry: Entry) -> str:
    return f"{path}: {entry}"


def _more(count: int) -> list[str]:
    return [f"and {count - SHOWN} more"] if count > SHOWN else []


async def _sees_acls(host: Host) -> bool:
    return (await host.ask("command -v getfacl")).ok
