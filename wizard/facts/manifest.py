"""Whose every path of a tree is, and its mode and ACL: what an ownership step restores, and a tree check reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from wizard.errors import StepRefused
from wizard.facts.asking import PLAIN, ask, operand, understood, unseen
from wizard.facts.files import is_absence
from wizard.facts.guarded import entering, guard, library, parted
from wizard.facts.names import escaped
from wizard.hosts.base import Host
from wizard.hosts.numbers import LARGEST_ID, natural
from wizard.text import one_line

LIMIT = 10_000
"""Paths of the largest tree that is kept; long ones may fill a host's answer, one mebibyte, sooner."""

_TYPES = {"regular": "f", "directory": "d", "symbolic": "l"}
_OCTAL = re.compile(rb"\\([0-7]{3})|\\\\")


@dataclass(frozen=True, slots=True)
class Entry:
    """One path. ``mode`` is octal as `stat` prints it; ``kind`` is ``f``, ``d``, ``l`` or ``o`` for the rest.

    ``acl`` is what `setfacl --set` takes, empty where the mode says all.
    """

    uid: int
    gid: int
    mode: str
    kind: str
    acl: str = ""

    def __str__(self) -> str:
        mode = "" if self.kind == "l" else f" {self.mode:>04}"
        return f"{self.uid}:{self.gid}{mode}{' ' if self.acl else ''}{self.acl}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A tree, by escaped path (`wizard.facts.names`), the top first; symbolic links are entries, never followed.

    ``foreign`` are the mount points in it: listed here, never descended into and never changed. ``elsewhere`` are the
    files that have other names (hard links) outside of it; they are not kept as JSON.
    """

    entries: Mapping[str, Entry]
    foreign: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        rows = [[path, e.uid, e.gid, e.mode, e.kind, e.acl] for path, e in self.entries.items()]
        return {"entries": rows, "foreign": list(self.foreign)}

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Manifest:
        """The manifest that `to_json` wrote."""
        return cls({row[0]: Entry(*row[1:]) for row in read["entries"]}, tuple(read["foreign"]))


def _script(path: str, *, recursive: bool, guarded: bool) -> str:
    which = f'"$path" {"-xdev" if recursive else "-prune"}'
    reach = f"{library('enter')}{entering(path)} || exit 1\npath=./$name" if guarded else f"path={operand(path)}"
    return f"""{PLAIN}
{reach}
if find "$path" -prune -printf '' 2>/dev/null; then
    find {which} -printf '%D %U %G %m %n %i %y\\n%p\\0'
else
    find {which} -exec sh -c 'for f do stat -c "%d %u %g %a %h %i %F" -- "$f" && printf "%s\\0" "$f"; done' sh {{}} +
fi
status=$?
if command -v getfacl >/dev/null 2>&1; then
    find {which} ! -type l -exec getfacl -npsE -- {{}} + 2>/dev/null
fi
exit $status
"""


async def survey(host: Host, path: str, *, recursive: bool, guarded: bool = False) -> Manifest:
    """Read a tree, or its top alone; no entries where there is none. What vanishes while it is read is left out.

    Args:
        host: Where.
        path: The top; a link there is not followed.
        recursive: All below it too, on its file system.
        guarded: What is read will be changed: refuse a path that goes over links which others could change.

    Raises:
        Unseen: A part could not be read.
        StepRefused: It has more than `LIMIT` paths, or is refused.
    """
    about = one_line(path)
    answer = await ask(host, _script(path, recursive=recursive, guarded=guarded), about, limit=120.0)
    guard(host, answer)
    if answer.exit_status != 0 and not is_absence(answer):
        raise unseen(host, about, answer)
    folder = parted(path)[0] if guarded else ""
    beneath = f"{folder.rstrip('/')}/".encode("utf-8", "surrogateescape") if guarded else b""
    with understood(host, about):
        return _parse(about, answer.stdout, beneath)


def _parse(about: str, stdout: bytes, folder: bytes) -> Manifest:
    *records, acls = stdout.split(b"\0")
    if len(records) > LIMIT:
        raise StepRefused(f"{about} holds more than {LIMIT} paths", mend="Choose a smaller tree")
    found = [_record(record, folder) for record in records]
    device = found[0].device if found else ""
    # On an overlay a file has another device than its directory, so only a directory shows a mount point.
    foreign = tuple(one.path for one in found if one.device != device and one.entry.kind == "d")
    listed = dict(_blocks(acls, folder))
    own = {one.path: _with_acl(one.entry, listed.get(one.path, "")) for one in found if one.path not in foreign}
    return Manifest(own, foreign, _elsewhere(found))


@dataclass(frozen=True, slots=True)
class _Found:
    """One path as it was read, with what tells a file that has other names."""

    device: str
    inode: str
    links: int
    path: str
    entry: Entry


def _record(record: bytes, folder: bytes) -> _Found:
    head, _, path = record.partition(b"\n")
    device, uid, gid, mode, links, inode, *kind = head.decode("ascii").split()
    letter = _TYPES.get(kind[0], kind[0] if kind[0] in {"f", "d", "l"} else "o")
    entry = Entry(natural(uid, LARGEST_ID), natural(gid, LARGEST_ID), mode, letter)
    return _Found(device, inode, natural(links), escaped(_below(folder, path)), entry)


def _below(folder: bytes, path: bytes) -> bytes:
    """A path as it was asked for, of one that was read from inside its directory."""
    return folder + path.removeprefix(b"./") if folder else path


def _elsewhere(found: Sequence[_Found]) -> tuple[str, ...]:
    files = [one for one in found if one.entry.kind == "f" and one.links > 1]
    names = Counter((one.device, one.inode) for one in files)
    return tuple(one.path for one in files if one.links > names[one.device, one.inode])


def _with_acl(entry: Entry, acl: str) -> Entry:
    return Entry(entry.uid, entry.gid, entry.mode, entry.kind, acl)


def _blocks(text: bytes, folder: bytes) -> Iterator[tuple[str, str]]:
    """Blocks of `getfacl`; it writes newline and backslash in a name with a backslash of their own."""
    for filled, block in groupby(text.split(b"\n"), key=bool):
        if filled:
            lines = list(block)
            name = _OCTAL.sub(_unquoted, lines[0].removeprefix(b"# file: "))
            entries = (line.decode("ascii") for line in lines if not line.startswith(b"#"))
            yield escaped(_below(folder, name)), ",".join(entries)


def _unquoted(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if found[1] else b"\\"


def base_acl(mode: str) -> str:
    """The ACL that says no more than the mode does."""
    bits = int(mode, 8)
    rights = [
        "".join(letter if bits >> shift & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
        for shift in (6, 3, 0)
    ]
    return "user::{},group::{},other::{}".format(*rights)
