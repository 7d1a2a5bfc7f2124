"""The bare asyncssh loop: one connection, a channel a step. Arguments: PORT USER KEY KNOWN_HOSTS STEPS."""

from __future__ import annotations

import asyncio
import sys

import asyncssh


async def main(port: str, user: str, key: str, known_hosts: str, steps: str) -> None:
    """Run every step and print what it said."""
    async with asyncssh.connect(
        "127.0.0.1", int(port), username=user, client_keys=[key], known_hosts=known_hosts, config=None
    ) as connection:
        for number in range(int(steps)):
            answer = await connection.run(f"echo step {number}", check=True)
            sys.stdout.write(str(answer.stdout))


asyncio.run(main(*sys.argv[1:]))
