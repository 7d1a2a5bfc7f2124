"""Asking a Redis server: the values a checklist may name, by whichever way reaches it.

Redis itself is asked through a forwarded unix socket; where that cannot be (TLS, forwarding forbidden, a socket closed
to the login user), ``redis-cli`` on the host is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from wizard.checklist.redis_target import RedisTarget
from wizard.errors import HostError, UsageError
from wizard.facts.redis_cli import CliReader
from wizard.facts.redis_process import ServerProcess, server_process
from wizard.facts.redis_replies import RedisUnanswered, Reply, Trouble, fields, unanswered
from wizard.facts.redis_socket import SocketReader
from wizard.hosts.base import Host

READ_NAMES = (
    "dbsize, keys, lastsave, time, role, info.FIELD, info.SECTION.FIELD, config.PARAMETER, "
    "server.pid, server.uid, server.user, server.exe"
)
"""What may be read by name."""

SECRET_SETTINGS = frozenset({"requirepass", "masterauth", "tls-key-file-pass", "tls-client-key-file-pass"})
"""Settings that are passwords: what is read goes on record, and what is set into a command line (Redis 7, config.c)."""


class RedisReader(Protocol):
    """A way to ask one server."""

    async def ask(self, *words: str, limit: float = 5.0) -> Reply:
        """One command's reply.

        Raises:
            RedisUnanswered: No answer within ``limit`` seconds, or an error.
            HostError: The host itself cannot be asked.
        """


@dataclass(slots=True)
class Redis:
    """One server, asked. What INFO says is asked once for each section and kept."""

    host: Host
    reader: RedisReader
    _info: dict[str, dict[str, str]] = field(default_factory=dict)

    async def info(self, section: str = "") -> dict[str, str]:
        """The fields of a section, of the default sections where none is named."""
        if section not in self._info:
            self._info[section] = fields(str(await self.reader.ask("INFO", *([section] if section else []))))
        return self._info[section]

    async def config(self, name: str) -> str | None:
        """The value of a setting; None where the server knows no such setting."""
        reply = await self.reader.ask("CONFIG", "GET", name)
        pairs = reply if isinstance(reply, list) else []
        return next((str(value) for key, value in zip(pairs[::2], pairs[1::2], strict=False) if key == name), None)

    async def time(self) -> float:
        """The server's own clock, in seconds since the epoch."""
        reply = await self.reader.ask("TIME")
        if not isinstance(reply, list):
            raise unanswered(f"TIME answered {reply}", Trouble.ERROR)
        return int(str(reply[0])) + int(str(reply[1])) / 1_000_000

    async def keys(self) -> int:
        """The keys in all databases together, as redis-check-rdb counts them too."""
        spaces = (await self.info("keyspace")).values()
        return sum(
            int(pair.removeprefix("keys=")) for space in spaces for pair in space.split(",") if pair[:5] == "keys="
        )

    async def process(self) -> ServerProcess:
        """The server's process on its host.

        Raises:
            RedisUnanswered: The host shows no such process.
        """
        return await server_process(self.host, await self.info("server"))


@asynccontextmanager
async def open_redis(host: Host, target: RedisTarget) -> AsyncIterator[Redis]:
    """The server, ready to be asked; nothing is said to be wrong before it is.

    Raises:
        HostError: The host itself cannot be asked.
    """
    async with AsyncExitStack() as stack:
        yield Redis(host, await _reader(stack, host, target))


async def _reader(stack: AsyncExitStack, host: Host, target: RedisTarget) -> RedisReader:
    if target.tls:
        return CliReader(host, target)
    try:
        path = await stack.enter_async_context(host.tunnel(target.address))
    except (HostError, OSError) as problem:
        return CliReader(host, target, str(problem))
    reader = SocketReader(path, target, f"{host.label}, {target.address}")
    stack.push_async_callback(reader.close)
    try:
        await reader.ask("PING", limit=3.0)
    except RedisUnanswered as problem:
        return CliReader(host, target, problem.what) if problem.trouble is Trouble.SILENT else reader
    return reader


async def read_values(host: Host, target: RedisTarget, names: Iterable[str]) -> dict[str, str]:
    """The values of these names (``READ_NAMES``) as text.

    Raises:
        UsageError: There is no such name.
        RedisUnanswered: The server does not answer, refuses, or knows no such field.
        HostError: The host itself cannot be asked.
    """
    async with open_redis(host, target) as redis:
        return {name: await _value(redis, name) for name in names}


async def _value(redis: Redis, name: str) -> str:
    group, _, rest = name.partition(".")
    if group == "info" and rest:
        return await _info_value(redis, rest)
    if group == "config" and is_read_name(name):
        return _known(await redis.config(rest), f"setting {rest}")
    if group == "server" and rest in {"pid", "uid", "user", "exe"}:
        return str(getattr(await redis.process(), rest))
    return await _simple_value(redis, name)


async def _simple_value(redis: Redis, name: str) -> str:
    if name in {"dbsize", "lastsave"}:
        return str(await redis.reader.ask(name.upper()))
    if name == "keys":
        return str(await redis.keys())
    if name == "time":
        return str(int(await redis.time()))
    if name == "role":
        return _known((await redis.info("replication")).get("role"), "role")
    raise UsageError(f"{name} cannot be read from Redis", mend=f"Read one of {READ_NAMES}")


async def _info_value(redis: Redis, rest: str) -> str:
    section, dot, name = rest.partition(".")
    if not dot:
        section, name = "", rest
    return _known((await redis.info(section)).get(name), f"field {name} in INFO {section}".rstrip())


def _known(value: str | None, what: str) -> str:
    if value is None:
        raise unanswered(f"this server knows no {what}", Trouble.ERROR)
    return value


def is_secret_setting(name: str) -> bool:
    """The setting is a password, or a pattern that may mean one."""
    return name.lower() in SECRET_SETTINGS or any(letter in name for letter in "*?[")


def is_read_name(name: str) -> bool:
    """The name is one that ``read_values`` knows."""
    group, _, rest = name.partition(".")
    if group in {"info", "config"}:
        return bool(rest) and not (group == "config" and is_secret_setting(rest))
    if group == "server":
        return rest in {"pid", "uid", "user", "exe"}
    return name in {"dbsize", "keys", "lastsave", "time", "role"}
