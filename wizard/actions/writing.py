"""The sh that makes one file what it shall be: written beside it, checked, and moved over it in one step."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from textwrap import wrap
from typing import Any

from wizard.facts.asking import PLAIN, operand
from wizard.facts.files import FileState

REFUSED = 3
"""Exit status of a script that found something else than it was made for, and changed nothing."""
TORN = 5
"""Exit status of a script whose new content did not arrive whole; what was there still is."""

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a path shall become. ``content`` None means absent; an empty owner or group is left to the host."""

    content: bytes | None
    owner: str = ""
    group: str = ""
    mode: str = "644"
    acl: Sequence[str] = ()

    @property
    def sight(self) -> str:
        """What the script would see at the path: ``absent`` or the content's SHA-256."""
        return ABSENT if self.content is None else sha256(self.content).hexdigest()

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
    """Where the new content is written first: beside the path, under a name of fixed length that no service reads."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.wizard-new-{sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _preamble(path: str) -> str:
    return f"""set -eu
{PLAIN}
path={operand(path)}
new={operand(half(path))}
sight() {{
    if [ -L "$path" ]; then echo link
    elif [ -f "$path" ]; then sha256sum <"$path" | cut -d ' ' -f 1
    elif [ -e "$path" ]; then echo other
    else echo {ABSENT}
    fi
}}
"""


def change_script(path: str, wanted: Wanted, was: str, parents: Sequence[str] = ()) -> str:
    """Make the path what is wanted, unless it is no longer what it ``was`` (a `Wanted.sight`)."""
    guard = f"""now=$(sight)
case $now in
    {was} | {wanted.sight}) ;;
    *) echo "$path was changed since it was read, and is left as it is" >&2; exit {REFUSED} ;;
esac
"""
    return _preamble(path) + _folders(parents) + _made(wanted, guard)


def restore_script(path: str, wanted: Wanted, ours: str, parents: Sequence[str] = ()) -> str:
    """Make the path what it was. A content that is neither ``ours`` nor that is somebody's: it is kept beside it."""
    guard = f"""now=$(sight)
case $now in
    {ours} | {wanted.sight} | {ABSENT}) ;;
    link | other) echo "$path is no longer a file, and is left as it is" >&2; exit {REFUSED} ;;
    *)
        kept=$path.kept-$(echo "$now" | cut -c 1-8)
        cp -p -- "$path" "$kept"
        echo "somebody else changed $path since: their version is kept as $kept" ;;
esac
"""
    return _preamble(path) + _made(wanted, guard) + _no_folders(parents) + _reload(path)


def _folders(parents: Sequence[str]) -> str:
    lines = [f"[ -d {operand(parent)} ] || mkdir -m 755 -- {operand(parent)}\n" for parent in parents]
    return "".join(lines)


def _no_folders(parents: Sequence[str]) -> str:
    lines = [
        f"rmdir -- {folder} 2>/dev/null || [ ! -d {folder} ] || echo {folder}' stays: it is not empty'\n"
        for folder in map(operand, reversed(parents))
    ]
    return "".join(lines)


def _reload(path: str) -> str:
    """Systemd goes on with the unit it has loaded until it is told to read the restored file."""
    if "/systemd/system/" not in path:
        return ""
    return "if command -v systemctl >/dev/null 2>&1; then systemctl daemon-reload || :; fi\n"


def _made(wanted: Wanted, guard: str) -> str:
    if wanted.content is None:
        return f'rm -f -- "$new"\n{guard}rm -f -- "$path"\n'
    return f"""rm -f -- "$new"
trap 'rm -f -- "$new"' EXIT
umask 077
set -C
{_content(wanted.content)}set +C
case $(sha256sum <"$new") in
    {wanted.sight}*) ;;
    *) echo "the new content of $path was not written whole" >&2; exit {TORN} ;;
esac
{_attributes(wanted)}sync -- "$new" 2>/dev/null || :
{guard}mv -f -- "$new" "$path"
sync -- "$path" 2>/dev/null || :
if command -v restorecon >/dev/null 2>&1; then restorecon -- "$path" || :; fi
"""


def _attributes(wanted: Wanted) -> str:
    whose = f"{wanted.owner}:{wanted.group}" if wanted.group else wanted.owner
    lines = [f'chown {operand(whose)} -- "$new"\n'] if whose else []
    if wanted.acl:
        lines.append(f'setfacl --set {",".join(wanted.acl)} -- "$new"\n')
    lines.append(f'chmod {wanted.mode} -- "$new"\n')
    return "".join(lines)


def _content(content: bytes) -> str:
    if not content:
        return ': >"$new"\n'
    text = _readable(content)
    if text is None:
        lines = "\n".join(wrap(b64encode(content).decode(), 76))
        return f"base64 -d >\"$new\" <<'END'\n{lines}\nEND\n"
    end = _end_mark(text)
    if text.endswith("\n"):
        return f"cat >\"$new\" <<'{end}'\n{text}{end}\n"
    return f"head -c {len(content)} >\"$new\" <<'{end}'\n{text}\n{end}\n"


def _readable(content: bytes) -> str | None:
    """The content as text, where a here-document carries it and a person can read it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if all(character.isprintable() or character in "\n\t" for character in text) else None


def _end_mark(text: str) -> str:
    lines, mark = set(text.split("\n")), "END"
    while mark in lines:
        mark += "_"
    return mark
