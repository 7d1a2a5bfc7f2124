"""Brings the reported incident about on the practice host: Redis runs as the wrong account and cannot save."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from wizard.drill.faults import Fault
from wizard.drill.host.state import PracticeHost
from wizard.drill.layout import LOGIN, SNAPSHOT
from wizard.errors import HostError

UNSAVED_KEYS = 10_000
ALL_KEYS = UNSAVED_KEYS + 1
"""One key was saved before saving broke; all others exist in memory only."""

STALE = "temp-17297.rdb"
_PATIENCE = 20.0


async def bring_about(host: PracticeHost, redis: Redis, fault: Fault) -> None:
    """Let it really happen: one good save, the directory changes hands, keys, a failed save.

    Raises:
        HostError: Redis does not start, or does not fail.
    """
    await _start(host, redis)
    await redis.set("incident:first", "before the failure")
    await redis.save()
    _hand_over(host, fault)
    await _write_keys(redis)
    await redis.bgsave()
    await _until(lambda: _failed(redis), "the save does not fail")


async def _start(host: PracticeHost, redis: Redis) -> None:
    ledger, layout = host.ledger, host.layout
    mine = host.accounts.find(LOGIN)
    for place in (layout.data, layout.logs):
        ledger.own(place, mine.uid if mine else None, mine.gid if mine else None)
        ledger.access(place).chmod(0o755)
    host.manager.reload()
    problem = await host.manager.start()
    if problem:
        raise HostError(problem)
    host.manager.state.enabled = True
    try:
        await _until(lambda: _answers(redis), "redis-server does not start")
    except HostError as silent:
        raise HostError(f"{silent.what}: {host.journal.lines[-1].message}") from None


def _hand_over(host: PracticeHost, fault: Fault) -> None:
    """Give both directories to redis, as the start script did, and leave the old temporary file behind."""
    ledger, layout, owner = host.ledger, host.layout, host.accounts.find("redis")
    stale = layout.data / STALE
    stale.write_bytes((layout.data / SNAPSHOT).read_bytes()[:40])
    stale.chmod(0o755)
    ledger.adopt()
    ledger.record(stale).immutable = fault.immutable
    for place in (layout.data, layout.logs):
        ledger.own(place, owner.uid if owner else None, owner.gid if owner else None)
    ledger.access(layout.data).chmod(fault.data_mode)
    ledger.obey()


async def _write_keys(redis: Redis) -> None:
    pipe = redis.pipeline(transaction=False)
    for command in _commands():
        pipe.execute_command(*command)
    await pipe.execute()


def _commands() -> Iterator[list[Any]]:
    """Mostly strings, with the other types and expiry times among them."""
    for number in range(UNSAVED_KEYS):
        name, value = f"session:{number:05d}", f"value-{number:05d}-{number * 7919 % 10007}"
        kinds: dict[int, list[Any]] = {
            0: ["HSET", name, "user", value, "count", number],
            1: ["RPUSH", name, value, "second", "third"],
            2: ["SADD", name, value, "member-a", "member-b"],
            3: ["ZADD", name, 1, value, 2.5, "other"],
            4: ["SET", name, value, "EX", 2592000],
        }
        yield kinds.get(number % 50, ["SET", name, value])


async def _answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False


async def _failed(redis: Redis) -> bool:
    return bool((await redis.info("persistence"))["rdb_last_bgsave_status"] == "err")


async def _until(seen: Any, otherwise: str) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await seen():  # noqa: ASYNC110 - a server of its own tells nobody when it is ready
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise HostError(otherwise, where="practice host") from None
