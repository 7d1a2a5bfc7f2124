"""How a host stands at one moment, so that it can be seen to stand as it did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from .incident import DATA_DIR
from .project import Project
from .truth import PathState, Truth

OF_THE_MOMENT = {"MainPID", "ExecMainStatus", "Result", "NRestarts", "SubState"}
"""What says how a process came to run, not how it is configured."""


@dataclass(frozen=True)
class Standing:
    """All that a stopped run must leave as it was; two standings are compared with `==`.

    Args:
        keys: How many keys there are, and one checksum over all of them.
        paths: Owner, mode, size and ACL of everything under the data and log directories.
        unit: The unit file's text.
        service: What systemd has loaded, its main process and restarts among it.
        servers: Each server's process and account.
        paused: Whether writers are held back.
    """

    keys: tuple[int, str]
    paths: dict[str, PathState]
    unit: str
    service: dict[str, str]
    servers: list[tuple[int, str]]
    paused: bool

    @classmethod
    def of(cls, truth: Truth) -> Self:
        """Read it now."""
        data = truth.data()
        return cls(
            keys=(data.count, data.checksum),
            paths=truth.paths(),
            unit=truth.unit_text(),
            service=truth.service(),
            servers=[(server.pid, server.user) for server in truth.servers()],
            paused=truth.writes_paused(),
        )


@dataclass(frozen=True)
class Everything:
    """The host and the project, without what only tells one process from the next."""

    host: Standing
    project: dict[str, tuple[bytes, int]]

    @classmethod
    def of(cls, truth: Truth, project: Project) -> Self:
        """Read it now."""
        standing = Standing.of(truth)
        snapshot = f"{DATA_DIR}/dump.rdb"
        paths = {
            path: replace(state, size=0) if path in {snapshot, DATA_DIR} else state
            for path, state in standing.paths.items()
        }
        service = {name: value for name, value in standing.service.items() if name not in OF_THE_MOMENT}
        servers = [(0, user) for _, user in standing.servers]
        return cls(replace(standing, paths=paths, service=service, servers=servers), _files(project.root))


def _files(root: Path) -> dict[str, tuple[bytes, int]]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode) for path in found}
