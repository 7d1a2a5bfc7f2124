"""A reader that speaks to Redis itself, through a unix socket on this machine."""

from __future__ import annotations

import re
from pathlib import Path

from wizard.checklist.redis_target import RedisTarget
from wizard.facts.redis_replies import Reply, Trouble, error_reply, plain, unanswered

_CODES = {
    "AuthenticationError": "NOAUTH",
    "BusyLoadingError": "LOADING",
    "NoPermissionError": "NOPERM",
    "ReadOnlyError": "READONLY",
}


class SocketReader:
    """Asks over one connection, opened on the first question and again after one that was given up."""

    def __init__(self, path: Path, target: RedisTarget, where: str) -> None:
        from redis.asyncio.connection import UnixDomainSocketConnection  # noqa: PLC0415  a heavy library

        self._where = where
        self._connection = UnixDomainSocketConnection(
            path=str(path),
            username=target.username,
            password=target.password,
            protocol=2,
            socket_connect_timeout=10,
        )

    async def ask(self, *words: str, limit: float = 5.0) -> Reply:
        """One command's reply.

        Raises:
            RedisUnanswered: No answer within ``limit`` seconds, or an error.
        """
        import asyncio  # noqa: PLC0415  lint needs the kinds and no loop

        from redis import exceptions as ex  # noqa: PLC0415  a heavy library

        try:
            async with asyncio.timeout(limit):
                return plain(await self._exchange(words))
        except ex.AuthenticationError as problem:
            await self.close()
            raise unanswered(said(problem), Trouble.DENIED, self._where) from problem
        except (ex.ResponseError, ex.BusyLoadingError) as problem:
            raise error_reply(said(problem), self._where) from problem
        except (ex.RedisError, OSError) as problem:
            await self.close()
            words_of_it = str(problem) or "no answer in time"
            raise unanswered(words_of_it, Trouble.SILENT, self._where) from problem

    async def _exchange(self, words: tuple[str, ...]) -> object:
        await self._connection.connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        await self._connection.send_command(*words)
        return await self._connection.read_response(disable_decoding=True)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.disconnect(nowait=True)


def said(problem: Exception) -> str:
    """The server's own words: redis-py takes the code of many errors away and keeps it as the exception's class."""
    text = str(problem)
    if re.match(r"[A-Z]{3,} ", text):
        return text
    code = getattr(problem, "status_code", None) or _CODES.get(type(problem).__name__, "ERR")
    return f"{code} {text}"
