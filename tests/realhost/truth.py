"""Ground truth about a machine, read from outside it and without SSH."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from . import acl
from .downtime import PROBE, DowntimeMeter
from .incident import DATA_DIR, LOG_DIR, UNIT_FILE
from .machine import UNIT, Machine
from .tools import RealHostError, check

KINDS = {stat.S_IFDIR: "directory", stat.S_IFREG: "file", stat.S_IFLNK: "link"}
SERVICE_PROPERTIES = (
    "ActiveState",
    "DropInPaths",
    "ExecMainStatus",
    "Group",
    "KillMode",
    "MainPID",
    "NRestarts",
    "NeedDaemonReload",
    "Result",
    "SubState",
    "TimeoutStopUSec",
    "Type",
    "User",
)

SERVER_NAMES = ("redis-server", "redis-stack-server"[:15])
"""As the kernel keeps them: by the name they were started under, cut to 15 bytes."""


@dataclass(frozen=True)
class DataSet:
    """Every key of every database (`0:name`) with a digest of its type, expiry and value."""

    digests: dict[str, str]

    @property
    def count(self) -> int:
        """How many keys there are."""
        return len(self.digests)

    @property
    def checksum(self) -> str:
        """One checksum over all keys, expiry times and values."""
        lines = "\n".join(f"{key} {digest}" for key, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def lost_in(self, later: DataSet) -> list[str]:
        """List the keys that are gone or different in a later data set."""
        return sorted(key for key, digest in self.digests.items() if later.digests.get(key) != digest)


@dataclass(frozen=True)
class Server:
    """A running redis-server process, numbered as the host numbers it."""

    pid: int
    uid: int
    gid: int
    user: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class PathState:
    """Who owns a path and who may use it."""

    uid: int
    gid: int
    mode: int
    kind: str
    size: int
    acl: tuple[str, ...]
    owner: str


@dataclass(frozen=True)
class Persistence:
    """What Redis says about saving. Times are seconds since the epoch; `started` is of this process, to the second.

    `own` says that this process has ended a background save: one that has just started calls itself saved.
    """

    started: int
    own: bool
    last_save: int
    status: str
    in_progress: bool
    changes: int


@dataclass(frozen=True)
class Truth:
    """Reads facts from one machine; every method looks anew."""

    machine: Machine

    def data(self, exclude: Sequence[str] = ()) -> DataSet:
        """Read all keys and values; `exclude` leaves out keys that start with one of these names."""
        digests = cast("dict[str, str]", self._probe("snapshot"))
        skip = tuple(exclude)
        return DataSet({key: seen for key, seen in digests.items() if not key.partition(":")[2].startswith(skip)})

    def servers(self) -> list[Server]:
        """List every redis-server process; children forked for a save are not servers."""
        running = {pid: _status(pid) for pid in sorted(self.machine.subtree.pids())}
        found = {pid: facts for pid, facts in running.items() if _is_server(pid, facts)}
        return [self._server(pid, facts) for pid, facts in found.items() if int(facts["PPid"]) not in found]

    def paths(self, *places: str) -> dict[str, PathState]:
        """Describe every path under the data and log directories (or under `places`)."""
        root, users, groups = self._root(), self._names("passwd"), self._names("group")
        states: dict[str, PathState] = {}
        for path in _walk(root, places or (DATA_DIR, LOG_DIR)):
            seen = path.lstat()
            owner = f"{users.get(seen.st_uid, seen.st_uid)}:{groups.get(seen.st_gid, seen.st_gid)}"
            states[f"/{path.relative_to(root)}"] = _path_state(path, seen, owner)
        return states

    def acls(self) -> dict[str, tuple[str, ...]]:
        """List the access control lists present under the data and log directories."""
        return {path: state.acl for path, state in self.paths().items() if state.acl}

    def unit_text(self) -> str:
        """Return the unit file as it is on the host's disk."""
        return (self._root() / UNIT_FILE.lstrip("/")).read_text()

    def service(self) -> dict[str, str]:
        """Return what systemd has loaded and knows: User, MainPID, NRestarts, Result and so on."""
        shown = self.machine.check(["systemctl", "show", f"--property={','.join(SERVICE_PROPERTIES)}", UNIT])
        return dict(line.split("=", 1) for line in shown.splitlines())

    def journal_cursor(self) -> str:
        """Return the journal's present end, for `permission_denied(since=...)`."""
        return str(self._journal("-n", "1")[-1]["__CURSOR"])

    def log_lines(self, since: str | None = None) -> list[str]:
        """Return the unit's journal messages, all of them or those after a cursor."""
        start = [f"--cursor={since}"] if since else []
        entries = self._journal(*start, f"--unit={UNIT}")
        # --after-cursor may drop an entry in this systemd, so the entry at the cursor is dropped here.
        return [_message(entry) for entry in entries if entry["__CURSOR"] != since]

    def permission_denied(self, since: str | None = None) -> list[str]:
        """Return the unit's journal lines that say permission was denied."""
        return [line for line in self.log_lines(since) if "permission denied" in line.lower()]

    def permission_denied_after(self, moment: float) -> list[str]:
        """Return the unit's journal lines after this time (seconds since the epoch) that say permission was denied."""
        entries = self._journal(f"--since=@{moment:.3f}", f"--unit={UNIT}")
        return [line for line in map(_message, entries) if "permission denied" in line.lower()]

    def writes_paused(self) -> bool:
        """Say whether clients' writes are paused right now."""
        return bool(self._probe("paused"))

    def persistence(self) -> Persistence:
        """Return LASTSAVE and the state of background saving."""
        clock, info = self.machine.redis("TIME").split()[0], self.machine.redis("INFO").splitlines()
        facts = dict(line.split(":", 1) for line in info if ":" in line)
        return Persistence(
            started=int(clock) - int(facts["uptime_in_seconds"]),
            own=facts["rdb_last_bgsave_time_sec"] != "-1",
            last_save=int(facts["rdb_last_save_time"]),
            status=facts["rdb_last_bgsave_status"],
            in_progress=facts["rdb_bgsave_in_progress"] == "1",
            changes=int(facts["rdb_changes_since_last_save"]),
        )

    def rdb_keys(self, path: str = f"{DATA_DIR}/dump.rdb") -> int:
        """Count the keys in a snapshot on the host's disk, which must be intact."""
        report = self.machine.check(["/opt/redis-stack/bin/redis-check-rdb", path])
        line = next(line for line in report.splitlines() if "keys read" in line)
        return int(line.split("] ", 1)[1].split()[0])

    def downtime(self) -> DowntimeMeter:
        """Return a meter; `with truth.downtime() as meter: ...`, then `meter.result.longest`."""
        return DowntimeMeter(self.machine)

    def _probe(self, task: str) -> object:
        argv = self.machine.network.in_host([sys.executable, "-I", str(PROBE), task])
        return cast("object", json.loads(check(argv, timeout=60)))

    def _journal(self, *options: str) -> list[dict[str, object]]:
        self.machine.check(["journalctl", "--sync"])
        text = self.machine.check(["journalctl", "--no-pager", "--output=json", *options])
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def _server(self, pid: int, facts: dict[str, str]) -> Server:
        uid = int(facts["Uid"].split()[1])
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        user = self._names("passwd").get(uid, str(uid))
        return Server(int(facts["NSpid"].split()[-1]), uid, int(facts["Gid"].split()[1]), user, tuple(argv))

    def _names(self, database: str) -> dict[int, str]:
        rows = (line.split(":") for line in (self._root() / "etc" / database).read_text().splitlines())
        return {int(row[2]): row[0] for row in rows if len(row) > 2}

    def _root(self) -> Path:
        return self.machine.root if self.machine.leader() is None else self.machine.live_root()


