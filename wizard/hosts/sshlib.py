"""The SSH library, without what loading it would start or load in vain. Imported lazily."""

from __future__ import annotations

import ctypes.util
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import cast

__all__ = ["SSHKnownHosts", "asyncssh"]

_X509 = "asyncssh.crypto.x509"

_LOADER_CACHE = Path("/etc/ld.so.cache")
"""The libraries that glibc's loader knows, each by its file name (ld.so(8))."""


@contextmanager
def _no_programs() -> Iterator[None]:
    """Look for liboqs and nettle without the programs that ctypes.util.find_library would start.

    It runs ldconfig for each name, 2 ms and more, and gcc and ld where that names none, 30 ms. What ldconfig prints is
    the loader's cache, so that is read instead.
    """
    path, find = os.environ.get("PATH"), ctypes.util.find_library
    known = _LOADER_CACHE.read_bytes() if _LOADER_CACHE.is_file() else None
    os.environ["PATH"] = os.devnull
    ctypes.util.find_library = find if known is None else partial(_cached, known)
    try:
        yield
    finally:
        ctypes.util.find_library = find
        if path is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = path


def _cached(known: bytes, name: str) -> str | None:
    """The name by which the loader knows a library: a string of its own in its cache, or the end of a path there."""
    found = re.search(rb"[\0/](lib%b\.so\.[.0-9]+)\0" % re.escape(name.encode()), known)
    return found[1].decode() if found else None


@contextmanager
def _no_x509() -> Iterator[None]:
    """X.509 certificates, which OpenSSH has none of and we trust none of, are left out: the library goes without."""
    found = sys.modules.get(_X509)
    sys.modules[_X509] = cast("ModuleType", None)  # the import system's way to say that there is none
    try:
        yield
    finally:
        if found is None:
            del sys.modules[_X509]
        else:
            sys.modules[_X509] = found


with _no_programs(), _no_x509():
    import asyncssh
    import asyncssh.config
    import asyncssh.encryption
    import asyncssh.kex
    import asyncssh.mac
    import asyncssh.public_key
    from asyncssh.known_hosts import SSHKnownHosts
