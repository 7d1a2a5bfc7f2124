"""Whether a snapshot was really written since a moment, and when the next one is due by the server's own rules."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.facts.redis import Redis
from wizard.facts.redis_replies import Trouble, unanswered

NEVER = -1
"""What ``rdb_last_bgsave_time_sec`` says until the first background save of this process has ended."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What INFO says of saving. Times are seconds since the epoch by the server's clock.

    A server that has just started calls itself saved: status ``ok``, last save now. ``own`` tells whether this process
    has ended a background save to disk at all.
    """

    in_progress: bool
    status: str
    last_save: int
    changes: int
    own: bool
    run_id: str

    def why_not_saved_since(self, moment: float) -> str:
        """Why this is no proof of a snapshot later than the moment; empty where it is one."""
        if self.in_progress:
            return "a save is still in progress"
        if self.status != "ok":
            return f"the last background save ended {self.status}"
        if not self.own:
            return "this process has not saved yet; a server calls itself saved when it starts"
        if self.last_save <= moment:
            return f"the last save is {moment - self.last_save:.0f} s older than that"
        return ""


async def saving(redis: Redis) -> Saving:
    """How saving stands.

    Raises:
        RedisUnanswered: The server does not answer, or leaves a field out.
        HostError: The host itself cannot be asked.
    """
    info, server = await redis.info("persistence"), await redis.info("server")
    try:
        last_save = int(info["rdb_last_save_time"])
        return Saving(
            in_progress=info["rdb_bgsave_in_progress"] != "0",
            status=info["rdb_last_bgsave_status"],
            last_save=last_save,
            changes=int(info["rdb_changes_since_last_save"]),
            own=int(info["rdb_last_bgsave_time_sec"]) != NEVER and await _to_disk(redis, last_save),
            run_id=server["run_id"],
        )
    except (KeyError, ValueError) as missing:
        raise unanswered(f"INFO says nothing fit of {missing}", Trouble.ERROR) from missing


async def _to_disk(redis: Redis, last_save: int) -> bool:
    """Feeding a replica without a disk counts as a background save too, but leaves the last save at the start."""
    if int((await redis.info("stats")).get("sync_full", "0")) == 0:
        return True
    started = await redis.time() - int((await redis.info("server"))["uptime_in_seconds"])
    return last_save > started + 1
