"""Reads POSIX access control lists from their extended attribute, whatever tools a host has."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

TAGS = {1: "user:", 2: "user", 4: "group:", 8: "group", 16: "mask:", 32: "other:"}
NAMED = (2, 8)
ATTRIBUTES = {"": "system.posix_acl_access", "default:": "system.posix_acl_default"}


def entries(path: Path) -> tuple[str, ...]:
    """Return the entries beyond the mode bits, such as `user:1000:rwx`; empty without an ACL."""
    return tuple(entry for prefix, name in ATTRIBUTES.items() for entry in _decode(prefix, _raw(path, name)))


def _raw(path: Path, name: str) -> bytes:
    if path.is_symlink():
        return b""
    try:
        return os.getxattr(path, name)
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.EOPNOTSUPP):
            return b""
        raise


def _decode(prefix: str, raw: bytes) -> list[str]:
    """Decode version 2 of the attribute: a header, then tag, permissions and id of each entry."""
    found = [struct.unpack_from("<HHI", raw, offset) for offset in range(4, len(raw), 8)]
    return [f"{prefix}{_text(tag, bits, number)}" for tag, bits, number in found]


def _text(tag: int, bits: int, number: int) -> str:
    permissions = "".join(letter if bits & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
    name = f"{TAGS[tag]}:{number}" if tag in NAMED else TAGS[tag]
    return f"{name}:{permissions}"
