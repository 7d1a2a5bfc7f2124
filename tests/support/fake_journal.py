"""A journal in a file, and a ``journalctl`` that reads it from a cursor on, as systemd's does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

JOURNALCTL = r"""#!/bin/sh
case "$*" in
  *--show-cursor*) sed -n '$s/{"__CURSOR": "\([^"]*\)".*/-- cursor: \1/p' "JOURNAL"; exit ;;
  *_PID=1*) echo boot; exit ;;
  *MESSAGE_ID*) exit ;;
esac
from= of=.
for word; do
  case $word in --cursor=*) from=${word#*=} ;; -u) of='"a.service"' ;; esac
done
awk -F'"' -v from="$from" '$4 >= from' "JOURNAL" | grep -e "$of"
exit 0
"""


@dataclass
class FakeJournal:
    """What a.service and others logged. ``counted`` lines were ever written; vacuumed ones are counted too."""

    root: Path
    counted: int = 0
    series: int = 1

    def __post_init__(self) -> None:
        self.file.touch()
        self.tool("journalctl", JOURNALCTL.replace("JOURNAL", str(self.file)))

    @property
    def file(self) -> Path:
        return self.root / "journal"

    def tool(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)
        (self.root / name).chmod(0o755)

    def log(self, *messages: str, unit: str = "a.service") -> None:
        with self.file.open("a") as journal:
            for message in messages:
                self.counted += 1
                cursor = f"s={self.series};i={self.counted:04x};b=1;m={self.counted:04x};t=3b9aca00;x={self.counted:x}"
                entry = {"__CURSOR": cursor, "__REALTIME_TIMESTAMP": "1000000000", "MESSAGE": message, "UNIT": unit}
                journal.write(json.dumps(entry) + "\n")

    def vacuum(self) -> None:
        """Everything so far is removed; then journald says how large it is."""
        self.file.write_text("")
        self.log("System Journal is 8.0M", unit="journald")

    def remove_last(self) -> None:
        """The last line is removed, and those before it stay, as they stand in another file."""
        kept = self.file.read_text().splitlines(keepends=True)[:-1]
        self.file.write_text("".join(kept))
