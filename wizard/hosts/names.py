"""Names of hosts that a person has at hand: aliases of the SSH configuration, and hosts whose keys are on record.

Files are read and nothing else: no name is looked up, nothing is connected to.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

CONFIG = Path("~/.ssh/config")

USER_KNOWN = (Path("~/.ssh/known_hosts"), Path("~/.ssh/known_hosts2"), Path("/etc/ssh/ssh_known_hosts"))
"""Where ssh(1) keeps host keys, in ssh_config(5)'s default order."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?::[0-9]{1,5})?")
"""A name, or an IPv4 address, that may be typed as it is."""

DEEPEST = 4
"""Files that include each other, at most."""

LARGEST = 1024 * 1024
"""Bytes of a file that are read."""

LONGEST_PATTERN = 4096
"""Characters of an Include, as many as a path may have: the time that glob takes grows with the square of them."""


def host_names(config: Path, known_hosts: Iterable[Path]) -> list[str]:
    """Every name once: aliases first, then the names in known_hosts files that are not hashed.

    Args:
        config: An OpenSSH client configuration file; what it includes is read too.
        known_hosts: Files that need not be there.
    """
    found = dict.fromkeys(_aliases(config, DEEPEST))
    for path in known_hosts:
        found |= dict.fromkeys(_recorded(path))
    return [name for name in found if NAME.fullmatch(name)]


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.expanduser().open("rb") as file:
            yield from file.read(LARGEST).decode("utf-8", "replace").splitlines()
    except (OSError, RuntimeError):
        return


def _aliases(config: Path, left: int) -> Iterator[str]:
    """What stands behind ``Host``, without patterns; ssh_config(5)."""
    for line in _lines(config):
        word, _, rest = line.strip().replace("=", " ", 1).partition(" ")
        if word.lower() == "host":
            yield from (name.strip('"') for name in rest.split() if not set(name) & set("*?!"))
        elif word.lower() == "include" and left:
            for pattern in rest.split():
                yield from (name for path in _included(pattern) for name in _aliases(path, left - 1))


def _included(pattern: str) -> list[Path]:
    """Files that an Include names; one without a directory is below ~/.ssh."""
    if len(pattern) > LONGEST_PATTERN:
        return []
    below = Path(pattern.strip('"')).expanduser()
    whole = below if below.is_absolute() else CONFIG.parent.expanduser() / below
    return [Path(path) for path in sorted(glob.glob(str(whole)))[:64]]  # noqa: PTH207 - an absolute pattern


def _recorded(path: Path) -> Iterator[str]:
    """The hosts of a known_hosts file, sshd(8): hashed ones and markers' authorities are no names."""
    for line in _lines(path):
        first = line.strip().partition(" ")[0]
        if first and first[0] not in "#|@":
            yield from (_named(name) for name in first.split(",") if not set(name) & set("*?!"))


def _named(name: str) -> str:
    """``[host]:port`` as a person types it."""
    return name.replace("[", "", 1).replace("]", "", 1) if name.startswith("[") else name
