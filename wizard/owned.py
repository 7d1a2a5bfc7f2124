"""Files that are read for decisions, or written to: whose they are is looked at first.

A path is as good as the directories and links on its way. Whoever may change one of these chooses what it leads to, so
each must be ours or root's, and writable by nobody else unless it is sticky, as ``/tmp`` is: there nobody can rename or
remove what belongs to us. sshd(8) goes by the same rule with ``StrictModes``.
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import re
import stat
import tempfile
from collections import deque
from contextlib import suppress
from pathlib import Path

from wizard.account import account_name
from wizard.errors import UsageError

MOST_LINKS = 40
"""Links on the way to a file, as path_resolution(7) has it."""

_DESCRIPTOR = re.compile(r"/dev/(?:fd/(?P<fd>\d+)|(?P<name>stdin|stdout|stderr))|/proc/self/fd/(?P<proc>\d+)")
_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read(path: Path, limit: int, *, private: bool = False) -> bytes:
    """What a file holds that is ours or root's, and that nobody else can write; one byte more than ``limit`` at most.

    What the shell handed over (``/dev/stdin``, ``/dev/fd/63``) is read as it is, unless it is somebody else's file.

    Args:
        path: Of the file.
        limit: Bytes that the reader takes.
        private: It must be ours alone, readable by nobody else, and no link.

    Raises:
        UsageError: It is somebody else's, a link of somebody else's, open to others, no file, or cannot be read.
    """
    given = None if private else _descriptor(path)
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        opened = os.dup(given) if given is not None else os.open(path if private else resolved(path), flags)
        with os.fdopen(opened, "rb") as file:
            seen = os.fstat(file.fileno())
            if private:
                _need_private(path, seen)
            elif stat.S_ISREG(seen.st_mode) or given is None:
                _need_ours(path, seen, file.fileno())
            return file.read(limit + 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        raise UsageError(f"cannot be read: {reason}", where=str(path), mend="Name a file of yours") from None


def write(path: Path, data: bytes) -> None:
    """Write a file as a new one of mode 0600, whole or not at all; one that is there is replaced, never written into.

    What is no file (``/dev/null``, a terminal, a pipe of ours, what the shell handed over) is written to as it is.

    Raises:
        UsageError: Its place is somebody else's or open to others, or it cannot be written.
    """
    given = _descriptor(path)
    try:
        if given is not None:
            _put(os.dup(given), data)
            return
        real = place(path)
        if real.exists() and not real.is_file():
            _into(path, real, data)
        else:
            replace(real, data)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        mend = "Choose another place, or leave it out and send what is printed there with >"
        raise UsageError(f"cannot be written: {reason}", where=str(path), mend=mend) from problem


def replace(path: Path, data: bytes) -> None:
    """Put a file of mode 0600 in place in one piece, and on disk.

    Args:
        path: In a directory that nobody else can write; see `place`.
        data: All of it.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    descriptor, half = tempfile.mkstemp(prefix=".wizard-", dir=path.parent)
    try:
        _put(descriptor, data, durable=True)
        Path(half).rename(path)
    except BaseException:
        with suppress(OSError):
            Path(half).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def resolved(path: Path) -> Path:
    """Where a path leads; on the way no link is followed that somebody else made.

    Raises:
        UsageError: There is such a link.
        OSError: A directory on the way cannot be searched.
    """
    return _walk(path, safe=False)


def place(path: Path) -> Path:
    """Where a path leads, by directories alone that nobody else can change. What is not there yet may be made there.

    Raises:
        UsageError: Somebody else could lead it elsewhere.
        OSError: A directory on the way cannot be searched.
    """
    return _walk(path, safe=True)


def open_to(seen: os.stat_result, at: Path | int) -> bool:
    """Others than the owner may write what was seen at a path, or by a descriptor.

    A group that has the account's own name and nobody else in it is no other: it is what umask 002 goes with. Where
    there is an ACL the bits of the group are its mask, which stands for whom the ACL names: then they are others.
    """
    if seen.st_mode & stat.S_IWOTH:
        return True
    return bool(seen.st_mode & stat.S_IWGRP) and (_has_acl(at) or not _own_group(seen.st_gid))


