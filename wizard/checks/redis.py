"""What a Redis server says of itself: alive, saved, complete, configured, and by whom it is run. Nothing is written."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field

from wizard.checklist.redis_target import RedisTarget
from wizard.checklist.spec import AccountName, Bounds, CheckSpec, Flag, Flaw, Spec, Text, is_template
from wizard.checks.base import Check, Observation, Outcome, judged, unknown
from wizard.errors import UsageError
from wizard.facts.bounds import is_bounds, within
from wizard.facts.rdb import SnapshotState, check_snapshot
from wizard.facts.redis import Redis, open_redis
from wizard.facts.redis_persistence import saving
from wizard.facts.redis_replies import RedisUnanswered, Trouble
from wizard.facts.redis_writes import obstacles

Aspect = Callable[[Redis], Awaitable[Observation]]

_HOPELESS = {Trouble.ABSENT, Trouble.DENIED, Trouble.SILENT, Trouble.NO_CLIENT}
_NOT_SERVING = {Trouble.ABSENT, Trouble.LOADING, Trouble.ERROR}
_WORST_FIRST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)


class SnapshotSpec(Spec):
    """A snapshot file that must be whole and hold this many keys."""

    path: Text = Field(description="the file on the host")
    keys: Bounds = Field(description="how many keys it must hold in all databases: `10001`, or `>=10001`")


class RedisCheckSpec(CheckSpec, RedisTarget):
    """Asks a Redis server; every field given must hold."""

    kind: ClassVar[str] = "redis"

    ping: Flag | None = Field(
        default=None,
        description="it answers PING with PONG; asked too where nothing else is. While saves fail it answers MISCONF",
    )
    saved_since: Literal["run_start", "step_start"] | None = Field(
        default=None, description="a snapshot was written since then: none in progress, the last one ok and later"
    )
    save_ok: Flag | None = Field(
        default=None, description="the last background save ended well (or, with false, did not)"
    )
    keys: Bounds | None = Field(default=None, description="keys in all databases: `10001`, or `>=10001`")
    config: dict[str, Text] = Field(default_factory=dict, description="settings in force")
    role: Text | None = Field(default=None, description="`master` or `replica`")
    version: Bounds | None = Field(default=None, description="as in `>=6.2,<8`")
    run_as: AccountName | None = Field(
        default=None, description="the account of the real server process, name or number"
    )
    writes_accepted: Flag | None = Field(
        default=None, description="writes are taken: no MISCONF, no pause, no read-only replica; found without writing"
    )
    snapshot: SnapshotSpec | None = Field(default=None, description="the server's own checker reads this file through")

    @property
    def marks(self) -> frozenset[str]:
        """The moment that `saved_since` compares with."""
        return frozenset({self.saved_since} if self.saved_since else ())

    def flaws(self) -> Iterator[Flaw]:
        """Bounds that cannot be compared with."""
        for name, text in (("keys", self.keys), ("version", self.version)):
            if text is not None and not is_template(text) and not is_bounds(text):
                yield Flaw((name,), f"{text!r} is nothing to compare with", "Write it as 10001, >=10001 or >=6.2,<8")

    @property
    def asked(self) -> list[str]:
        """The aspects asked for; PING where there is no other."""
        names = [name for name in RedisCheckSpec.model_fields if name not in RedisTarget.model_fields]
        others = [name for name in names if name != "ping" and getattr(self, name) not in (None, {})]
        pings = self.ping is True or is_template(self.ping) or (self.ping is None and not others)
        return ["ping", *others] if pings else others

    def never_fails(self) -> str:
        """With ping off, something else must be asked."""
        return "" if self.asked else "it asks nothing of the server"


class RedisCheck(Check[RedisCheckSpec]):
    """Looks at one Redis server."""

    Spec = RedisCheckSpec

    def title(self) -> str:
        """The aspects asked for."""
        return f"Redis: {', '.join(self._aspects()).replace('_', ' ')}"

    async def observe(self) -> Observation:
        """Every aspect asked for; the worst outcome is the outcome."""
        seen: list[Observation] = []
        async with open_redis(self.host, self.spec) as redis:
            hopeless = ""
            for name, aspect in self._aspects().items():
                if hopeless and name != "snapshot":
                    seen.append(unknown(name.replace("_", " "), hopeless))
                    continue
                observation, hopeless = await _look(name, aspect, redis, hopeless)
                seen.append(observation)
        return _together(seen)

    def _aspects(self) -> Mapping[str, Aspect]:
        every: dict[str, Aspect] = {
            "ping": _ping,
            "saved_since": self._saved_since,
            "save_ok": self._save_ok,
            "keys": self._keys,
            "config": self._config,
            "role": self._role,
            "version": self._version,
            "run_as": self._run_as,
            "writes_accepted": self._writes_accepted,
            "snapshot": self._snapshot,
        }
        return {name: every[name] for name in self.spec.asked}

    async def _saved_since(self, redis: Redis) -> Observation:
        mark = self.world.mark(str(self.spec.saved_since)).clock
        now = await saving(redis)
        expected = f"a save proven since {str(self.spec.saved_since).replace('_', ' ')} ({_utc(mark)})"
        why_not = now.why_not_saved_since(mark)
        observed = f"last save {_utc(now.last_save)}, status {now.status}{', ' if why_not else ''}{why_not}"
        return judged(not why_not, expected, observed)

    async def _save_ok(self, redis: Redis) -> Observation:
        status = (await redis.info("persistence")).get("rdb_last_bgsave_status", "not told")
        wanted = "ok" if self.spec.save_ok else "not ok"
        return judged((status == "ok") is self.spec.save_ok, f"last background save {wanted}", f"status {status}")

    async def _keys(self, redis: Redis) -> Observation:
        count = str(await redis.keys())
        return judged(within(count, str(self.spec.keys)), f"{self.spec.keys} keys", f"{count} keys")

    async def _config(self, redis: Redis) -> Observation:
        now = {name: await redis.config(name) for name in self.spec.config}
        expected = ", ".join(f"{name} = {value!r}" for name, value in self.spec.config.items())
        observed = ", ".join(
            f"{name} = {value!r}" if value is not None else f"no {name}" for name, value in now.items()
        )
        return judged(now == self.spec.config, expected, observed)

    async def _role(self, redis: Redis) -> Observation:
        role = (await redis.info("replication")).get("role", "not told").replace("slave", "replica")
        return judged(role == str(self.spec.role).replace("slave", "replica"), f"a {self.spec.role}", f"a {role}")

    async def _version(self, redis: Redis) -> Observation:
        version = (await redis.info("server")).get("redis_version", "")
        return judged(within(version, str(self.spec.version)), f"version {self.spec.version}", f"version {version}")

    async def _run_as(self, redis: Redis) -> Observation:
        process = await redis.process()
        holds = self.spec.run_as in {process.user, str(process.uid)}
        observed = f"process {process.pid} runs as {process.user} (uid {process.uid})"
        return judged(holds, f"the server runs as {self.spec.run_as}", observed)

    async def _writes_accepted(self, redis: Redis) -> Observation:
        reasons = await obstacles(redis)
        wanted = "writes taken" if self.spec.writes_accepted else "writes refused or held"
        return judged((not reasons) is self.spec.writes_accepted, wanted, "; ".join(reasons) or "writes are taken")

    async def _snapshot(self, redis: Redis) -> Observation:
        wanted = self.spec.snapshot or SnapshotSpec(path="", keys="0")
        found = await check_snapshot(self.host, wanted.path, await _program(redis))
        expected = f"{wanted.path} is whole with {wanted.keys} keys"
        if found.state is SnapshotState.UNCHECKED:
            return unknown(
                expected, "no checker came to an end: redis-check-rdb is missing or was cut short", found.lines
            )
        if found.keys is None:
            return judged(False, expected, f"it is {found.state}", found.lines)  # noqa: FBT003  reads as "does not hold"
        return judged(
            within(str(found.keys), wanted.keys), expected, f"it is whole with {found.keys} keys", found.lines
        )


async def _ping(redis: Redis) -> Observation:
    reply = await redis.reader.ask("PING")
    return judged(reply == "PONG", "answers PING", f"answered {reply}")


async def _program(redis: Redis) -> str:
    """The running server's program; empty where no server tells, so that the one in the PATH is used."""
    try:
        return (await redis.process()).exe
    except RedisUnanswered:
        return ""


async def _look(name: str, aspect: Aspect, redis: Redis, hopeless: str) -> tuple[Observation, str]:
    """One aspect, and why asking on is hopeless where it is."""
    expected = "answers PING" if name == "ping" else name.replace("_", " ")
    try:
        return await aspect(redis), hopeless
    except RedisUnanswered as problem:
        fails = name == "ping" and problem.trouble in _NOT_SERVING
        observed = judged(False, expected, problem.what) if fails else unknown(expected, problem.what)  # noqa: FBT003
        return observed, problem.what if problem.trouble in _HOPELESS else hopeless
    except (UsageError, ValueError) as problem:
        return unknown(expected, str(problem)), hopeless


def _together(seen: list[Observation]) -> Observation:
    outcome = next(worst for worst in _WORST_FIRST if worst in {one.outcome for one in seen} or worst is Outcome.PASS)
    told = dict.fromkeys(one.observed for one in seen)
    evidence = tuple(line for one in seen for line in one.evidence)
    return Observation(outcome, "; ".join(one.expected for one in seen), "; ".join(told), evidence)


def _utc(moment: float) -> str:
    return time.strftime("%H:%M:%SZ", time.gmtime(moment))
