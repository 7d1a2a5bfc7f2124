"""What the wizard tells the practice host that it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Orders:
    """The first line on its standard input, in JSON.

    Args:
        root: The drill's directory.
        wizard: Process id of the wizard.
        gate: Descriptor of the listening socket of its SSH server.
        port: Redis' own.
        password: Of Redis.
        client: Fingerprint of the operator's key.
        servant: Real account of the Redis process where the wizard is root; None elsewhere.
        fault: The step that is to fail; empty for none.
    """

    root: str
    wizard: int
    gate: int
    port: int
    password: str
    client: str
    servant: int | None
    fault: str
