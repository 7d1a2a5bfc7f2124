"""Numbers that a watch follows from look to look. A name ends in its unit where it has one: ``(s)``, ``(bytes)``.

None of them is a verdict: one that cannot be read is missing from its look, and nothing is put in its place.
"""

from __future__ import annotations

from wizard.errors import WizardError
from wizard.facts.redis import Redis
from wizard.facts.redis_persistence import Saving
from wizard.facts.units import show
from wizard.hosts.base import Host

CHANGES = "changes since last save"
AGE = "last save age (s)"
MEMORY = "memory used (bytes)"
RESTARTS = "restarts"


async def of_unit(host: Host, unit: str) -> dict[str, float]:
    """How often systemd has started the unit again by itself."""
    try:
        return _number(RESTARTS, (await show(host, unit))["NRestarts"])
    except WizardError:
        return {}


async def of_redis(redis: Redis, now: float, saving: Saving) -> dict[str, float]:
    """What a Redis server has unsaved, since when, and how much memory it takes; ``now`` by the server's clock."""
    numbers = {CHANGES: float(saving.changes), AGE: max(0.0, round(now - saving.last_save, 1))}
    try:
        return {**numbers, **_number(MEMORY, (await redis.info("memory")).get("used_memory", ""))}
    except WizardError:
        return numbers


def _number(name: str, text: str) -> dict[str, float]:
    return {name: float(text)} if text.isascii() and text.isdigit() else {}
