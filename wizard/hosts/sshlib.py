"""The SSH library, without what loading it would start or load in vain. Imported lazily."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

__all__ = ["SSHKnownHosts", "asyncssh"]

_X509 = "asyncssh.crypto.x509"


@contextmanager
def _no_programs() -> Iterator[None]:
    """Where the loader's cache knows no liboqs, ctypes.util.find_library goes on to start gcc and ld, for 30 ms."""
    path = os.environ.get("PATH")
    os.environ["PATH"] = os.devnull
    try:
        yield
    finally:
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
