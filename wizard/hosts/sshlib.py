"""The SSH library, without the search for a compiler that loading it would start. Imported lazily."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["SSHKnownHosts", "asyncssh"]


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


with _no_programs():
    import asyncssh
    from asyncssh.known_hosts import SSHKnownHosts
