"""Being attached, against a transport that says what each test wants."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from wizard.hosts.attachment import Attachment, Settings
from wizard.hosts.base import Identity, Link
from wizard.hosts.local import LocalTransport


class Dead(LocalTransport):
    """A transport whose connection is dead, and takes its time to be let go of."""

    async def close(self) -> None:
        await asyncio.Event().wait()


async def test_a_lost_link_is_told_before_the_dead_connection_is_let_go_of() -> None:
    told: asyncio.Queue[Link] = asyncio.Queue()
    attached = Attachment(Dead(), Settings(), lambda link, _why: told.put_nowait(link))
    attached.identity = Identity("machine", "boot", "here", "me", 0, 0.0)

    reconnecting = asyncio.create_task(attached.channel())

    assert await asyncio.wait_for(told.get(), 5) is Link.DETACHED
    reconnecting.cancel()
    with suppress(asyncio.CancelledError):
        await reconnecting