def _walk(root: Path, places: Sequence[str]) -> Iterator[Path]:
    """Yield each place and everything under it, without following links."""
    for place in places:
        top = root / place.lstrip("/")
        if not top.exists():
            raise RealHostError(f"the host has no {place}")
        yield top
        for parent, directories, files in os.walk(top):
            yield from (Path(parent) / name for name in sorted((*directories, *files)))


def _path_state(path: Path, seen: os.stat_result, owner: str) -> PathState:
    kind = KINDS.get(stat.S_IFMT(seen.st_mode), "other")
    mode = stat.S_IMODE(seen.st_mode)
    return PathState(seen.st_uid, seen.st_gid, mode, kind, seen.st_size, acl.entries(path), owner)


def _message(entry: dict[str, object]) -> str:
    message = entry.get("MESSAGE")
    # The journal's JSON gives a message with control bytes in it as a list of numbers.
    return bytes(cast("list[int]", message)).decode(errors="replace") if isinstance(message, list) else str(message)


def _is_server(pid: int, facts: dict[str, str]) -> bool:
    """Tell a server, under either of its names, from a wrapper script that has the same name."""
    with suppress(OSError):
        program = Path(f"/proc/{pid}/exe").readlink().name
        return facts.get("Name") in SERVER_NAMES and program.startswith("redis-")
    return False


def _status(pid: int) -> dict[str, str]:
    """Return /proc/PID/status, or nothing for a process that has gone."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return {}
