"""How a host stands at one moment, so that it can be seen to stand as it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from .truth import PathState, Truth


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
