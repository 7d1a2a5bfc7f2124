"""Whether a Redis server takes writes right now, found out without writing anything."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

from wizard.facts.redis import Redis
from wizard.facts.redis_replies import RedisUnanswered, Trouble, unanswered

HELD_AFTER = 1.5
"""Seconds after which a command that others overtake counts as held."""


async def writes_paused(redis: Redis) -> bool:
    """``CLIENT PAUSE … WRITE`` is in force.

    No version up to 7.4 says so anywhere (measured: INFO and CLIENT LIST of 6.2.14, 7.0.15 and 7.4.1 do not). But the
    pause holds every command that may replicate, and PFCOUNT is one of them although it only reads: asked of a key that
    does not exist it writes nothing, answers 0, and is not subject to MISCONF.

    Raises:
        RedisUnanswered: Other commands get no answer either, or PFCOUNT is not allowed.
        HostError: The host itself cannot be asked.
    """
    await redis.reader.ask("TIME")
    try:
        reply = await redis.reader.ask("PFCOUNT", f"wizard:no-such-key:{secrets.token_hex(8)}", limit=HELD_AFTER)
    except RedisUnanswered as problem:
        if problem.trouble is not Trouble.SILENT:
            raise
        await redis.reader.ask("TIME")
        return True
    if reply != 0:
        raise unanswered(f"PFCOUNT of no key answered {reply}", Trouble.ERROR)
    return False


async def obstacles(redis: Redis) -> list[str]:
    """What stands in the way of writes, in words; empty where they are taken.

    Looks at failed saves (MISCONF), a read-only replica, full memory and a pause; not at ACLs, which differ by user.

    Raises:
        RedisUnanswered: One of these could not be read.
        HostError: The host itself cannot be asked.
    """
    return [words async for words in _obstacles(redis)]


async def _obstacles(redis: Redis) -> AsyncIterator[str]:
    saving, role = await redis.info("persistence"), (await redis.info("replication")).get("role")
    if role == "slave" and await redis.config("replica-read-only") == "yes":
        yield "a read-only replica"
    if role == "master" and saving.get("rdb_last_bgsave_status") == "err" and await _stops_on_failed_save(redis):
        yield "MISCONF: the last background save failed"
    if role == "master" and saving.get("aof_enabled") == "1" and saving.get("aof_last_write_status") == "err":
        yield "MISCONF: the append-only file cannot be written"
    if await _memory_full(redis):
        yield "OOM: maxmemory is reached and nothing is evicted"
    if await writes_paused(redis):
        yield "paused by CLIENT PAUSE"


async def _stops_on_failed_save(redis: Redis) -> bool:
    stops, points = await redis.config("stop-writes-on-bgsave-error"), await redis.config("save")
    if stops is None or points is None:
        raise unanswered("the server does not show its settings for saving", Trouble.ERROR)
    return stops == "yes" and bool(points)


async def _memory_full(redis: Redis) -> bool:
    memory = await redis.info("memory")
    limit, used = int(memory.get("maxmemory", "0")), int(memory.get("used_memory", "0"))
    return 0 < limit <= used and memory.get("maxmemory_policy") == "noeviction"
