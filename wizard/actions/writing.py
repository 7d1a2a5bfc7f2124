"""The sh that makes one file what it shall be: written beside it, checked, and moved over it in one step."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from shlex import quote
from typing import Any

from wizard.facts.asking import operand, read
from wizard.facts.files import FileState
from wizard.facts.guarded import REFUSED, entering, library, parted, script
from wizard.hosts.base import Host
from wizard.hosts.content import copied

TORN = 5
"""Exit status of a script whose new content did not arrive whole; what was there still is."""

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a path shall become. ``content`` None means absent; an empty owner or group is left to the host.

    ``digest`` is the SHA-256 of a content that is kept apart (`wizard.run.before`), and may not be there any more.
    """

    content: bytes | None
    owner: str = ""
    group: str = ""
    mode: str = "644"
    acl: Sequence[str] = ()
    digest: str = ""

    @property
    def lost(self) -> bool:
        """It has a content, and that is not kept any more."""
        return self.content is None and bool(self.digest)

    @property
    def sight(self) -> str:
        """What the script would see at the path: ``absent`` or the content's SHA-256."""
        return (self.digest or ABSENT) if self.content is None else sha256(self.content).hexdigest()

    @classmethod
    def as_it_is(cls, state: FileState) -> Wanted:
        """Exactly this state, by numeric ids."""
        if state.content is None:
            return cls(None)
        return cls(state.content, str(state.uid), str(state.gid), state.octal, state.acl)

    def to_json(self) -> dict[str, Any]:
        """As JSON, the content in base64."""
        content = None if self.content is None else b64encode(self.content).decode()
        return {**{name: getattr(self, name) for name in self.__slots__}, "acl": list(self.acl), "content": content}

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Wanted:
        """What `to_json` wrote."""
        content = None if read["content"] is None else b64decode(read["content"])
        return cls(**{**read, "acl": tuple(read["acl"]), "content": content})


def half(path: str) -> str:
    """How the directory is called in which the new content is made: beside the path, hidden, and then six letters."""
    return f".wizard-new-{sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


async def leftovers(host: Host, path: str) -> bytes:
    """What scripts that were killed left beside a path, as its names. What only bears such a name is not theirs.

    Raises:
        Unseen: The host did not answer.
    """
    folder, _ = parted(path)
    start = f"{operand(f'{folder}/' if folder != '/' else folder)}{half(path)}"
    find = f"""{library("empty")}for one in {start}.*; do
    if [ -d "$one" ] && [ -O "$one" ] && [ ! -L "$one" ] &&
        {{ [ -f "$one/.wizard-room-${{one##*.}}" ] || (cd -P -- "$one" && empty); }}; then echo "$one"; fi
done
"""
    return await read(host, find, "what an interrupted step left")


def _beside(path: str, parents: Sequence[str] = ()) -> str:
    """Into a private directory beside the path; parents that are missing are made on the way."""
    made = ""
    if parents:
        names = " ".join(quote(parted(parent)[1]) for parent in parents)
        made = f"""for folder in {names}; do
    fresh=
    [ -d "./$folder" ] || {{ (umask 022 && mkdir -- "./$folder") && fresh=yes; }}
    into "$folder" || refuse "$from/$folder was replaced while it was being entered"
    [ -z "$fresh" ] || {{ [ -O . ] && empty; }} || refuse "$here was replaced while it was being entered"
    [ -z "$fresh" ] || bare u::rwx,g::rx,o::rx
done
"""
    enter = f"{entering(parents[0] if parents else path)}\n{made}"
    return f'{enter}name={quote(parted(path)[1])}\nprivate {half(path)} "$name"\n'


def _script(path: str, body: str, *calls: str) -> str:
    head = f"path={operand(path)}\numask 077\n"
    return script(head + body, "enter", "into", "private", "leave_private", "sight", *calls)


def change_script(path: str, wanted: Wanted, was: str, parents: Sequence[str] = ()) -> str:
    """Make the path what is wanted, unless it is no longer what it ``was`` (a `Wanted.sight`).

    The content itself is not in it: it is the attempt's ``content``.
    """
    guard = f"""now=$(sight)
case $now in
    {was} | {wanted.sight}) ;;
    *) echo "$path was changed since it was read, and is left as it is" >&2; exit {REFUSED} ;;
esac
"""
    return _script(path, _beside(path, parents) + _made(wanted, guard))


def restore_script(path: str, wanted: Wanted, ours: str, parents: Sequence[str] = ()) -> str:
    """Make the path what it was. A content that is neither ``ours`` nor that is somebody's: it is kept beside it.

    The content itself is not in it: it is the attempt's ``content``.
    """
    guard = f"""now=$(sight)
case $now in
    {ours} | {wanted.sight} | {ABSENT}) ;;
    link | other) echo "$path is no longer a file, and is left as it is" >&2; exit {REFUSED} ;;
    *)
        keep || {{ echo "$path was changed by somebody else, and cannot be kept beside it" >&2; exit {REFUSED}; }}
        echo "somebody else changed $path since: their version is kept as ${{path%"$name"}}$kept"
        ;;
esac
"""
    made = _beside(path) + _made(wanted, guard)
    if wanted.content is None and parents:
        made = f"if [ -d {operand(parted(path)[0])} ]; then\n{made}leave_private\nfi\n"
    return _script(path, made + _no_folders(parents) + _reload(path), "keep")


def _no_folders(parents: Sequence[str]) -> str:
    """Each from inside the directory that holds it: by then the path may lead elsewhere."""
    lines = [
        f'({entering(parent)} && rmdir -- "./$name" 2>/dev/null) || [ ! -d {operand(parent)} ] ||\n'
        f"    echo {operand(parent)}' stays: it is not empty'\n"
        for parent in reversed(parents)
    ]
    return "".join(lines)


def _reload(path: str) -> str:
    """Systemd goes on with the unit it has loaded until it is told to read the restored file."""
    if "/systemd/system/" not in path:
        return ""
    return "if command -v systemctl >/dev/null 2>&1; then systemctl daemon-reload || :; fi\n"


def _made(wanted: Wanted, guard: str) -> str:
    if wanted.content is None:
        return f'{guard}rm -f -- "../$name"\n'
    return f"""{_content(wanted.content)}case $(sha256sum <"./$name") in
    {wanted.sight}*) ;;
    *) echo "the new content of $path was not written whole" >&2; exit {TORN} ;;
esac
{_attributes(wanted)}if command -v matchpathcon >/dev/null 2>&1; then
    chcon -- "$(matchpathcon -n -- "$path")" "./$name" 2>/dev/null || :
fi
sync -- "./$name" 2>/dev/null || :
{guard}mv -f -- "./$name" ..
sync -- .. 2>/dev/null || :
"""


def _attributes(wanted: Wanted) -> str:
    whose = f"{wanted.owner}:{wanted.group}" if wanted.group else wanted.owner
    lines = [f'chown -h {operand(whose)} -- "./$name"\n'] if whose else []
    if wanted.acl:
        lines.append(f'setfacl --set {",".join(wanted.acl)} -- "./$name"\n')
    lines.append(f'chmod {wanted.mode} -- "./$name"\n')
    return "".join(lines)


def _content(content: bytes) -> str:
    """Where the new content is written; it comes beside the script (`wizard.hosts.content`)."""
    return f'{copied(content)} >"./$name"\n'
