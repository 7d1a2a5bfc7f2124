"""The SSH library, without what loading it would start or load in vain. Imported lazily."""

from __future__ import annotations

import ctypes.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import cast

__all__ = ["SSHKnownHosts", "asyncssh"]

_X509 = "asyncssh.crypto.x509"

_LOADER_CACHE = Path("/etc/ld.so.cache")
"""The libraries that glibc's loader knows, each by its file name (ld.so(8))."""


@contextmanager
def _no_programs() -> Iterator[None]:
    """Look for liboqs and nettle without the programs that ctypes.util.find_library would start in vain.

    It runs ldconfig for each name, 2 ms, and gcc and ld where that names none, 30 ms. What the loader's cache does not
    hold ldconfig does not print either.
    """
    path, find = os.environ.get("PATH"), ctypes.util.find_library
    known = _LOADER_CACHE.read_bytes() if _LOADER_CACHE.is_file() else None
    os.environ["PATH"] = os.devnull
    ctypes.util.find_library = lambda name: find(name) if known is None or f"lib{name}.".encode() in known else None
    try:
        yield
    finally:
        ctypes.util.find_library = find
        if path is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = path


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
    from asyncssh.known_hosts import SSHKnownHosts