def _walk(path: Path, *, safe: bool) -> Path:
    at, links, trusted = Path("/"), 0, _trusted()
    rest = deque(path.absolute().parts[1:])
    if safe:
        _need_safe(path, at, at.lstat(), trusted)
    while rest:
        part = rest.popleft()
        if part == "..":
            at = at.parent
            continue
        here = at / part
        try:
            seen = here.lstat()
        except FileNotFoundError:
            return here.joinpath(*rest)
        if stat.S_ISLNK(seen.st_mode):
            links += 1
            if links > MOST_LINKS:
                raise UsageError("too many symbolic links", where=str(path), mend="Name the place itself")
            _need_trusted_link(path, here, seen, trusted)
            target = here.readlink()
            at = Path("/") if target.is_absolute() else at
            rest.extendleft(reversed(target.parts[1:] if target.is_absolute() else target.parts))
            continue
        if safe and rest:
            _need_safe(path, here, seen, trusted)
        at = here
    return at


def _trusted() -> set[int]:
    """Ours, root's, and whoever the root directory belongs to: in a container that may be another number."""
    return {os.geteuid(), 0, Path("/").stat().st_uid}


def _need_trusted_link(path: Path, here: Path, seen: os.stat_result, trusted: set[int]) -> None:
    if seen.st_uid not in trusted:
        what = f"{here} is a symbolic link that belongs to {account_name(seen.st_uid)}"
        raise UsageError(what, where=str(path), mend="Name the place itself")


def _need_safe(path: Path, here: Path, seen: os.stat_result, trusted: set[int]) -> None:
    mend = "Choose a place that is yours, below directories that only you or root can write"
    if seen.st_uid not in trusted:
        raise UsageError(f"{here} belongs to {account_name(seen.st_uid)}", where=str(path), mend=mend)
    if open_to(seen, here) and not seen.st_mode & stat.S_ISVTX:
        what = f"{here} can be written by others (mode {stat.S_IMODE(seen.st_mode):04o})"
        raise UsageError(what, where=str(path), mend=mend)


def _need_ours(path: Path, seen: os.stat_result, descriptor: int) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise UsageError("that is not a file", where=str(path), mend="Name a file")
    if seen.st_uid not in _trusted():
        what = f"it belongs to {account_name(seen.st_uid)}"
        raise UsageError(what, where=str(path), mend="Read it, and copy it to a file of yours")
    if open_to(seen, descriptor):
        what = f"it can be written by others (mode {stat.S_IMODE(seen.st_mode):04o})"
        raise UsageError(what, where=str(path), mend=f"Read it, then: chmod go-w {path}")


def _need_private(path: Path, seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise UsageError("that is not a file", where=str(path), mend="Name a file")
    if seen.st_uid != os.geteuid() or seen.st_mode & _OTHERS:
        mend = f"Make it yours alone: chmod 600 {path}"
        raise UsageError("others can read or own the file", where=str(path), mend=mend)


def _own_group(gid: int) -> bool:
    """Root has none. An account has its first group also where the group does not list it."""
    me = os.geteuid()
    try:
        mine, group = pwd.getpwuid(me), grp.getgrgid(gid)
    except KeyError:
        return False
    if me == 0 or gid != mine.pw_gid or group.gr_name != mine.pw_name or not set(group.gr_mem) <= {mine.pw_name}:
        return False
    return all(other.pw_uid == me for other in pwd.getpwall() if other.pw_gid == gid)


def _has_acl(at: Path | int) -> bool:
    try:
        os.getxattr(at, "system.posix_acl_access")
    except OSError as problem:
        return problem.errno not in {errno.ENODATA, errno.ENOTSUP}
    return True


def _descriptor(path: Path) -> int | None:
    found = _DESCRIPTOR.fullmatch(str(path))
    if found is None:
        return None
    return _STANDARD[found["name"]] if found["name"] else int(found["fd"] or found["proc"])


def _into(path: Path, real: Path, data: bytes) -> None:
    """A device or a pipe."""
    opened = os.open(real, os.O_WRONLY | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC)
    seen = os.fstat(opened)
    if stat.S_ISREG(seen.st_mode) or seen.st_uid not in _trusted():
        os.close(opened)
        raise UsageError(f"it belongs to {account_name(seen.st_uid)}", where=str(path), mend="Choose another place")
    _put(opened, data)


def _put(descriptor: int, data: bytes, *, durable: bool = False) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
