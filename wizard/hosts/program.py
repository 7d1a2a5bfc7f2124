"""A program of this machine that is asked something: ssh, ssh-keygen, or a command that the SSH configuration names."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

from wizard.frozen import frozen
from wizard.hosts import waking


@frozen
class Said:
    """How it ended (minus the signal, where one ended it), what it printed, and its complaint, stripped."""

    status: int
    output: bytes
    complaint: str


async def said_by(words: Sequence[str], limit: float) -> Said:
    """Run it and hear it out.

    It has a session of its own: it has no terminal to ask on, no signal of ours ends it, and what it started is ended
    along with it.

    Raises:
        TimeoutError: It did not end within so many seconds.
        OSError: It cannot be started.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    )
    try:
        # Whoever gives up while it starts still has to end what it has started by then.
        process = await asyncio.shield(starting)
        async with waking.timeout(limit):
            output, complaint = await process.communicate()
    except BaseException:
        process = await starting
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    return Said(await process.wait(), output, complaint.decode("utf-8", "backslashreplace").strip())
