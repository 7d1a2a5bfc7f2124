"""Where everything of one drill is: a directory that is there only as long as the practice host."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import UsageError

UNIT = "redis-stack-server"
LOGIN = "autobot"
SNAPSHOT = "dump.rdb"

_PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")
_LONGEST = 60
"""Characters of a directory in which a unix socket still fits: unix(7) allows 107 for its whole path."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one drill. ``host`` is the practice host's part, ``operator`` that of who works on it."""

    root: Path

    @property
    def host(self) -> Path:
        """What stands for the practice host's file system."""
        return self.root / "host"

    @property
    def operator(self) -> Path:
        """Key, project, inputs and answers; nobody else may look in."""
        return self.root / "operator"

    @property
    def door(self) -> Path:
        """The socket through which the stand-ins reach the ledger."""
        return self.root / "door" / "socket"

    @property
    def unmodelled(self) -> Path:
        """What the practice host was asked and does not model, a line each."""
        return self.root / "door" / "unmodelled"

    @property
    def standins(self) -> Path:
        """The stand-ins, first in the practice host's path."""
        return self.host / "usr/bin"

    @property
    def programs(self) -> Path:
        """Redis' own programs."""
        return self.host / "opt/redis-stack/bin"

    @property
    def server(self) -> Path:
        """What the unit starts."""
        return self.programs / UNIT

    @property
    def etc(self) -> Path:
        """The practice host's settings."""
        return self.host / "etc"

    @property
    def config(self) -> Path:
        """Redis' settings."""
        return self.etc / "redis-stack.conf"

    @property
    def unit_file(self) -> Path:
        """The unit, where Ansible deploys it."""
        return self.etc / f"systemd/system/{UNIT}.service"

    @property
    def data(self) -> Path:
        """Where Redis saves."""
        return self.host / "var/lib/redis-stack"

    @property
    def logs(self) -> Path:
        """Where Redis may log; here, as on the report's host, it logs to the journal alone."""
        return self.host / "var/log/redis-stack"

    @property
    def homes(self) -> Path:
        """The homes of the practice host's accounts."""
        return self.host / "home"

    @property
    def backups(self) -> Path:
        """Where the copy of all keys is kept; it vanishes with the host."""
        return self.host / "var/backups/incident-wizard"

    @property
    def spool(self) -> Path:
        """Where attempts on the practice host are kept."""
        return self.host / "var/lib/incident-wizard/spool"

    @property
    def key(self) -> Path:
        """The operator's private key."""
        return self.operator / "key"

    @property
    def known_hosts(self) -> Path:
        """Host keys accepted in this drill."""
        return self.operator / "known_hosts"

    @property
    def tools(self) -> Path:
        """What stands in for tools that the operator's machine lacks."""
        return self.operator / "bin"

    @property
    def project(self) -> Path:
        """The customer's Ansible project."""
        return self.operator / "AutoBot"

    def folders(self) -> list[Path]:
        """What is made before the host starts."""
        home, var = self.homes, self.host / "var"
        places = [self.standins, self.programs, self.unit_file.parent, self.data, self.logs, var / "backups"]
        return [*places, home / LOGIN, home / "root", self.spool.parent, self.door.parent, self.operator]


def new_root() -> Path:
    """A fresh directory of mode 0700 in which programs may be started.

    Raises:
        UsageError: There is no such place.
    """
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path.home() / ".cache"]  # noqa: S108 - mkdtemp makes it ours alone
    fit = next((place for place in places if _is_fit(place)), None)
    if fit is None:
        mend = "Set TMPDIR to a directory with a short, plain name that is not mounted noexec"
        raise UsageError("there is no temporary directory in which programs may be started", mend=mend)
    return Path(tempfile.mkdtemp(prefix="wizard-drill-", dir=fit))


def _is_fit(place: Path) -> bool:
    text = str(place)
    if not (_PLAIN.fullmatch(text) and len(text) <= _LONGEST and os.access(place, os.W_OK | os.X_OK)):
        return False
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in (place, *place.resolve().parents)):
        # Where we are root, Redis runs as another account, which must get there.
        return False
    return not os.statvfs(place).f_flag & os.ST_NOEXEC
