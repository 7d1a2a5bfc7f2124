"""One file on a host as it is: absent or not, whose, what mode and ACL, and its bytes."""

from __future__ import annotations

import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from wizard.errors import StepRefused
from wizard.facts.asking import PLAIN, Unseen, ask, operand, understood, unseen
from wizard.facts.guarded import entering, guard, library
from wizard.hosts.base import Answer, Host
from wizard.hosts.numbers import LARGEST_ID, natural
from wizard.text import one_line

LIMIT = 512 * 1024
"""Bytes of the longest file whose content is kept: configuration, never data; a host's answer holds twice that."""

FileKind = Literal["absent", "file", "directory", "link", "other"]

_KINDS: Mapping[int, FileKind] = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
_HEAD_LINES = 3


@dataclass(frozen=True, slots=True)
class FileState:
    """What one path is, without following a symbolic link.

    ``mode`` holds permission bits only; ``acl`` the numeric lines of ``getfacl``, empty where there is none beyond
    the mode; ``content`` is None where it was not asked for or there is none.
    """

    kind: FileKind
    uid: int = -1
    gid: int = -1
    mode: int = 0
    size: int = 0
    links: int = 1
    owner: str = ""
    group: str = ""
    acl: tuple[str, ...] = ()
    content: bytes | None = None
    target: str = ""

    @property
    def sha256(self) -> str:
        """Of the content, in hex; empty where there is none."""
        return "" if self.content is None else sha256(self.content).hexdigest()

    @property
    def octal(self) -> str:
        """The mode as `stat` prints it and `chmod` takes it."""
        return f"{self.mode:o}"

    def belongs_to(self, owner: str | None, group: str | None) -> bool:
        """Owner and group are these, by name or by number; None asks nothing."""
        return owner in {None, self.owner, str(self.uid)} and group in {None, self.group, str(self.gid)}

    def __str__(self) -> str:
        if self.kind == "absent":
            return "absent"
        acl = " with an ACL" if self.acl else ""
        return f"{self.kind} {self.owner}:{self.group} {self.octal:>04}{acl}"

    def to_json(self) -> dict[str, Any]:
        """As JSON, the content in base64."""
        content = None if self.content is None else b64encode(self.content).decode()
        fields: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return {**fields, "acl": list(self.acl), "content": content}

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> FileState:
        """The state that `to_json` wrote."""
        content = None if read["content"] is None else b64decode(read["content"])
        return cls(**{**read, "acl": tuple(read["acl"]), "content": content})


ABSENT = FileState("absent")


def _script(path: str, *, content: bool, guarded: bool) -> str:
    # What is read must be the file that was looked at: between the two a name may come to mean another one.
    show = f"""exec 9<"$path" || exit 1
    stat -Lc '%d:%i' -- /proc/self/fd/0 <&9
    head -c {LIMIT + 1} <&9"""
    reach = f"{library('enter')}{entering(path)} || exit 1\npath=./$name" if guarded else f"path={operand(path)}"
    return f"""{PLAIN}
{reach}
stat -c '%f %h %u %g %s %d:%i
%U
%G' -- "$path" || exit 1
if [ -L "$path" ]; then
    echo --
    readlink -- "$path"
else
    if command -v getfacl >/dev/null 2>&1; then getfacl -cnpsE -- "$path"; fi
    echo --
    if [ -f "$path" ]; then
    {show if content else ":"}
    fi
fi
"""


async def look(host: Host, path: str, *, content: bool = False, guarded: bool = False) -> FileState:
    """What is at a path.

    Args:
        host: Where.
        path: The path; a link at its end is not followed.
        content: Read a file's bytes too.
        guarded: Refuse a path that goes over links which others could change, as what is built on it changes something.

    Raises:
        Unseen: It could not be looked at, or its content could not be read.
        StepRefused: Its content is longer than `LIMIT`, or the path leads over such a link.
    """
    answer = await ask(host, _script(path, content=content, guarded=guarded), one_line(path))
    guard(host, answer)
    if answer.exit_status == 0:
        with understood(host, one_line(path)):
            return _parse(path, answer.stdout, content=content)
    if is_absence(answer):
        return ABSENT
    raise unseen(host, one_line(path), answer)


def is_absence(answer: Answer) -> bool:
    """The tool's complaint is that there is no such file, and nothing else."""
    lines = answer.complaint.splitlines()
    return bool(lines) and all(line.endswith("No such file or directory") for line in lines)


def _parse(path: str, stdout: bytes, *, content: bool) -> FileState:
    head, _, rest = stdout.partition(b"\n--\n")
    lines = head.decode("utf-8", "backslashreplace").splitlines()
    raw, links, uid, gid, size, identity = lines[0].split()
    kind = _KINDS.get(stat.S_IFMT(int(raw, 16)), "other")
    return FileState(
        kind=kind,
        uid=natural(uid, LARGEST_ID),
        gid=natural(gid, LARGEST_ID),
        mode=stat.S_IMODE(int(raw, 16)),
        size=natural(size),
        links=natural(links),
        owner=lines[1],
        group=lines[2],
        acl=tuple(line for line in lines[_HEAD_LINES:] if line),
        content=_content(path, rest, natural(size), identity) if content and kind == "file" else None,
        target=rest.decode("utf-8", "backslashreplace").rstrip("\n") if kind == "link" else "",
    )


def _content(path: str, found: bytes, size: int, identity: str) -> bytes:
    held, _, found = found.partition(b"\n")
    if max(size, len(found)) > LIMIT:
        raise StepRefused(f"{one_line(path)} has {size} bytes; only files up to {LIMIT} are kept and compared")
    if len(found) != size or held.decode() != identity:
        raise Unseen(f"{one_line(path)} changed while it was read", mend="Look again")
    return found
