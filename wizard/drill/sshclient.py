"""A small ``ssh`` for Ansible on a machine that has none: one command over one connection, made with asyncssh.

It knows the options that Ansible gives, takes only keys that are on record, and shares no connections.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import asyncssh

from wizard.account import account_name

FAILED = 255
"""Exit status by which ssh(1) says that it failed itself."""

_VALUED = frozenset("opliFOSecmbDLRWwJQEIB")
"""Letters of ssh(1) that take a value."""
_CHUNK = 65_536


class Words:
    """A command line of ssh(1): its ``-o`` options by lower-case name, flags, the host, and the command."""

    def __init__(self, words: Sequence[str]) -> None:
        rest = list(words)
        self.options: dict[str, str] = {}
        self.flags: set[str] = set()
        while rest and rest[0].startswith("-"):
            word = rest.pop(0)
            if word == "--":
                break
            self.flags.add(word[:2])
            if word[1:2] in _VALUED:
                self._take(word[:2], word[2:] or (rest.pop(0) if rest else ""))
        login = rest.pop(0) if rest else ""
        user, at, self.host = login.rpartition("@")
        if at:
            self.options.setdefault("user", user)
        self.command = " ".join(rest)

    def _take(self, flag: str, value: str) -> None:
        name, _, text = value.partition("=") if flag == "-o" else (flag, "", value)
        known = {"-p": "port", "-l": "user", "-i": "identityfile"}.get(name, name.lower())
        # As in ssh(1), the first value of an option is the one that counts.
        self.options.setdefault(known, text)

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self.options.get("port", "22"))

    def files(self, option: str) -> list[str]:
        """The files that an option names, each maybe in quotes."""
        named = [Path(name).expanduser() for name in shlex.split(self.options.get(option, ""))]
        return [str(path) for path in named if path.exists()]


async def run(words: Words) -> int:
    """Run the command there; its output is ours, and so is its exit status.

    Raises:
        OSError, asyncssh.Error: No connection, or no trust.
    """
    async with asyncssh.connect(
        words.host,
        words.port,
        username=words.options.get("user", "").strip('"') or account_name(),
        client_keys=words.files("identityfile"),
        known_hosts=words.files("userknownhostsfile") or [os.devnull],
        config=None,
    ) as connection:
        process = await connection.create_process(words.command or None, encoding=None)
        feeding = asyncio.create_task(_feed(process))
        await asyncio.gather(_show(process.stdout, 1), _show(process.stderr, 2))
        await process.wait_closed()
        feeding.cancel()
        return FAILED if process.exit_status is None else process.exit_status


async def _feed(process: asyncssh.SSHClientProcess[bytes]) -> None:
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    with suppress(OSError, asyncssh.Error, ValueError):
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while data := await reader.read(_CHUNK):
            process.stdin.write(data)
            await process.stdin.drain()
    process.stdin.write_eof()


async def _show(source: asyncssh.SSHReader[bytes], descriptor: int) -> None:
    while data := await source.read(_CHUNK):
        os.write(descriptor, data)


def main(arguments: Sequence[str]) -> int:
    """What ssh(1) does for Ansible."""
    words = Words(arguments)
    if "-O" in words.flags:
        return 0
    if "-G" in words.flags:
        sys.stdout.write(f"hostname {words.host}\nport {words.port}\n")
        return 0
    try:
        return asyncio.run(run(words))
    except (OSError, ValueError, asyncssh.Error) as problem:
        sys.stderr.write(f"ssh: {words.host or 'no host'}: {problem}\n")
        return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
