"""A syslog for a test's host: ``logger`` and ``journalctl`` for the front of its PATH, which note who wrote what."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

_LOGGER = """#!/bin/sh
[ "$1" = --socket-errors=on ] && shift
[ $# = 4 ] && [ "$1$3" = -t-- ] || exit 64
printf '%s %s %s\\n' "$(id -u)" "$2" "$4" >>{lines}
"""

_JOURNALCTL = """#!/bin/sh
tag='' uid=''
for word; do
    case $word in SYSLOG_IDENTIFIER=*) tag=${{word#*=}} ;; _UID=*) uid=${{word#*=}} ;; esac
done
[ -n "$tag" ] && [ -n "$uid" ] || exit 64
sed -n "s/^$uid $tag //p" {lines}
"""

UNABLE = "#!/bin/sh\necho 'logger: socket /dev/log: No such file or directory' >&2\nexit 1\n"


@dataclass(frozen=True)
class Syslog:
    """What the stand-ins of a folder wrote; each line is a user's number, a tag and a message."""

    folder: Path

    def install(self) -> None:
        """Put them there."""
        self.folder.mkdir(exist_ok=True)
        self._path.touch()
        for name, text in (("logger", _LOGGER), ("journalctl", _JOURNALCTL)):
            self.replace(name, text.format(lines=shlex.quote(str(self._path))))

    def replace(self, name: str, text: str) -> None:
        """Let a command be another one."""
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    @property
    def _path(self) -> Path:
        return self.folder / "lines"

    @property
    def lines(self) -> list[str]:
        """All of them."""
        return self._path.read_text().splitlines()

    def write(self, lines: list[str]) -> None:
        """Have these instead."""
        self._path.write_text("".join(f"{line}\n" for line in lines))
