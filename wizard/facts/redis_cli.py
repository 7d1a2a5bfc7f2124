"""``redis-cli`` on the host: how it is called, and a reader that asks through it."""

from __future__ import annotations

import re
import shlex

from wizard.checklist.redis_target import RedisTarget
from wizard.facts.redis_replies import Reply, Trouble, error_reply, formatted, unanswered
from wizard.hosts.base import Answer, Host

NOT_FOUND, NOT_EXECUTABLE = 127, 126
_ABSENT = re.compile(r"Could not connect .*: (?:Connection refused|No such file or directory)")
_CLOSED = re.compile(r"Could not connect .*: Permission denied|AUTH failed")
_AUTH = "AUTH failed"
_ERROR = re.compile(r"[A-Z][A-Z]+ ")


def place(address: str) -> list[str]:
    """The client's options for ``host:port``, ``[v6]:port``, ``host`` or a socket's path."""
    if "/" in address:
        return ["-s", address]
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        return ["-h", address]
    return ["-h", host.strip("[]"), "-p", port]


def client(target: RedisTarget) -> str:
    """The start of a command line that reaches the server, quoted for sh. The password is not in it."""
    words = [*shlex.split(target.cli), *place(target.address)]
    if target.username:
        words += ["--user", target.username]
    if target.tls:
        words.append("--tls")
    return shlex.join(words)


class CliReader:
    """Asks through ``redis-cli`` on the host. Its errors are found in what it prints: before 7.0 it exits 0 on them.

    ``because`` says why the server is not asked directly; it is told where this way fails too.
    """

    def __init__(self, host: Host, target: RedisTarget, because: str = "") -> None:
        self._host = host
        self._target = target
        self._because = because
        self._where = f"{host.label}, {target.address}"

    async def ask(self, *words: str, limit: float = 5.0) -> Reply:
        """One command's reply.

        Raises:
            RedisUnanswered: No answer within ``limit`` seconds, or an error.
            HostError: The host itself cannot be asked.
        """
        password = self._target.password or ""
        login = "REDISCLI_AUTH=$(cat)\nexport REDISCLI_AUTH\n" if password else ""
        script = f"{login}{client(self._target)} --no-raw {shlex.join(words)} </dev/null"
        answer = await self._host.ask(script, limit=limit, stdin=password.encode())
        return self._reply(words, answer)

    def _reply(self, words: tuple[str, ...], answer: Answer) -> Reply:
        if answer.timed_out:
            raise unanswered("no answer in time", Trouble.SILENT, self._where)
        if answer.exit_status in {NOT_FOUND, NOT_EXECUTABLE}:
            also = f", and asking directly failed: {self._because}" if self._because else ""
            raise unanswered(f"{self._target.cli} cannot be run{also}", Trouble.NO_CLIENT, self._where)
        text = answer.text.replace("\r\n", "\n")
        if (not text and not answer.ok) or _AUTH in answer.complaint:
            raise self._silence(answer)
        if words[0].upper() != "INFO":
            return formatted(text)
        if _ERROR.match(text):
            raise error_reply(text, self._where)
        return text

    def _silence(self, answer: Answer) -> Exception:
        said = answer.complaint or "the client ended without a word"
        if _ABSENT.search(said):
            return unanswered(said, Trouble.ABSENT, self._where)
        return unanswered(said, Trouble.DENIED if _CLOSED.search(said) else Trouble.SILENT, self._where)
