"""This machine as a host: what a program said is read, however late it is."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from wizard.hosts import local
from wizard.hosts.local import PIPE, LocalTransport

SIZE = PIPE - 1000


async def test_what_a_program_has_left_in_its_pipe_is_read_after_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LINGERING", 0.0)
    duplex = await LocalTransport().open(f"/bin/sh -c 'head -c {SIZE} /dev/zero'")
    # In small pieces: a loop that has much else to do is as slow.
    duplex._transport.get_pipe_transport(1).max_size = 4096
    # Nothing is read until it is over; asyncio may have learnt of its end already.
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, duplex._transport.get_pid(), os.WEXITED | os.WNOWAIT)
    read = 0
    while data := await duplex.read():
        read += len(data)
    await duplex.close()
    assert read == SIZE


async def test_who_else_holds_the_pipe_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LINGERING", 0.0)
    duplex = await LocalTransport().open("/bin/sh -c 'cat /dev/zero & echo $! >&2'")
    child = int(await duplex.read_error())
    try:
        while await duplex.read():
            continue
    finally:
        os.kill(child, signal.SIGKILL)
        await duplex.close()
